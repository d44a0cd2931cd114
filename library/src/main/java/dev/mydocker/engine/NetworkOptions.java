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
    dns = dns.stream().map(IpAddress::parse).toList();
    dnsSearch = List.copyOf(dnsSearch);
    dnsOptions = List.copyOf(dnsOptions);
    dnsSearch.forEach(domain -> requireWord("dns-search", domain));
    dnsOptions.forEach(option -> requireWord("dns-option", option));
  }

  private static void requireName(String what, @Nullable String name) {
    if (name == null) {
      return;
    }
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw MydockerException.of(
          Category.INVALID, "invalid " + what, name, "the length is from 1 to " + LONGEST_NAME);
    }
    requireWord(what, name);
  }

  /** These end up in files that are read line by line and word by word. */
  private static void requireWord(String what, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) <= ' ' || word.charAt(i) == 0x7F) {
        throw MydockerException.of(
            Category.INVALID, "invalid " + what, word.strip(), "it must be one word");
      }
    }
    if (word.isEmpty()) {
      throw MydockerException.of(Category.INVALID, "invalid", what, "it is empty");
    }
  }

  /**
   * Makes {@code name=address} and {@code name:[address]} into {@code name:address}.
   *
   * @throws MydockerException in Docker's words if it is no line for /etc/hosts
   */
  public static String addedHost(String text) {
    int at = separator(text);
    if (at < 1) {
      throw MydockerException.invalid(
          "add-host", text, "bad format for add-host: \"" + text + "\"", "write NAME:ADDRESS");
    }
    String name = text.substring(0, at);
    String address = text.substring(at + 1);
    if (address.startsWith("[") && address.endsWith("]")) {
      address = address.substring(1, address.length() - 1);
    }
    requireWord("add-host", name);
    if (address.equals("host-gateway")) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "--add-host",
          text,
          "host-gateway is not supported by mydocker yet, as it needs a bridge network");
    }
    if (!IpAddress.isAddress(address)) {
      throw MydockerException.invalid(
          "add-host", text, "invalid IP address in add-host: \"" + address + "\"", null);
    }
    return name + ":" + address;
  }

  private static int separator(String text) {
    int equals = text.indexOf('=');
    return equals >= 0 ? equals : text.indexOf(':');
  }
}
