package dev.mydocker.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file that may be a busybox, and what it tells about itself.
 *
 * @param content not copied
 * @param modified when it was made, in seconds since 1970
 */
record BusyboxProgram(byte[] content, long modified) {
  /**
   * The start of the table of applets: sorted, each with a NUL behind it, and one more at its end.
   */
  private static final byte[] FIRST_APPLETS = {0, '[', 0, '[', '[', 0};

  private static final int PT_INTERP = 3;

  /** Why a file is of no use here, or nothing if it is an ELF program without interpreter. */
  Optional<String> problem() {
    byte[] program = content;
    if (program.length < 64
        || program[0] != 0x7F
        || program[1] != 'E'
        || program[2] != 'L'
        || program[3] != 'F'
        || program[5] != 1) {
      return Optional.of("it is no ELF program");
    }
    boolean wide = program[4] == 2;
    long table = wide ? number(program, 32, 8) : number(program, 28, 4);
    int size = (int) number(program, wide ? 54 : 42, 2);
    int count = (int) number(program, wide ? 56 : 44, 2);
    for (int i = 0; i < count; i++) {
      long at = table + (long) i * size;
      if (at < 0 || at + 4 > program.length) {
        return Optional.of("its ELF header is damaged");
      }
      if (number(program, (int) at, 4) == PT_INTERP) {
        return Optional.of("it is linked dynamically");
      }
    }
    return applets().isEmpty() ? Optional.of("it has no table of applets") : Optional.empty();
  }

  private static long number(byte[] bytes, int at, int width) {
    long number = 0;
    for (int i = width - 1; i >= 0; i--) {
      number = number << 8 | bytes[at + i] & 0xFF;
    }
    return number;
  }

  /** The names of its applets, as {@code busybox --list} prints them. */
  List<String> applets() {
    byte[] program = content;
    List<String> names = new ArrayList<>();
    int at = indexOf(program, FIRST_APPLETS);
    if (at < 0) {
      return names;
    }
    at++;
    while (at < program.length) {
      int end = at;
      while (end < program.length && isNameByte(program[end])) {
        end++;
      }
      if (end == at || end == program.length || program[end] != 0) {
        return names;
      }
      StringBuilder name = new StringBuilder();
      for (int i = at; i < end; i++) {
        name.append((char) program[i]);
      }
      names.add(name.toString());
      at = end + 1;
    }
    return names;
  }

  private static boolean isNameByte(byte b) {
    return b >= 'a' && b <= 'z'
        || b >= '0' && b <= '9'
        || b == '['
        || b == '_'
        || b == '-'
        || b == '.';
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      int same = 0;
      while (same < part.length && bytes[i + same] == part[same]) {
        same++;
      }
      if (same == part.length) {
        return i;
      }
    }
    return -1;
  }
}
