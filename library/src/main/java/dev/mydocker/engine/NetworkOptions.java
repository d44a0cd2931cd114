package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names and addresses that a container knows.
 *
 * @param hostname its host name, or null for its short id (or the host's, in the host's namespace)
 * @param domainname its NIS domain name, or null for none
 * @param addedHosts further lines of its /etc/hosts, {@code name:address}
 * @param dns addresses of name servers; empty for the host's
 * @param dnsSearch domains to look names up in; empty for the host's, a single dot for none
 * @param dnsOptions options of resolv.conf(5); empty for the host's
 */
public record NetworkOptions(
    @Nullable String hostname,
    @Nullable String domainname,
    List<String> addedHosts,
    List<String> dns,
    List<String> dnsSearch,
    List<String> dnsOptions) {
  /** The defaults. */
  public static final NetworkOptions DEFAULT =
      new NetworkOptions(null, null, List.of(), List.of(), List.of(), List.of());

  // __NEW_UTS_LEN of linux/utsname.h
  private static final int LONGEST_NAME = 64;

  /** Copies the lists and checks names and addresses. */
  public NetworkOptions {
    requireName("hostname", hostname);
    requireName("domainname", domainname);
    addedHosts = addedHosts.stream().map(NetworkOptions::addedHost).toList();
    dns = List.copyOf(dns);
    dnsSearch = List.copyOf(dnsSearch);
    dnsOptions = List.copyOf(dnsOptions);
    for (String address : dns) {
      if (!isAddress(address)) {
        throw new MydockerException(
            Category.INVALID, "invalid argument for --dns: " + address + " is not an ip address");
      }
    }
    dnsSearch.forEach(domain -> requireWord("dns-search", domain));
    dnsOptions.forEach(option -> requireWord("dns-option", option));
  }

  private static void requireName(String what, @Nullable String name) {
    if (name == null) {
      return;
    }
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw new MydockerException(
          Category.INVALID,
          "invalid " + what + " " + name + ": the length is from 1 to " + LONGEST_NAME);
    }
    requireWord(what, name);
  }

  /** These end up in files that are read line by line and word by word. */
  private static void requireWord(String what, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) <= ' ' || word.charAt(i) == 0x7F) {
        throw new MydockerException(
            Category.INVALID, "invalid " + what + " " + word.strip() + ": it must be one word");
      }
    }
    if (word.isEmpty()) {
      throw new MydockerException(Category.INVALID, "invalid " + what + ": it is empty");
    }
  }

  /** Makes {@code name=address} and {@code name:[address]} into {@code name:address}. */
  private static String addedHost(String text) {
    int at = separator(text);
    if (at < 1) {
      throw new MydockerException(
          Category.INVALID, "bad format for add-host: \"" + text + "\"", "expected name:address");
    }
    String name = text.substring(0, at);
    String address = text.substring(at + 1);
    if (address.startsWith("[") && address.endsWith("]")) {
      address = address.substring(1, address.length() - 1);
    }
    requireWord("add-host", name);
    if (address.equals("host-gateway")) {
      throw new MydockerException(
          Category.UNSUPPORTED,
          "add-host " + text + ": there is no host-gateway without a bridged network");
    }
    if (!isAddress(address)) {
      throw new MydockerException(
          Category.INVALID, "invalid IP address in add-host: \"" + address + "\"");
    }
    return name + ":" + address;
  }

  private static int separator(String text) {
    int equals = text.indexOf('=');
    return equals >= 0 ? equals : text.indexOf(':');
  }

  /** Whether {@code text} is an address of IPv4 or IPv6, by its letters. */
  static boolean isAddress(String text) {
    return text.indexOf(':') >= 0 ? isIpv6(text) : isIpv4(text);
  }

  private static boolean isIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      if (part.isEmpty() || part.length() > 3 || part.length() > 1 && part.charAt(0) == '0') {
        return false;
      }
      int value = 0;
      for (int i = 0; i < part.length(); i++) {
        int digit = part.charAt(i) - '0';
        if (digit < 0 || digit > 9) {
          return false;
        }
        value = value * 10 + digit;
      }
      if (value > 255) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIpv6(String text) {
    int zone = text.indexOf('%');
    String plain = zone < 0 ? text : text.substring(0, zone);
    int gap = plain.indexOf("::");
    if (gap >= 0) {
      int left = groups(plain.substring(0, gap), false);
      int right = groups(plain.substring(gap + 2), true);
      return left >= 0 && right >= 0 && left + right <= 7;
    }
    return groups(plain, true) == 8;
  }

  /** How many 16-bit groups {@code text} has; -1 if it is malformed. */
  private static int groups(String text, boolean last) {
    if (text.isEmpty()) {
      return 0;
    }
    String[] parts = text.split(":", -1);
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      if (last && i == parts.length - 1 && isIpv4(parts[i])) {
        count += 2;
      } else if (isHex(parts[i])) {
        count++;
      } else {
        return -1;
      }
    }
    return count;
  }

  private static boolean isHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.digit(text.charAt(i), 16) < 0) {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= 4;
  }
}
