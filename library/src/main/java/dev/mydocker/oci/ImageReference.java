package dev.mydocker.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The name of an image, {@code [registry[:port]/]path[:tag][@digest]}, read as Docker reads it.
 *
 * <p>A first part without a dot or colon that is not {@code localhost} belongs to the path, and a
 * name without a registry is docker.io's; there, one without a slash is in {@code library/}. So
 * {@code busybox} is {@code docker.io/library/busybox}, and {@code localhost/busybox} is in no
 * registry but the local store.
 *
 * @param registry the host of the registry with its port, such as {@code docker.io}
 * @param path the repository in it, such as {@code library/busybox}
 * @param tag the tag, or null
 * @param digest the digest, or null
 */
public record ImageReference(
    String registry, String path, @Nullable String tag, @Nullable Digest digest) {
  /** The registry of names that name none. */
  public static final String DOCKER_HUB = "docker.io";

  /** The registry of images that exist only here. */
  public static final String LOCALHOST = "localhost";

  /** The tag of names that name neither tag nor digest. */
  public static final String DEFAULT_TAG = "latest";

  private static final String LIBRARY = "library/";
  private static final int MAX_NAME = 255;
  private static final int MAX_TAG = 128;

  /** Checks each part. */
  public ImageReference {
    String problem = problem(registry, path, tag);
    if (problem != null) {
      throw MydockerException.of(
          Category.INVALID, "parse image name", registry + "/" + path, problem);
    }
  }

  /**
   * Parses a name as a person writes it.
   *
   * @throws MydockerException saying what is wrong with it
   */
  public static ImageReference parse(String text) {
    if (isImageId(text)) {
      throw refusal(text, "64 hexadecimal digits are an image's id, not a name", null);
    }
    Digest digest = null;
    String rest = text;
    int at = rest.indexOf('@');
    if (at >= 0) {
      digest = digest(text, rest.substring(at + 1));
      rest = rest.substring(0, at);
    }
    String tag = null;
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      tag = rest.substring(colon + 1);
      rest = rest.substring(0, colon);
    }
    int slash = rest.indexOf('/');
    String registry = DOCKER_HUB;
    String path = rest;
    if (slash >= 0 && isRegistry(rest.substring(0, slash))) {
      registry = rest.substring(0, slash);
      path = rest.substring(slash + 1);
    }
    if (registry.equals("index.docker.io")) {
      registry = DOCKER_HUB;
    }
    if (registry.equals(DOCKER_HUB) && path.indexOf('/') < 0 && !path.isEmpty()) {
      path = LIBRARY + path;
    }
    String problem = problem(registry, path, tag);
    if (problem != null) {
      throw refusal(text, problem, suggestion(text, rest, path));
    }
    return new ImageReference(registry, path, tag, digest);
  }

  /** Returns whether {@code text} is an image's id, which no name may look like. */
  public static boolean isImageId(String text) {
    if (text.length() != 64) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** Returns this name, with the tag {@value #DEFAULT_TAG} if it has neither tag nor digest. */
  public ImageReference withDefaultTag() {
    return tag == null && digest == null ? withTag(DEFAULT_TAG) : this;
  }

  /** Returns this name with another tag and without digest. */
  public ImageReference withTag(String newTag) {
    return new ImageReference(registry, path, newTag, null);
  }

  /** Returns the name without tag and digest, {@code docker.io/library/busybox}. */
  public String name() {
    return registry + "/" + path;
  }

  /** Returns the name without tag and digest as people write it, {@code busybox}. */
  public String familiarName() {
    if (!registry.equals(DOCKER_HUB)) {
      return name();
    }
    // library/x/y is another repository than x/y.
    boolean official = path.startsWith(LIBRARY) && path.indexOf('/', LIBRARY.length()) < 0;
    return official ? path.substring(LIBRARY.length()) : path;
  }

  /** Returns the whole name as people write it, {@code busybox:1.37}. */
  public String familiar() {
    return familiarName() + suffix();
  }

  /** Returns the whole name, {@code docker.io/library/busybox:1.37}. */
  @Override
  public String toString() {
    return name() + suffix();
  }

  private String suffix() {
    return (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
  }

  private static Digest digest(String text, String part) {
    return Digest.tryParse(part)
        .orElseThrow(() -> refusal(text, "malformed digest \"" + part + "\"", null));
  }

  /** Upper case is allowed in host names only, so a part that has it is one. */
  private static boolean isRegistry(String part) {
    return part.indexOf('.') >= 0
        || part.indexOf(':') >= 0
        || part.equals(LOCALHOST)
        || !part.equals(part.toLowerCase(Locale.ROOT));
  }

  private static @Nullable String problem(String registry, String path, @Nullable String tag) {
    if (path.isEmpty()) {
      return "the repository is missing";
    }
    if (registry.length() + 1 + path.length() > MAX_NAME) {
      return "longer than " + MAX_NAME + " characters";
    }
    String problem = registryProblem(registry);
    if (problem == null) {
      problem = pathProblem(path);
    }
    return problem == null && tag != null ? tagProblem(tag) : problem;
  }

  private static @Nullable String registryProblem(String registry) {
    String problem = "malformed registry \"" + registry + "\"";
    String host = registry;
    int colon = registry.indexOf(':', registry.lastIndexOf(']') + 1);
    if (colon >= 0) {
      host = registry.substring(0, colon);
      String port = registry.substring(colon + 1);
      if (port.isEmpty() || !all(port, ImageReference::isDigit)) {
        return problem;
      }
    }
    if (host.startsWith("[")) {
      String address = host.endsWith("]") ? host.substring(1, host.length() - 1) : "";
      return !address.isEmpty() && all(address, ImageReference::isAddress) ? null : problem;
    }
    for (String label : host.split("\\.", -1)) {
      if (label.isEmpty()
          || label.startsWith("-")
          || label.endsWith("-")
          || !all(label, c -> isLower(c) || isUpper(c) || isDigit(c) || c == '-')) {
        return problem;
      }
    }
    return null;
  }

  private static @Nullable String pathProblem(String path) {
    if (!path.equals(path.toLowerCase(Locale.ROOT))) {
      return "the repository must be in lower case";
    }
    for (String part : path.split("/", -1)) {
      if (part.isEmpty()) {
        return "nothing before, between or behind slashes";
      }
      if (!isPathPart(part)) {
        return "malformed \""
            + part
            + "\": expected letters and digits, separated by '.', '_', '__' or dashes";
      }
    }
    return null;
  }

  private static boolean isPathPart(String part) {
    int at = 0;
    while (true) {
      int start = at;
      while (at < part.length() && (isLower(part.charAt(at)) || isDigit(part.charAt(at)))) {
        at++;
      }
      if (at == start || at == part.length()) {
        return at > start;
      }
      at += separator(part, at);
    }
  }

  /** Returns the length of the separator at {@code at}, or 0 if there is none. */
  private static int separator(String part, int at) {
    if (part.startsWith("__", at)) {
      return 2;
    }
    int end = at;
    while (end < part.length() && part.charAt(end) == '-') {
      end++;
    }
    return end > at ? end - at : part.charAt(at) == '.' || part.charAt(at) == '_' ? 1 : 0;
  }

  private static @Nullable String tagProblem(String tag) {
    if (tag.isEmpty()) {
      return "the tag is missing behind the colon";
    }
    if (tag.length() > MAX_TAG) {
      return "the tag is longer than " + MAX_TAG + " characters";
    }
    boolean starts = tag.charAt(0) != '.' && tag.charAt(0) != '-';
    boolean made =
        all(tag, c -> isLower(c) || isUpper(c) || isDigit(c) || c == '_' || c == '.' || c == '-');
    return starts && made ? null : "malformed tag \"" + tag + "\"";
  }

  private static @Nullable String suggestion(String text, String name, String path) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (pathProblem(path) != null && pathProblem(path.toLowerCase(Locale.ROOT)) == null) {
      return "did you mean " + lower + text.substring(name.length()) + "?";
    }
    return null;
  }

  private static MydockerException refusal(
      String text, String problem, @Nullable String suggestion) {
    return MydockerException.of(Category.INVALID, "parse image name", text, problem, suggestion);
  }

  private interface Letter {
    boolean test(char c);
  }

  private static boolean all(String text, Letter allowed) {
    for (int i = 0; i < text.length(); i++) {
      if (!allowed.test(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isAddress(char c) {
    return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == ':';
  }
}
