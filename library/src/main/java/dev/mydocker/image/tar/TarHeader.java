package dev.mydocker.image.tar;

import dev.mydocker.kernel.Bytes;

/**
 * A header block's fields: where they are, and how their numbers are written.
 *
 * <p>POSIX has octal digits; GNU writes what does not fit as a big-endian number whose first byte
 * has the high bit set (base-256).
 */
final class TarHeader {
  static final int BLOCK = 512;

  static final int NAME = 0;
  static final int NAME_LENGTH = 100;
  static final int MODE = 100;
  static final int USER = 108;
  static final int GROUP = 116;
  static final int SIZE = 124;
  static final int TIME = 136;
  static final int CHECKSUM = 148;
  static final int TYPE = 156;
  static final int LINK = 157;
  static final int MAGIC = 257;
  static final int MAJOR = 329;
  static final int MINOR = 337;
  static final int PREFIX = 345;
  static final int PREFIX_LENGTH = 155;

  /** GNU's old sparse format: four places of the map, whether more follow, the file's length. */
  static final int SPARSE = 386;

  static final int SPARSE_COUNT = 4;
  static final int SPARSE_EXTENDED = 482;
  static final int SPARSE_REAL_SIZE = 483;

  /** A block of the map's continuation. */
  static final int CONTINUED_COUNT = 21;

  static final int CONTINUED_EXTENDED = 504;

  /** Where the archiver star leaves its mark; its prefix is shorter. */
  static final int STAR_MARK = 508;

  static final int STAR_PREFIX_LENGTH = 131;

  private TarHeader() {}

  /** A number that is malformed. */
  static final class BadNumber extends Exception {
    private static final long serialVersionUID = 1L;
  }

  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the checksum is right: of unsigned bytes, or of signed ones as old Suns had it. */
  static boolean hasChecksum(byte[] block) {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      byte b = i >= CHECKSUM && i < CHECKSUM + 8 ? (byte) ' ' : block[i];
      unsigned += b & 0xFF;
      signed += b;
    }
    try {
      long sum = number(block, CHECKSUM, 8);
      return sum == unsigned || sum == signed;
    } catch (BadNumber e) {
      return false;
    }
  }

  static long number(byte[] block, int at, int length) throws BadNumber {
    if ((block[at] & 0x80) != 0) {
      return base256(block, at, length);
    }
    int from = at;
    int end = at + length;
    while (from < end && (block[from] == ' ' || block[from] == 0)) {
      from++;
    }
    long value = 0;
    while (from < end && block[from] >= '0' && block[from] <= '7') {
      value = value << 3 | block[from++] - '0';
    }
    if (from < end && block[from] != ' ' && block[from] != 0) {
      throw new BadNumber();
    }
    return value;
  }

  private static long base256(byte[] block, int at, int length) throws BadNumber {
    boolean negative = (block[at] & 0x40) != 0;
    long value = negative ? -1 : 0;
    for (int i = 0; i < length; i++) {
      int b = block[at + i] & 0xFF;
      if (i == 0) {
        b = negative ? b : b & 0x7F;
      }
      long shifted = value << 8;
      if (shifted >> 8 != value) {
        throw new BadNumber();
      }
      value = shifted | b;
    }
    return value;
  }

  /** A field's text up to its NUL, if it has one. */
  static String text(byte[] block, int at, int length) {
    int end = at;
    while (end < at + length && block[end] != 0) {
      end++;
    }
    return Bytes.decode(block, at, end);
  }

  static boolean is(byte[] block, int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (block[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static void putText(byte[] block, int at, byte[] text, int from, int to) {
    System.arraycopy(text, from, block, at, to - from);
  }

  /** Whether a number fits octal digits with a NUL behind them. */
  static boolean fits(long value, int length) {
    return value >= 0 && value < 1L << 3 * (length - 1);
  }

  static void putNumber(byte[] block, int at, int length, long value) {
    for (int i = length - 2; i >= 0; i--) {
      block[at + i] = (byte) ('0' + (value & 7));
      value >>= 3;
    }
  }

  static void putChecksum(byte[] block) {
    for (int i = 0; i < 8; i++) {
      block[CHECKSUM + i] = ' ';
    }
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += block[i] & 0xFF;
    }
    putNumber(block, CHECKSUM, 7, sum);
  }
}
