package dev.mydocker.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Byte strings of the kernel as Java strings, without loss.
 *
 * <p>Arguments, environment entries and paths are bytes to Linux, mostly but not always UTF-8. A
 * byte that is not part of well-formed UTF-8 becomes the lone surrogate U+DC00 + byte, which no
 * well-formed text contains, and becomes that byte again on the way back (as Python's
 * surrogateescape does, PEP 383). So everything above this package handles {@link String}, under
 * any locale, and nothing is replaced by U+FFFD.
 *
 * <p>Most text is ASCII, and a cold JVM interprets: one look at an array's bytes and a copy by the
 * JDK take a fifth of what the general way takes.
 */
public final class Bytes {
  private static final int ESCAPE = 0xDC00;

  private Bytes() {}

  /** Decodes all of {@code bytes}. */
  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /** Decodes {@code bytes[from..to)}. */
  public static String decode(byte[] bytes, int from, int to) {
    int seen = 0;
    for (int i = from; i < to; i++) {
      seen |= bytes[i];
    }
    return seen >= 0
        ? new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)
        : decodeAny(bytes, from, to);
  }

  private static String decodeAny(byte[] bytes, int from, int to) {
    char[] chars = new char[to - from];
    int length = 0;
    int at = from;
    while (at < to) {
      int size = sequence(bytes, at, to);
      if (size == 1) {
        chars[length++] = (char) bytes[at];
      } else if (size == 0) {
        chars[length++] = (char) (ESCAPE + (bytes[at] & 0xFF));
        size = 1;
      } else {
        int point = bytes[at] & (0xFF >> (size + 1));
        for (int i = 1; i < size; i++) {
          point = point << 6 | bytes[at + i] & 0x3F;
        }
        length += Character.toChars(point, chars, length);
      }
      at += size;
    }
    return new String(chars, 0, length);
  }

  /** Encodes {@code text}; the inverse of {@link #decode(byte[])}. */
  public static byte[] encode(String text) {
    byte[] plain = text.getBytes(StandardCharsets.ISO_8859_1);
    for (byte b : plain) {
      // A question mark may stand for a character that is not Latin-1.
      if (b < 0 || b == '?') {
        return encodeAny(text);
      }
    }
    return plain;
  }

  private static byte[] encodeAny(String text) {
    byte[] out = new byte[text.length() * 3];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        out[length++] = (byte) c;
      } else if (c < 0x800) {
        out[length++] = (byte) (0xC0 | c >> 6);
        out[length++] = (byte) (0x80 | c & 0x3F);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        out[length++] = (byte) (0xF0 | point >> 18);
        out[length++] = (byte) (0x80 | point >> 12 & 0x3F);
        out[length++] = (byte) (0x80 | point >> 6 & 0x3F);
        out[length++] = (byte) (0x80 | point & 0x3F);
      } else if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF) {
        out[length++] = (byte) (c - ESCAPE);
      } else {
        out[length++] = (byte) (0xE0 | c >> 12);
        out[length++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[length++] = (byte) (0x80 | c & 0x3F);
      }
    }
    return Arrays.copyOf(out, length);
  }

  /** The length of the well-formed UTF-8 sequence at {@code at} (Unicode table 3-7), or 0. */
  private static int sequence(byte[] bytes, int at, int to) {
    int first = bytes[at] & 0xFF;
    if (first < 0x80) {
      return 1;
    }
    int size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || at + size > to) {
      return 0;
    }
    int low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    int high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    for (int i = 1; i < size; i++) {
      int next = bytes[at + i] & 0xFF;
      if (next < low || next > high) {
        return 0;
      }
      low = 0x80;
      high = 0xBF;
    }
    return size;
  }
}
