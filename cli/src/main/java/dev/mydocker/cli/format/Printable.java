package dev.mydocker.cli.format;

/** Text of strangers, as a registry's, that must not steer the terminal it is shown on. */
public final class Printable {
  private static final String HEX = "0123456789abcdef";

  private Printable() {}

  /** The text, with control characters as escapes: {@code \n}, {@code \x1b}. */
  public static String of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isControl(text.charAt(i))) {
        return escaped(text);
      }
    }
    return text;
  }

  /** Of both sets: terminals understand the upper one too. */
  private static boolean isControl(char c) {
    return c < ' ' || c >= 0x7F && c < 0xA0;
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isControl(c) || c == '\t') {
        out.append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else if (c == '\r') {
        out.append("\\r");
      } else {
        out.append("\\x").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
      }
    }
    return out.toString();
  }
}
