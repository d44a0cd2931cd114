package dev.mydocker.kernel;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Signals by name and number, the same on x86-64 and aarch64 (signal(7)).
 *
 * <p>The real-time signals are those a program can use: C libraries keep 32 and 33 for themselves,
 * so SIGRTMIN is 34, as Docker has it.
 */
public final class SignalNames {
  /** The largest signal number. */
  public static final int LAST = 64;

  private static final int RTMIN = 34;
  private static final String PREFIX = "SIG";

  private static final List<String> BY_NUMBER =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

  private SignalNames() {}

  /**
   * Returns the number of a signal, or nothing if there is no such signal.
   *
   * @param text a name in any case, with or without {@code SIG}, {@code RTMIN+3} and {@code
   *     RTMAX-2} among them, or a number from 1 to 64
   */
  public static OptionalInt number(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    String name = upper.startsWith(PREFIX) ? upper.substring(PREFIX.length()) : upper;
    int number;
    if (isNumber(upper)) {
      number = Integer.parseInt(upper);
    } else if (name.startsWith("RTMIN")) {
      number = RTMIN + offset(name, '+');
    } else if (name.startsWith("RTMAX")) {
      number = LAST - offset(name, '-');
    } else {
      return named(name);
    }
    boolean realTime = !isNumber(upper);
    return number >= (realTime ? RTMIN : 1) && number <= LAST
        ? OptionalInt.of(number)
        : OptionalInt.empty();
  }

  /**
   * Returns the name of a signal, such as {@code SIGTERM} or {@code SIGRTMIN+3}; a number without a
   * name is its own.
   */
  public static String name(int number) {
    if (number >= 1 && number <= BY_NUMBER.size()) {
      return PREFIX + BY_NUMBER.get(number - 1);
    }
    if (number == RTMIN) {
      return "SIGRTMIN";
    }
    if (number == LAST) {
      return "SIGRTMAX";
    }
    return number > RTMIN && number < LAST
        ? "SIGRTMIN+" + (number - RTMIN)
        : Integer.toString(number);
  }

  private static OptionalInt named(String name) {
    String known =
        switch (name) {
          case "IOT" -> "ABRT";
          case "CLD" -> "CHLD";
          case "POLL" -> "IO";
          case "UNUSED" -> "SYS";
          default -> name;
        };
    int index = BY_NUMBER.indexOf(known);
    return index < 0 ? OptionalInt.empty() : OptionalInt.of(index + 1);
  }

  /** The n of {@code RTMIN+n}; far out of range if it is something else. */
  private static int offset(String name, char sign) {
    int length = "RTMIN".length();
    if (name.length() == length) {
      return 0;
    }
    String digits = name.substring(length + 1);
    return name.charAt(length) == sign && isNumber(digits) ? Integer.parseInt(digits) : 1000;
  }

  /** Whether this is a number that surely fits: more than three digits are no signal anyway. */
  private static boolean isNumber(String text) {
    if (text.isEmpty() || text.length() > 3) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
