package dev.mydocker.cli.option;

import dev.mydocker.cli.format.Quote;

/**
 * Checks IP addresses as text, without InetAddress, whose initialisation a cold start would pay.
 */
public final class IpAddress {
  private static final int GROUPS = 8;

  private IpAddress() {}

  /** Returns the address, checked to be one of IP version 4 or 6, without brackets. */
  public static String parse(String text) {
    String plain =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    if (!isVersion4(plain) && !isVersion6(plain)) {
      throw Values.invalid("IP address is not correctly formatted: " + text, null);
    }
    return plain;
  }

  /** Parses {@code NAME:ADDRESS} or {@code NAME=ADDRESS} of --add-host. */
  public static HostEntry hostEntry(String text) {
    int cut = text.indexOf('=');
    if (cut < 0) {
      cut = text.indexOf(':');
    }
    if (cut <= 0) {
      throw Values.invalid("bad format for add-host: " + Quote.go(text), "write NAME:ADDRESS");
    }
    String address = text.substring(cut + 1);
    if (address.equals("host-gateway")) {
      throw Specs.later(
          "--add-host "
              + text
              + ": host-gateway is not supported by mydocker yet, as it needs a"
              + " bridge network");
    }
    try {
      return new HostEntry(text.substring(0, cut), parse(address));
    } catch (dev.mydocker.MydockerException e) {
      throw Values.invalid("invalid IP address in add-host: " + Quote.go(address), null);
    }
  }

  /**
   * A line of the container's /etc/hosts.
   *
   * @param name the host
   * @param address its address
   */
  public record HostEntry(String name, String address) {}

  static boolean isVersion4(String text) {
    int parts = 0;
    int from = 0;
    while (from <= text.length()) {
      int dot = text.indexOf('.', from);
      int to = dot < 0 ? text.length() : dot;
      if (!Values.isDigits(text, from, to)
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

  static boolean isVersion6(String text) {
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
}
