package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** Ids of containers: 64 hexadecimal digits, of which people see 12. */
final class ContainerIds {
  /** How many digits they have. */
  static final int LENGTH = 64;

  private static final int BYTES = LENGTH / 2;
  private static final int SHORT = 12;

  private ContainerIds() {}

  /** Returns a new id from the kernel's random numbers: SecureRandom takes 17 ms to start. */
  static String random(FileWorker files) {
    String id;
    do {
      byte[] random = files.beginnings(List.of("/dev/urandom"), BYTES).get(0);
      if (random.length != BYTES) {
        throw MydockerException.of(
            Category.UNSUPPORTED,
            "read",
            "/dev/urandom",
            "it gives no random numbers",
            "containers' ids come from there: it must be the device 1:9");
      }
      id = HexFormat.of().formatHex(random);
    } while (isNumber(shortId(id)));
    return id;
  }

  /** A short id of digits alone would be taken for a number by some readers, a host name too. */
  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** Returns the first digits, as lists show them. */
  static String shortId(String id) {
    return id.length() <= SHORT ? id : id.substring(0, SHORT);
  }

  /** Returns whether {@code text} can be an id or the beginning of one. */
  static boolean isPrefix(String text) {
    if (text.isEmpty() || text.length() > 2 * BYTES) {
      return false;
    }
    // Bytes, as a cold JVM takes four calls for a character; others become question marks.
    for (byte c : text.getBytes(StandardCharsets.ISO_8859_1)) {
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether {@code text} can be a whole id. */
  static boolean isId(String text) {
    return text.length() == 2 * BYTES && isPrefix(text);
  }
}
