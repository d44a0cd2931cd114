package dev.mydocker.image.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy is asked for which address: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in capitals or not,
 * as Go's programs read them. This machine itself is never asked for by a proxy.
 */
final class Proxies {
  private final String http;
  private final String https;
  private final String[] exceptions;

  Proxies(Map<String, String> environment) {
    http = value(environment, "HTTP_PROXY");
    https = value(environment, "HTTPS_PROXY");
    exceptions = value(environment, "NO_PROXY").split(",", -1);
  }

  /**
   * A proxy.
   *
   * @param url where it is
   * @param authorization the header Proxy-Authorization, or empty
   */
  record Proxy(HttpUrl url, String authorization) {}

  private static String value(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
  }

  /** The proxy for an address, or null. */
  @Nullable Proxy of(HttpUrl url) throws IOException {
    String text = url.secure() ? https : http;
    if (text.isEmpty() || url.isLoopback() || isException(url)) {
      return null;
    }
    int scheme = text.indexOf("://");
    String rest = scheme < 0 ? text : text.substring(scheme + 3);
    if (scheme >= 0 && !text.regionMatches(true, 0, "http", 0, scheme)) {
      throw new IOException("the proxy " + text + " is not supported: only those of http:// are");
    }
    String authorization = "";
    int at = rest.lastIndexOf('@');
    if (at >= 0) {
      authorization =
          "Basic "
              + Base64.getEncoder()
                  .encodeToString(unescape(rest.substring(0, at)).getBytes(StandardCharsets.UTF_8));
      rest = rest.substring(at + 1);
    }
    return new Proxy(HttpUrl.parse("http://" + rest), authorization);
  }

  private static String unescape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' && i + 2 < text.length()) {
        int high = Character.digit(text.charAt(i + 1), 16);
        int low = Character.digit(text.charAt(i + 2), 16);
        if (high >= 0 && low >= 0) {
          out.append((char) (high << 4 | low));
          i += 2;
          continue;
        }
      }
      out.append(c);
    }
    return out.toString();
  }

  private boolean isException(HttpUrl url) {
    String host = url.lookupHost();
    for (String each : exceptions) {
      String rule = each.strip().toLowerCase(Locale.ROOT);
      if (!rule.isEmpty() && matches(rule, host, url.port())) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String rule, String host, int port) {
    if (rule.equals("*")) {
      return true;
    }
    int slash = rule.indexOf('/');
    if (slash > 0) {
      return isInNetwork(rule, slash, host);
    }
    int colon = rule.lastIndexOf(':');
    String name = rule;
    if (colon > 0 && rule.indexOf(':') == colon) {
      if (!rule.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = rule.substring(0, colon);
    }
    if (name.startsWith("*.")) {
      name = name.substring(1);
    }
    // As Go has it: a name means also what is below it, one with a dot in front only that.
    return name.startsWith(".")
        ? host.endsWith(name)
        : host.equals(name) || host.endsWith("." + name);
  }

  private static boolean isInNetwork(String rule, int slash, String host) {
    // A name would be looked up, and is no network.
    if (!isAddress(host) || !isAddress(rule.substring(0, slash))) {
      return false;
    }
    try {
      byte[] network = InetAddress.getByName(rule.substring(0, slash)).getAddress();
      byte[] address = InetAddress.getByName(host).getAddress();
      int bits = Integer.parseInt(rule.substring(slash + 1));
      if (network.length != address.length || bits < 0 || bits > network.length * 8) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> (i & 7);
        if ((network[i >> 3] & mask) != (address[i >> 3] & mask)) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException | NumberFormatException e) {
      // No network: then the host is not in it.
      return false;
    }
  }

  /** Whether a host is an address, so that nothing is looked up for it. */
  private static boolean isAddress(String host) {
    if (host.indexOf(':') >= 0) {
      return true;
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c != '.' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }
}
