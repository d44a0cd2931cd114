package dev.mydocker.cli.format;

import java.nio.charset.StandardCharsets;

/** Shortens what would make a table's column too wide. */
public final class Shorten {
  private static final int COMMAND = 20;
  private static final int ID = 12;

  private Shorten() {}

  /** Returns a container's command as {@code docker ps} shows it: short, and between quotes. */
  public static String command(String command, boolean whole) {
    return Quote.go(whole ? command : ellipsis(command, COMMAND));
  }

  /** Returns the first twelve digits of an identifier, without {@code sha256:}. */
  public static String id(String id, boolean whole) {
    if (whole) {
      return id;
    }
    int from = id.indexOf(':') + 1;
    return id.length() - from > ID ? id.substring(from, from + ID) : id.substring(from);
  }

  /** Returns text that is at most {@code most} columns of a terminal wide, ending in … if cut. */
  public static String ellipsis(String text, int most) {
    if (text.length() <= most && isNarrow(text)) {
      return text;
    }
    int width = 0;
    int fits = 0;
    int i = 0;
    while (i < text.length()) {
      int point = text.codePointAt(i);
      width += isWide(point) ? 2 : 1;
      if (width > most) {
        return text.substring(0, fits) + "…";
      }
      i += Character.charCount(point);
      if (width < most) {
        fits = i;
      }
    }
    return text;
  }

  /** Whether no character of it is wide; false says nothing. */
  private static boolean isNarrow(String text) {
    for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
      if (b == '?') {
        // It may stand for any that is not Latin-1.
        return false;
      }
    }
    return true;
  }

  /** Whether terminals show the character two columns wide (Unicode's East Asian Width). */
  private static boolean isWide(int point) {
    return point >= 0x1100
        && (point <= 0x115F
            || point >= 0x2E80 && point <= 0xA4CF && point != 0x303F
            || point >= 0xAC00 && point <= 0xD7A3
            || point >= 0xF900 && point <= 0xFAFF
            || point >= 0xFE30 && point <= 0xFE6F
            || point >= 0xFF00 && point <= 0xFF60
            || point >= 0xFFE0 && point <= 0xFFE6
            || point >= 0x1F300 && point <= 0x1F64F
            || point >= 0x1F900 && point <= 0x1FAFF
            || point >= 0x20000 && point <= 0x3FFFD);
  }
}
