package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;

/** Sizes as runc reads them: a number, with k, m, g or t for powers of 1024, or -1 for no limit. */
final class Sizes {
  private static final String UNITS = "kmgt";

  private Sizes() {}

  static long parse(String name, String text) {
    String lower = text.toLowerCase(java.util.Locale.ROOT);
    int end = lower.endsWith("b") ? lower.length() - 1 : lower.length();
    int unit = end > 0 ? UNITS.indexOf(lower.charAt(end - 1)) : -1;
    String digits = lower.substring(0, unit < 0 ? end : end - 1);
    try {
      return Math.multiplyExact(Long.parseLong(digits), 1L << 10 * (unit + 1));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new MydockerException(
          Category.INVALID, "invalid value for --" + name + ": " + text, "give bytes: 64m", e);
    }
  }
}
