package dev.mydocker.oci.json;

import dev.mydocker.kernel.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;

/**
 * Writes a tree as text, in UTF-8.
 *
 * <p>Into an array and not a {@link StringBuilder}, because a cold JVM interprets: storing a byte
 * is a few bytecodes, appending a character six calls, and text must become bytes in the end.
 */
final class JsonPrinter {
  /** A line feed and the indentation of any depth that our own files have. */
  private static final byte[] MARGIN =
      "\n                                ".getBytes(StandardCharsets.ISO_8859_1);

  /** Containers at this depth and below it are on one line. */
  private final int folded;

  private byte[] out = new byte[4096];
  private int length;

  private JsonPrinter(int folded) {
    this.folded = folded;
  }

  /**
   * Prints a tree.
   *
   * @param folded how deep an object or array may be to be on many lines: 0 for all on one line,
   *     else with a last line feed
   */
  static byte[] print(JsonValue value, int folded) {
    JsonPrinter printer = new JsonPrinter(folded);
    printer.value(value, 0);
    if (folded > 0) {
      printer.put('\n');
    }
    return Arrays.copyOf(printer.out, printer.length);
  }

  // Not a switch over types: its bootstrap costs 8 ms in a cold JVM.
  private void value(JsonValue value, int depth) {
    if (value instanceof JsonString string) {
      string(string.value());
    } else if (value instanceof JsonObject object) {
      object(object, depth);
    } else if (value instanceof JsonArray array) {
      array(array, depth);
    } else if (value instanceof JsonNumber number) {
      ascii(number.text());
    } else {
      ascii(value.kind());
    }
  }

  private void object(JsonObject object, int depth) {
    boolean pretty = depth < folded;
    put('{');
    Iterator<Map.Entry<String, JsonValue>> members = object.members().entrySet().iterator();
    while (members.hasNext()) {
      Map.Entry<String, JsonValue> member = members.next();
      if (pretty) {
        newline(depth + 1);
      }
      string(member.getKey());
      put(':');
      if (pretty) {
        put(' ');
      }
      value(member.getValue(), depth + 1);
      if (members.hasNext()) {
        put(',');
      } else if (pretty) {
        newline(depth);
      }
    }
    put('}');
  }

  private void array(JsonArray array, int depth) {
    boolean pretty = depth < folded;
    put('[');
    Iterator<JsonValue> elements = array.elements().iterator();
    while (elements.hasNext()) {
      if (pretty) {
        newline(depth + 1);
      }
      value(elements.next(), depth + 1);
      if (elements.hasNext()) {
        put(',');
      } else if (pretty) {
        newline(depth);
      }
    }
    put(']');
  }

  private void newline(int depth) {
    int width = 1 + 2 * depth;
    reserve(width);
    if (width <= MARGIN.length) {
      System.arraycopy(MARGIN, 0, out, length, width);
    } else {
      Arrays.fill(out, length, length + width, (byte) ' ');
      out[length] = '\n';
    }
    length += width;
  }

  private void string(String text) {
    byte[] plain = text.getBytes(StandardCharsets.ISO_8859_1);
    if (isPlain(plain)) {
      reserve(plain.length + 2);
      out[length++] = '"';
      System.arraycopy(plain, 0, out, length, plain.length);
      length += plain.length;
      out[length++] = '"';
    } else {
      put('"');
      escaped(text);
      put('"');
    }
  }

  /**
   * Returns whether nothing needs a second look; a question mark may stand for a character that is
   * not Latin-1.
   */
  private static boolean isPlain(byte[] text) {
    for (byte b : text) {
      if (b < '@' ? b < ' ' || b == '"' || b == '?' : b == '\\') {
        return false;
      }
    }
    return true;
  }

  private void escaped(String text) {
    int written = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
        continue;
      }
      put(Bytes.encode(text.substring(written, i)));
      escape(c);
      written = i + 1;
    }
    put(Bytes.encode(text.substring(written)));
  }

  private void escape(char c) {
    switch (c) {
      case '"' -> ascii("\\\"");
      case '\\' -> ascii("\\\\");
      case '\n' -> ascii("\\n");
      case '\r' -> ascii("\\r");
      case '\t' -> ascii("\\t");
      case '\b' -> ascii("\\b");
      case '\f' -> ascii("\\f");
      default -> ascii("\\u" + HexFormat.of().toHexDigits(c));
    }
  }

  private void ascii(String text) {
    put(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void put(char c) {
    if (length == out.length) {
      reserve(1);
    }
    out[length++] = (byte) c;
  }

  private void put(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, out, length, bytes.length);
    length += bytes.length;
  }

  private void reserve(int more) {
    if (more > out.length - length) {
      out = Arrays.copyOf(out, Math.max(length + more, 2 * out.length));
    }
  }
}
