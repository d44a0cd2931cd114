package dev.mydocker.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What identifies content, such as {@code sha256:} and 64 hexadecimal digits (image specification,
 * descriptor.md).
 *
 * <p>An algorithm that is not known is let through, as the specification wants it; neither part can
 * hold a slash or be {@code ..}, so {@code blobs/algorithm/encoded} is a safe path.
 */
public final class Digest implements Comparable<Digest> {
  private static final String SHA256 = "sha256";
  private static final int SHORT = 12;

  private final String text;
  private final int colon;

  private Digest(String text) {
    this.text = text;
    this.colon = text.indexOf(':');
  }

  /**
   * Parses a digest.
   *
   * @throws MydockerException if {@code text} is none
   */
  public static Digest parse(String text) {
    String problem = problem(text);
    if (problem != null) {
      throw MydockerException.of(
          Category.INVALID,
          "parse digest",
          text,
          problem,
          "a digest is sha256: and 64 hexadecimal digits");
    }
    return new Digest(text);
  }

  /** Parses a digest, if {@code text} is one. */
  public static Optional<Digest> tryParse(String text) {
    return problem(text) == null ? Optional.of(new Digest(text)) : Optional.empty();
  }

  /** Returns the digest for the 32 bytes that SHA-256 has made. */
  public static Digest ofSha256(byte[] hash) {
    if (hash.length != 32) {
      throw new IllegalArgumentException("SHA-256 makes 32 bytes, not " + hash.length);
    }
    return new Digest(SHA256 + ":" + HexFormat.of().formatHex(hash));
  }

  /**
   * Returns the digest of {@code content}.
   *
   * @param sha256 the hash function; the caller knows which is quick here, since the JDK's takes 17
   *     ms to load and runs ten times slower without the optimizing compiler
   */
  public static Digest of(byte[] content, UnaryOperator<byte[]> sha256) {
    return ofSha256(sha256.apply(content));
  }

  /** Returns the part before the colon. */
  public String algorithm() {
    return text.substring(0, colon);
  }

  /** Returns whether the algorithm is SHA-256, the only one that mydocker computes. */
  public boolean isSha256() {
    return text.startsWith("sha256:");
  }

  /** Returns the part behind the colon: hexadecimal digits in the known algorithms. */
  public String encoded() {
    return text.substring(colon + 1);
  }

  /** Returns the first twelve characters of {@link #encoded()}, as lists show them. */
  public String shortId() {
    String encoded = encoded();
    return encoded.length() <= SHORT ? encoded : encoded.substring(0, SHORT);
  }

  @Override
  public int compareTo(Digest other) {
    return text.compareTo(other.text);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Digest digest && text.equals(digest.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Returns the digest as it is written, {@code sha256:...}. */
  @Override
  public String toString() {
    return text;
  }

  private static @Nullable String problem(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return "expected algorithm:hexadecimal";
    }
    String encoded = text.substring(colon + 1);
    return switch (text.substring(0, colon)) {
      case SHA256, "blake3" -> hexProblem(encoded, 64);
      case "sha512" -> hexProblem(encoded, 128);
      default -> isAlgorithm(text, colon) ? encodedProblem(encoded) : "malformed algorithm";
    };
  }

  private static @Nullable String hexProblem(String encoded, int length) {
    if (encoded.length() != length) {
      return "expected " + length + " hexadecimal digits, found " + encoded.length();
    }
    for (int i = 0; i < length; i++) {
      char c = encoded.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return "expected lower-case hexadecimal digits, found '" + c + "'";
      }
    }
    return null;
  }

  /** Lower-case letters and digits, parted by single separators. */
  private static boolean isAlgorithm(String text, int length) {
    boolean separated = true;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      boolean separator = c == '+' || c == '.' || c == '_' || c == '-';
      if (separator ? separated : (c < 'a' || c > 'z') && (c < '0' || c > '9')) {
        return false;
      }
      separated = separator;
    }
    return !separated;
  }

  private static @Nullable String encodedProblem(String encoded) {
    if (encoded.isEmpty()) {
      return "nothing behind the colon";
    }
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      if (!letter && (c < '0' || c > '9') && c != '=' && c != '_' && c != '-') {
        return "unexpected character '" + c + "'";
      }
    }
    return null;
  }
}
