package dev.mydocker.cli.option;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.format.Quote;
import dev.mydocker.kernel.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The simple values of options: text in, value out, or a {@link MydockerException} that says in
 * Docker's words what is wrong.
 */
public final class Values {
  private static final int NANO_DIGITS = 9;
  private static final long NANOS = 1_000_000_000;
  private static final int LONGEST_HOSTNAME = 64;
  private static final int LONGEST_DOMAIN = 255;
  private static final int MOST_CPUS = 8192;
  private static final List<String> STREAMS = List.of("stdin", "stdout", "stderr");
  private static final String SIZE_HINT = "write a number and a unit: 512k, 100m, 1.5g";

  private Values() {}

  static MydockerException invalid(String cause, @Nullable String suggestion) {
    return new MydockerException(Category.INVALID, cause, suggestion);
  }

  /** Parses what Go's strconv.ParseBool accepts. */
  public static boolean bool(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw invalid(Quote.go(text) + " is neither true nor false", null);
    };
  }

  /** Parses a whole number, which may be negative. */
  public static long integer(String text) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    if (!isDigits(text, signed ? 1 : 0, text.length())) {
      throw invalid(Quote.go(text) + " is not a whole number", null);
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw invalid(Quote.go(text) + " is out of range", null);
    }
  }

  /**
   * Parses a size as Docker's go-units RAMInBytes does: {@code 100m}, {@code 1.5g}, {@code 64 MiB},
   * {@code 4096}; units are powers of 1024 and their case does not matter.
   */
  public static long bytes(String text) {
    return size(text, 1024);
  }

  /** Parses a size as {@link #bytes} does, with units of powers of 1000, as log options have it. */
  public static long decimalBytes(String text) {
    return size(text, 1000);
  }

  /** Parses a size as {@link #bytes} does, or -1 for no limit. */
  public static long bytesOrUnlimited(String text) {
    return text.equals("-1") ? -1 : bytes(text);
  }

  private static long size(String text, long base) {
    int end = text.indexOf(' ');
    int unitAt = end + 1;
    if (end < 0) {
      end = text.length();
      while (end > 0 && !isDigitOrDot(text.charAt(end - 1))) {
        end--;
      }
      unitAt = end;
    }
    String number = text.substring(0, end);
    if (!isDecimal(number)) {
      throw invalid("invalid size: '" + text + "'", SIZE_HINT);
    }
    long factor = unit(text.substring(unitAt), base);
    if (number.indexOf('.') >= 0) {
      double size = Double.parseDouble(number) * factor;
      if (size >= Long.MAX_VALUE) {
        throw tooLarge(text);
      }
      return (long) size;
    }
    try {
      return Math.multiplyExact(Long.parseLong(number), factor);
    } catch (NumberFormatException | ArithmeticException e) {
      throw tooLarge(text);
    }
  }

  private static MydockerException tooLarge(String text) {
    return invalid("size '" + text + "' is too large", null);
  }

  private static long unit(String text, long base) {
    if (text.isEmpty()) {
      return 1;
    }
    int power = "bkmgtp".indexOf(Character.toLowerCase(text.charAt(0)));
    boolean plain = text.length() == 1;
    boolean withB = text.length() == 2 && isB(text.charAt(1));
    boolean withIb = text.length() == 3 && "iI".indexOf(text.charAt(1)) >= 0 && isB(text.charAt(2));
    if (power < 0 || !(plain || power > 0 && (withB || withIb))) {
      throw invalid("invalid suffix: '" + text + "'", SIZE_HINT);
    }
    long factor = 1;
    for (int i = 0; i < power; i++) {
      factor *= base;
    }
    return factor;
  }

  private static boolean isB(char c) {
    return c == 'b' || c == 'B';
  }

  /** Parses a number of CPUs such as {@code 1.5} into billionths of a CPU. */
  public static long nanoCpus(String text) {
    int dot = text.indexOf('.');
    String whole = dot < 0 ? text : text.substring(0, dot);
    String fraction = dot < 0 ? "" : text.substring(dot + 1);
    if (!isDecimal(text)) {
      throw invalid(Quote.go(text) + " is not a number of CPUs", "write a decimal such as 1.5");
    }
    int digits = fraction.length();
    while (digits > 0 && fraction.charAt(digits - 1) == '0') {
      digits--;
    }
    if (digits > NANO_DIGITS) {
      throw invalid("value is too precise", "give at most nine digits after the point");
    }
    if (whole.length() > NANO_DIGITS) {
      throw invalid(Quote.go(text) + " is more CPUs than any machine has", null);
    }
    long nanos = whole.isEmpty() ? 0 : Long.parseLong(whole) * NANOS;
    long weight = NANOS / 10;
    for (int i = 0; i < digits; i++) {
      nanos += (fraction.charAt(i) - '0') * weight;
      weight /= 10;
    }
    return nanos;
  }

  /** Returns a list of CPUs or nodes such as {@code 0-3,5}, checked (cpuset(7), list format). */
  public static String cpuset(String text) {
    int from = 0;
    while (from <= text.length()) {
      int comma = text.indexOf(',', from);
      int to = comma < 0 ? text.length() : comma;
      int dash = text.indexOf('-', from);
      boolean range = dash >= 0 && dash < to;
      int firstEnd = range ? dash : to;
      if (!isDigits(text, from, firstEnd)
          || firstEnd - from > 4
          || range && (!isDigits(text, dash + 1, to) || to - dash > 5)) {
        throw invalid("invalid list " + Quote.go(text), "write numbers and ranges: 0-3,5");
      }
      int first = Integer.parseInt(text, from, firstEnd, 10);
      int last = range ? Integer.parseInt(text, dash + 1, to, 10) : first;
      if (last < first || last >= MOST_CPUS) {
        throw invalid("invalid range in list " + Quote.go(text), "write numbers and ranges: 0-3,5");
      }
      from = to + 1;
    }
    return text;
  }

  /** Returns a container's name, checked: [a-zA-Z0-9][a-zA-Z0-9_.-]+, as Docker has it. */
  public static String containerName(String text) {
    boolean good = text.length() > 1 && isAlphanumeric(text.charAt(0));
    for (int i = 1; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = isAlphanumeric(c) || c == '_' || c == '.' || c == '-';
    }
    if (!good) {
      throw invalid(
          "invalid container name (" + text + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
          text.length() == 1 ? "a name has two characters or more" : null);
    }
    return text;
  }

  /** Returns a host name, checked: what sethostname(2) takes, without blanks. */
  public static String hostname(String text) {
    boolean good = !text.isEmpty() && Bytes.encode(text).length <= LONGEST_HOSTNAME;
    for (int i = 0; good && i < text.length(); i++) {
      good = text.charAt(i) > ' ' && text.charAt(i) != 0x7F && text.charAt(i) != '/';
    }
    if (!good) {
      throw invalid("invalid hostname format: " + text, "use at most 64 letters, digits, . and -");
    }
    return text;
  }

  /**
   * Returns a domain of --dns-search, checked as Docker does: labels of letters, digits and inner
   * dashes, with a letter somewhere; or a single dot, for none.
   */
  public static String domain(String text) {
    String domain = text.strip();
    if (domain.equals(".")) {
      return domain;
    }
    if (domain.endsWith(".")) {
      domain = domain.substring(0, domain.length() - 1);
    }
    boolean letters = false;
    boolean good = domain.length() < LONGEST_DOMAIN;
    char before = '.';
    for (int i = 0; good && i <= domain.length(); i++) {
      char c = i == domain.length() ? '.' : domain.charAt(i);
      letters |= isAlphanumeric(c) && !isDigit(c);
      good = isAlphanumeric(c) || c == '-' && before != '.' || c == '.' && isAlphanumeric(before);
      before = c;
    }
    if (!good || !letters) {
      throw invalid(text + " is not a valid domain", "write a domain such as example.com, or .");
    }
    return domain;
  }

  /** Returns which standard stream is meant, in lower case. */
  public static String stream(String text) {
    for (String stream : STREAMS) {
      if (stream.equalsIgnoreCase(text)) {
        return stream;
      }
    }
    throw invalid("valid streams are STDIN, STDOUT and STDERR", null);
  }

  /** Returns a working directory in the container, checked to be absolute. */
  public static String workdir(String text) {
    if (!text.startsWith("/")) {
      throw invalid(
          "the working directory '" + text + "' is invalid, it needs to be an absolute path", null);
    }
    return text;
  }

  /** Returns a label, checked to have a name. */
  public static String label(String text) {
    if (text.isEmpty() || text.charAt(0) == '=') {
      throw invalid("invalid label '" + text + "': empty name", null);
    }
    return text;
  }

  static boolean isAlphanumeric(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c);
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Whether there is at least one character in the range, and all are digits. */
  static boolean isDigits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return from < to;
  }

  private static boolean isDigitOrDot(char c) {
    return isDigit(c) || c == '.';
  }

  /** Whether the text is digits with at most one point among them. */
  static boolean isDecimal(String text) {
    int digits = 0;
    int dots = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '.') {
        dots++;
      } else if (isDigit(text.charAt(i))) {
        digits++;
      } else {
        return false;
      }
    }
    return digits > 0 && dots <= 1;
  }
}
