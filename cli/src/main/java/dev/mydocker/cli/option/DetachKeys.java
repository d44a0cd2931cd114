package dev.mydocker.cli.option;

import java.util.List;

/** The key sequence that leaves a terminal without ending its container. */
public final class DetachKeys {
  /** Docker's: ctrl-p, then ctrl-q. */
  public static final String DEFAULT = "ctrl-p,ctrl-q";

  private static final int CONTROL = 0x1F;

  private DetachKeys() {}

  /**
   * Parses keys between commas: a character, {@code ctrl-} and one of {@code a-z @ [ \ ] ^ _}, or
   * {@code DEL}.
   *
   * @return the bytes a terminal sends for them; empty text turns detaching off
   */
  public static byte[] parse(String text) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    List<String> keys = Specs.split(text, ',');
    byte[] bytes = new byte[keys.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = key(keys.get(i));
    }
    return bytes;
  }

  private static byte key(String text) {
    if (text.length() == 1 && text.charAt(0) < 0x80) {
      return (byte) text.charAt(0);
    }
    if (text.equals("DEL")) {
      return 0x7F;
    }
    if (text.length() == 6 && text.startsWith("ctrl-")) {
      char c = text.charAt(5);
      if (c >= 'a' && c <= 'z' || c == '@' || c >= '[' && c <= '_') {
        return (byte) (c & CONTROL);
      }
    }
    throw Values.invalid(
        "unknown character: '" + text + "'", "write keys such as ctrl-p,ctrl-q or a letter");
  }
}
