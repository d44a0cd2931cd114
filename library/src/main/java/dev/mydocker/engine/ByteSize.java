package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import java.util.Locale;

/**
 * An amount of memory or disk.
 *
 * @param bytes how many bytes, or -1 for {@link #UNLIMITED}
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  /** No limit, where Docker's flags take -1. */
  public static final ByteSize UNLIMITED = new ByteSize(-1);

  private static final String UNITS = "kmgtp";
  private static final String NUMBER_END = "0123456789. ";

  /** Refuses what is less than nothing. */
  public ByteSize {
    if (bytes < -1) {
      throw invalid("size", bytes);
    }
  }

  /** Returns {@code count} bytes. */
  public static ByteSize bytes(long count) {
    return new ByteSize(count);
  }

  /** Returns {@code count} times 1024 bytes. */
  public static ByteSize kibibytes(long count) {
    return new ByteSize(Math.multiplyExact(count, 1L << 10));
  }

  /** Returns {@code count} times 1024 kibibytes. */
  public static ByteSize mebibytes(long count) {
    return new ByteSize(Math.multiplyExact(count, 1L << 20));
  }

  /** Returns {@code count} times 1024 mebibytes. */
  public static ByteSize gibibytes(long count) {
    return new ByteSize(Math.multiplyExact(count, 1L << 30));
  }

  /**
   * Reads a size as Docker's flags have it: a number, perhaps with a fraction, and b, k, m, g, t or
   * p, which count in 1024s, also as kb and KiB.
   *
   * @throws MydockerException with Docker's words if it is none
   */
  public static ByteSize parse(String text) {
    int end = text.length() - 1;
    while (end >= 0 && NUMBER_END.indexOf(text.charAt(end)) < 0) {
      end--;
    }
    if (end < 0) {
      throw invalid("size", text);
    }
    String number = text.charAt(end) == ' ' ? text.substring(0, end) : text.substring(0, end + 1);
    double value = number(number, text) * unit(text.substring(end + 1).toLowerCase(Locale.ROOT));
    // 2^63 itself has no long; the cast would hide it.
    if (!(value < 0x1p63)) {
      throw invalid("size", text);
    }
    return new ByteSize((long) value);
  }

  private static double number(String number, String text) {
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      // Double.parseDouble takes more than a number: 1e3, 0x1p3, 1d, spaces around.
      if (c != '.' && (c < '0' || c > '9')) {
        throw invalid("size", text);
      }
    }
    try {
      return Double.parseDouble(number);
    } catch (NumberFormatException e) {
      throw invalid("size", text);
    }
  }

  private static double unit(String suffix) {
    if (suffix.isEmpty() || suffix.equals("b")) {
      return 1;
    }
    int unit = UNITS.indexOf(suffix.charAt(0));
    String rest = suffix.substring(1);
    if (unit < 0 || !rest.isEmpty() && !rest.equals("b") && !rest.equals("ib")) {
      throw invalid("suffix", suffix);
    }
    return 1L << 10 * (unit + 1);
  }

  private static MydockerException invalid(String what, Object words) {
    return MydockerException.invalid(
        what,
        words,
        "invalid " + what + ": '" + words + "'",
        "a size is a number and perhaps b, k, m or g: 64m");
  }

  /** Returns whether this stands for no limit. */
  public boolean isUnlimited() {
    return bytes == -1;
  }

  @Override
  public int compareTo(ByteSize other) {
    return isUnlimited() || other.isUnlimited()
        ? Boolean.compare(isUnlimited(), other.isUnlimited())
        : Long.compare(bytes, other.bytes);
  }

  /** Returns the number of bytes, or {@code unlimited}. */
  @Override
  public String toString() {
    return isUnlimited() ? "unlimited" : Long.toString(bytes);
  }
}
