package dev.mydocker.image;

import dev.mydocker.oci.Digest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 as the JDK has it: 17 ms to load cold, so never on the way to a container's start. */
final class Sha256 {
  private final MessageDigest hash;

  Sha256() {
    try {
      hash = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static Digest of(byte[] content) {
    Sha256 hash = new Sha256();
    hash.update(content, 0, content.length);
    return hash.digest();
  }

  void update(byte[] bytes, int from, int length) {
    hash.update(bytes, from, length);
  }

  Digest digest() {
    return Digest.ofSha256(hash.digest());
  }
}
