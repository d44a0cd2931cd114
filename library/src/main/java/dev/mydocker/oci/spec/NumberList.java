package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.FieldException;
import java.util.Arrays;

/** Lists of processors or memory nodes such as {@code 0-3,7}, as cpuset(7) has them. */
public final class NumberList {
  /** More than any kernel has of either. */
  private static final int LIMIT = 8192;

  private NumberList() {}

  /**
   * Returns the numbers of a list as a bit mask, least significant byte first, of whole 64-bit
   * words, as the kernel takes sets of processors and nodes.
   *
   * @param name the member, for the message
   * @throws FieldException if it is no such list
   */
  public static byte[] parse(String name, String list) {
    byte[] mask = new byte[LIMIT / 8];
    int last = -1;
    for (String part : list.split(",", -1)) {
      String range = part.strip();
      int dash = range.indexOf('-');
      int from = number(name, list, dash < 0 ? range : range.substring(0, dash));
      int to = dash < 0 ? from : number(name, list, range.substring(dash + 1));
      if (to < from) {
        throw invalid(name, list);
      }
      for (int i = from; i <= to; i++) {
        mask[i / 8] |= (byte) (1 << i % 8);
      }
      last = Math.max(last, to);
    }
    return Arrays.copyOf(mask, (last / 64 + 1) * 8);
  }

  private static int number(String name, String list, String digits) {
    int number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      if (digit < '0' || digit > '9') {
        throw invalid(name, list);
      }
      number = 10 * number + (digit - '0');
      if (number >= LIMIT) {
        throw invalid(name, list);
      }
    }
    if (digits.isEmpty()) {
      throw invalid(name, list);
    }
    return number;
  }

  private static FieldException invalid(String name, String list) {
    return new FieldException(
        name, "expected a list of numbers such as 0-3,7, found \"" + list + "\"");
  }
}
