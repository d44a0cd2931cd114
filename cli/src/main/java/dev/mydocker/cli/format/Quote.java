package dev.mydocker.cli.format;

import dev.mydocker.kernel.Bytes;
import java.nio.charset.StandardCharsets;

/** Writes text between double quotes, with escapes, as Go's strconv.Quote does. */
public final class Quote {
  private static final String HEX = "0123456789abcdef";

  private Quote() {}

  /** Quotes {@code text}; a byte that is not UTF-8 becomes {@code \xNN}. */
  public static String go(String text) {
    return isPlain(text) ? "\"".concat(text).concat("\"") : escaped(text);
  }

  /** Most commands are, and lists of many containers show as many. */
  private static boolean isPlain(String text) {
    for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
      // A question mark may stand for a character that is not Latin-1.
      if (b < ' ' || b == '"' || b == '\\' || b == 0x7F || b == '?') {
        return false;
      }
    }
    return true;
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    int i = 0;
    while (i < text.length()) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      switch (point) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case 0x07 -> out.append("\\a");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case 0x0B -> out.append("\\v");
        default -> point(out, point);
      }
    }
    return out.append('"').toString();
  }

  private static void point(StringBuilder out, int point) {
    if (point < ' ' || point == 0x7F) {
      hex(out.append("\\x"), point, 2);
    } else if (point < 0x7F) {
      out.append((char) point);
    } else if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
      for (byte b : Bytes.encode(String.valueOf((char) point))) {
        hex(out.append("\\x"), b & 0xFF, 2);
      }
    } else if (isPrintable(point)) {
      out.appendCodePoint(point);
    } else if (point <= 0xFFFF) {
      hex(out.append("\\u"), point, 4);
    } else {
      hex(out.append("\\U"), point, 8);
    }
  }

  /** Go's IsPrint: letters, marks, numbers, punctuation and symbols. */
  static boolean isPrintable(int point) {
    // The ellipsis of shortened commands and Latin letters, without the JDK's tables of
    // characters, which cost a cold start a millisecond.
    if (point == '…' || point > 0xA0 && point <= 0xFF && point != 0xAD) {
      return true;
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static void hex(StringBuilder out, int value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      out.append(HEX.charAt(value >> shift & 0xF));
    }
  }
}
