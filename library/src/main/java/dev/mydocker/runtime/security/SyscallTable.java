package dev.mydocker.runtime.security;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The system calls of one architecture by name.
 *
 * <p>Reading the names costs some tenths of a millisecond: only profiles that have to be compiled
 * come here.
 */
final class SyscallTable {
  /** No call at all. */
  static final SyscallTable NONE = new SyscallTable();

  private final Map<String, Integer> numbers = new HashMap<>();

  private SyscallTable(String... texts) {
    for (String text : texts) {
      int number = 0;
      for (String word : text.split(" ")) {
        char first = word.charAt(0);
        if (first >= '0' && first <= '9') {
          number = Integer.parseInt(word);
        } else {
          numbers.put(word, number++);
        }
      }
    }
  }

  /**
   * Returns the calls of {@code architecture}; of x32 only those that it has apart from the calls
   * of x86-64, without the bit that marks x32.
   */
  static SyscallTable of(SeccompArchitecture architecture) {
    return switch (architecture) {
      case X86_64 -> new SyscallTable(SyscallNames.X86_64, SyscallNames.COMMON);
      case X32 -> new SyscallTable(SyscallNames.X32);
      case X86 -> new SyscallTable(SyscallNames.I386, SyscallNames.TIME64, SyscallNames.COMMON);
      case AARCH64 -> new SyscallTable(SyscallNames.AARCH64, SyscallNames.COMMON);
      case ARM -> new SyscallTable(SyscallNames.ARM, SyscallNames.TIME64, SyscallNames.COMMON);
    };
  }

  /** Returns the number of the call of that name, or nothing if the architecture has none. */
  OptionalInt number(String name) {
    Integer number = numbers.get(name);
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /** Returns all names and their numbers. */
  Map<String, Integer> numbers() {
    return numbers;
  }
}
