package dev.mydocker.image.registry;

import dev.mydocker.MydockerException.Category;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An address of HTTP (RFC 9110, 4.2), as far as registries need one.
 *
 * @param secure whether it is https
 * @param host a name or an address, of IP version 6 in brackets
 * @param port the port
 * @param path the path from its slash on, with the query
 */
public record HttpUrl(boolean secure, String host, int port, String path) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /**
   * Parses an absolute address.
   *
   * @throws IOException if it is none
   */
  public static HttpUrl parse(String text) throws IOException {
    String lower = text.toLowerCase(Locale.ROOT);
    boolean secure = lower.startsWith("https://");
    if (!secure && !lower.startsWith("http://")) {
      throw malformed(text);
    }
    int start = secure ? "https://".length() : "http://".length();
    int end = start;
    while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    String authority = text.substring(start, end);
    String path = text.substring(end);
    return of(secure, authority, path.startsWith("/") ? path : "/" + path);
  }

  /**
   * Makes an address of a host, perhaps with a port, and a path.
   *
   * @throws IOException if it would be none
   */
  public static HttpUrl of(boolean secure, String authority, String path) throws IOException {
    int colon = authority.indexOf(':', authority.lastIndexOf(']') + 1);
    String host = colon < 0 ? authority : authority.substring(0, colon);
    String text = (secure ? "https://" : "http://") + authority + path;
    if (host.isEmpty() || host.indexOf('@') >= 0) {
      throw malformed(text);
    }
    int hash = path.indexOf('#');
    String clean = hash < 0 ? path : path.substring(0, hash);
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        throw malformed(text);
      }
    }
    return new HttpUrl(
        secure, host.toLowerCase(Locale.ROOT), port(authority, colon, secure), clean);
  }

  private static int port(String authority, int colon, boolean secure) throws IOException {
    if (colon < 0) {
      return secure ? HTTPS : HTTP;
    }
    try {
      int port = Integer.parseInt(authority.substring(colon + 1));
      if (port > 0 && port < 1 << 16) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw malformed(authority);
    }
    throw malformed(authority);
  }

  private static IOException malformed(String text) {
    return new Refused(Category.INVALID, "malformed address " + text, null);
  }

  /**
   * The address that a Location header means, seen from this one (RFC 9110, 10.2.2).
   *
   * @throws IOException if it means none of HTTP
   */
  public HttpUrl resolve(String location) throws IOException {
    if (location.startsWith("//")) {
      return parse((secure ? "https:" : "http:") + location);
    }
    if (location.startsWith("/")) {
      return of(secure, authority(), location);
    }
    if (location.startsWith("?")) {
      return withPath(pathOnly() + location);
    }
    if (location.indexOf("://") > 0) {
      return parse(location);
    }
    String path = pathOnly();
    return withPath(path.substring(0, path.lastIndexOf('/') + 1) + location);
  }

  private String pathOnly() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  /** The same host, another path. */
  public HttpUrl withPath(String other) throws IOException {
    return of(secure, authority(), other);
  }

  /** This address with one parameter more in its query, which is escaped here. */
  public HttpUrl withParameter(String name, String value) throws IOException {
    return withPath(path + (path.indexOf('?') < 0 ? "?" : "&") + name + "=" + escape(value));
  }

  /** A text as a part of a query (RFC 3986, 2.1). */
  static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (plain || "-._~".indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%').append("0123456789ABCDEF".charAt(c >> 4));
        out.append("0123456789ABCDEF".charAt(c & 15));
      }
    }
    return out.toString();
  }

  /** The host, with its port where it is not the usual one: the header Host. */
  public String authority() {
    return port == (secure ? HTTPS : HTTP) ? host : host + ":" + port;
  }

  /** What connections and permissions belong to. */
  public String origin() {
    return (secure ? "https://" : "http://") + authority();
  }

  /** The host without brackets, as it is looked up. */
  public String lookupHost() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Whether the host is this machine by its very name. */
  public boolean isLoopback() {
    return isLoopback(host);
  }

  static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.startsWith("127.") && isDotted(host);
  }

  private static boolean isDotted(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c != '.' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return origin() + path;
  }
}
