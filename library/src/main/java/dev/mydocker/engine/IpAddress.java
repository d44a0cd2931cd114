package dev.mydocker.engine;

import dev.mydocker.MydockerException;

/**
 * Checks IP addresses as text, without InetAddress, whose initialisation a cold start would pay.
 */
public final class IpAddress {
  private static final int GROUPS = 8;

  private IpAddress() {}

  /**
   * Returns the address, checked to be one of IP version 4 or 6, without brackets.
   *
   * @throws MydockerException INVALID in Docker's words if it is none
   */
  public static String parse(String text) {
    String plain =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    if (!isAddress(plain)) {
      throw MydockerException.invalid(
          "IP address", text, "IP address is not correctly formatted: " + text, null);
    }
    return plain;
  }

  /** Whether the text is an address, without brackets. */
  static boolean isAddress(String text) {
    return isVersion4(text) || isVersion6(text);
  }

  private static boolean isVersion4(String text) {
    int parts = 0;
    int from = 0;
    while (from <= text.length()) {
      int dot = text.indexOf('.', from);
      int to = dot < 0 ? text.length() : dot;
      if (!isDigits(text, from, to)
          || to - from > 3
          || to - from > 1 && text.charAt(from) == '0'
          || Integer.parseInt(text, from, to, 10) > 255) {
        return false;
      }
      parts++;
      from = to + 1;
    }
    return parts == 4;
  }

  private static boolean isVersion6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0) {
      int left = groups(text.substring(0, gap), false);
      int right = groups(text.substring(gap + 2), true);
      return left >= 0 && right >= 0 && left + right < GROUPS;
    }
    return groups(text, true) == GROUPS;
  }

  /** Counts the groups of sixteen bits, or returns -1; the last may be an address of version 4. */
  private static int groups(String text, boolean last) {
    if (text.isEmpty()) {
      return 0;
    }
    int count = 0;
    int from = 0;
    while (from <= text.length()) {
      int colon = text.indexOf(':', from);
      int to = colon < 0 ? text.length() : colon;
      if (colon < 0 && last && text.indexOf('.', from) >= 0) {
        return isVersion4(text.substring(from)) ? count + 2 : -1;
      }
      if (to == from || to - from > 4) {
        return -1;
      }
      for (int i = from; i < to; i++) {
        if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
          return -1;
        }
      }
      count++;
      from = to + 1;
    }
    return count;
  }

  private static boolean isDigits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return from < to;
  }
}
