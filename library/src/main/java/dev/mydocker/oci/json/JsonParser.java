package dev.mydocker.oci.json;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A recursive-descent parser of RFC 8259.
 *
 * <p>It works on the bytes because a cold JVM interprets: an array access is one bytecode, {@code
 * String.charAt} four calls.
 */
final class JsonParser {
  /** How deep arrays and objects may nest; OCI's formats need eight levels. */
  static final int MAX_DEPTH = 128;

  private final byte[] in;
  private final String what;
  private final int eager;
  private int at;

  JsonParser(byte[] in, String what) {
    this(in, what, Integer.MAX_VALUE);
  }

  /**
   * @param eager from which depth on objects are only gone over, and parsed when they are needed
   */
  JsonParser(byte[] in, String what, int eager) {
    this.in = in;
    this.what = what;
    this.eager = eager;
  }

  JsonValue document() {
    JsonValue value = value(0);
    skipSpace();
    if (at < in.length) {
      throw expected("the end of the text");
    }
    return value;
  }

  private JsonValue value(int depth) {
    skipSpace();
    return switch (peek()) {
      case '{' -> depth < eager ? object(depth) : later(depth);
      case '[' -> array(depth);
      case '"' -> new JsonString(string());
      case 't' -> word("true", JsonBoolean.TRUE);
      case 'f' -> word("false", JsonBoolean.FALSE);
      case 'n' -> word("null", JsonNull.NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw expected("a value");
    };
  }

  private JsonObject object(int depth) {
    enter(depth);
    skipSpace();
    if (accept('}')) {
      return JsonObject.empty();
    }
    LinkedHashMap<String, JsonValue> members = new LinkedHashMap<>();
    do {
      skipSpace();
      int start = at;
      if (peek() != '"') {
        throw expected(members.isEmpty() ? "a name in quotes or '}'" : "a name in quotes");
      }
      String name = string();
      if (members.containsKey(name)) {
        throw error(start, "the name \"" + name + "\" appears twice");
      }
      skipSpace();
      if (!accept(':')) {
        throw expected("':'");
      }
      members.put(name, value(depth + 1));
      skipSpace();
    } while (accept(','));
    if (!accept('}')) {
      throw expected("',' or '}'");
    }
    return new JsonObject(members);
  }

  /** Goes over an object: finds its end. It is parsed when it is looked at. */
  private JsonObject later(int depth) {
    int start = at;
    int open = 0;
    do {
      if (at >= in.length) {
        throw expected("'}'");
      }
      switch (in[at]) {
        case '"' -> {
          overString();
          continue;
        }
        case '{', '[' -> open++;
        case '}', ']' -> open--;
        default -> {}
      }
      at++;
    } while (open > 0);
    return new JsonObject(
        () -> {
          JsonParser parser = new JsonParser(in, what, depth + 1);
          parser.at = start;
          return parser.object(depth).members();
        });
  }

  /** Looks for nothing but its end: this is most of what a list of containers costs. */
  private void overString() {
    byte[] text = in;
    int end = text.length;
    int i = at;
    do {
      i++;
      while (i < end && text[i] != '"') {
        i++;
      }
    } while (i < end && isEscaped(i));
    at = i;
    if (i == end) {
      throw expected("'\"' at the end of the string");
    }
    at++;
  }

  private boolean isEscaped(int quote) {
    int backslashes = 0;
    while (in[quote - 1 - backslashes] == '\\') {
      backslashes++;
    }
    return backslashes % 2 != 0;
  }

  private JsonArray array(int depth) {
    enter(depth);
    List<JsonValue> elements = new ArrayList<>();
    skipSpace();
    if (accept(']')) {
      return new JsonArray(elements);
    }
    do {
      elements.add(value(depth + 1));
      skipSpace();
    } while (accept(','));
    if (!accept(']')) {
      throw expected("',' or ']'");
    }
    return new JsonArray(elements);
  }

  /** Goes past an opening bracket. */
  private void enter(int depth) {
    if (depth == MAX_DEPTH) {
      throw error(at, "nested deeper than " + MAX_DEPTH + " levels");
    }
    at++;
  }

  private JsonValue word(String word, JsonValue value) {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= in.length || in[at + i] != word.charAt(i)) {
        throw expected("a value");
      }
    }
    at += word.length();
    return value;
  }

  private JsonNumber number() {
    int start = at;
    accept('-');
    if (!accept('0')) {
      digits();
    }
    if (accept('.')) {
      digits();
    }
    if (accept('e') || accept('E')) {
      if (!accept('+')) {
        accept('-');
      }
      digits();
    }
    int next = peek();
    if (next >= '0' && next <= '9') {
      throw error(at, "a number must not start with 0");
    }
    return new JsonNumber(latin(start, at));
  }

  private void digits() {
    int start = at;
    while (at < in.length && in[at] >= '0' && in[at] <= '9') {
      at++;
    }
    if (at == start) {
      throw expected("a digit");
    }
  }

  /** Reads a string, from its opening quote to behind its closing one. */
  private String string() {
    int start = ++at;
    int run = run();
    if (peek() == '"') {
      return text(start, at++, run);
    }
    StringBuilder out = new StringBuilder();
    out.append(text(start, at, run));
    while (peek() != '"') {
      if (peek() == '\\') {
        escape(out);
      } else {
        start = at;
        run = run();
        out.append(text(start, at, run));
      }
    }
    at++;
    return out.toString();
  }

  /**
   * Goes to the next quote or backslash.
   *
   * @return a negative number if a byte on the way is not ASCII
   */
  private int run() {
    int seen = 0;
    for (; at < in.length; at++) {
      byte b = in[at];
      if (b == '"' || b == '\\') {
        return seen;
      }
      if (b >= 0 && b < ' ') {
        throw error(at, "a control character in a string must be escaped");
      }
      seen |= b;
    }
    throw expected("'\"' at the end of the string");
  }

  private void escape(StringBuilder out) {
    at++;
    int kind = peek();
    switch (kind) {
      case '"', '\\', '/' -> out.append((char) kind);
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'u' -> {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
          at++;
          int digit = hex(peek());
          if (digit < 0) {
            throw expected("a hexadecimal digit");
          }
          unit = unit << 4 | digit;
        }
        out.append((char) unit);
      }
      default -> throw expected("one of \" \\ / b f n r t u after the backslash");
    }
    at++;
  }

  /** Not Character.digit, which takes other scripts' digits too. */
  private static int hex(int c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  private String text(int from, int to, int run) {
    if (run >= 0) {
      return latin(from, to);
    }
    String text = Bytes.decode(in, from, to);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)) {
        i++;
      } else if (Character.isLowSurrogate(c)) {
        int before = Bytes.encode(text.substring(0, i)).length;
        throw error(from + before, "not UTF-8");
      }
    }
    return text;
  }

  private String latin(int from, int to) {
    return new String(in, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private void skipSpace() {
    while (at < in.length) {
      byte b = in[at];
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return;
      }
      at++;
    }
  }

  /** Returns the next byte, or -1 at the end of the text. */
  private int peek() {
    return at < in.length ? in[at] & 0xFF : -1;
  }

  private boolean accept(char c) {
    if (at < in.length && in[at] == c) {
      at++;
      return true;
    }
    return false;
  }

  private MydockerException expected(String wanted) {
    int found = peek();
    String description;
    if (found < 0) {
      description = "the end of the text";
    } else if (found > ' ' && found < 0x7F) {
      description = "'" + (char) found + "'";
    } else {
      description = "byte 0x" + Integer.toHexString(found);
    }
    return error(at, "expected " + wanted + ", found " + description);
  }

  private MydockerException error(int position, String problem) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < position; i++) {
      if (in[i] == '\n') {
        line++;
        column = 1;
      } else if ((in[i] & 0xC0) != 0x80) {
        column++;
      }
    }
    return MydockerException.of(
        Category.INVALID, "parse", what, "line " + line + " column " + column + ": " + problem);
  }
}
