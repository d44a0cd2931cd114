package dev.mydocker.runtime.security;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Resource limits by name and number, as setrlimit(2) of x86-64 and aarch64 has them
 * (asm-generic/resource.h).
 */
public final class RlimitNames {
  private static final String PREFIX = "RLIMIT_";

  private static final List<String> BY_NUMBER =
      List.of(
          "CPU",
          "FSIZE",
          "DATA",
          "STACK",
          "CORE",
          "RSS",
          "NPROC",
          "NOFILE",
          "MEMLOCK",
          "AS",
          "LOCKS",
          "SIGPENDING",
          "MSGQUEUE",
          "NICE",
          "RTPRIO",
          "RTTIME");

  private RlimitNames() {}

  /**
   * Returns the number of a limit, or nothing if there is no such limit.
   *
   * @param name in any case, with or without {@code RLIMIT_}: {@code RLIMIT_NOFILE} as the OCI
   *     specification has it, {@code nofile} as {@code --ulimit} has it
   */
  public static OptionalInt number(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    int number =
        BY_NUMBER.indexOf(upper.startsWith(PREFIX) ? upper.substring(PREFIX.length()) : upper);
    return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /** Returns the OCI name of a limit, such as {@code RLIMIT_NOFILE}. */
  public static Optional<String> name(int number) {
    return number >= 0 && number < BY_NUMBER.size()
        ? Optional.of(PREFIX + BY_NUMBER.get(number))
        : Optional.empty();
  }

  /** Returns all names as {@code --ulimit} has them, such as {@code nofile}, for help texts. */
  public static List<String> flagNames() {
    return BY_NUMBER.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }
}
