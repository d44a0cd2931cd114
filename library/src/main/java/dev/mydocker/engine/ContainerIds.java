package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import java.util.HexFormat;

/** Ids of containers: 64 hexadecimal digits, of which people see 12. */
final class ContainerIds {
  private static final int BYTES = 32;
  private static final int SHORT = 12;

  private ContainerIds() {}

  /** Returns a new id from the kernel's random numbers: SecureRandom takes 17 ms to start. */
  static String random(FileWorker files) {
    int random = files.open(FileWorker.HOST, "/dev/urandom", Linux.O_RDONLY, 0);
    try {
      String id;
      do {
        id = HexFormat.of().formatHex(files.read(random, BYTES));
      } while (isNumber(shortId(id)));
      return id;
    } finally {
      files.close(random);
    }
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
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= 2 * BYTES;
  }

  /** Returns whether {@code text} can be a whole id. */
  static boolean isId(String text) {
    return text.length() == 2 * BYTES && isPrefix(text);
  }
}
