package dev.mydocker.oci.json;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * Reads and writes JSON texts.
 *
 * <p>Reading is strict: RFC 8259 to the letter, no duplicate names, at most {@value
 * JsonParser#MAX_DEPTH} levels, no bytes that are not UTF-8. How large a text may be is for the
 * caller to decide before it reads it.
 *
 * <p>A string may hold lone surrogates, as {@link Bytes} makes them of bytes that are not UTF-8;
 * they are written as escapes such as {@code \}{@code udc80}, so that the text stays UTF-8 and the
 * string comes back as it was.
 */
public final class Json {
  private Json() {}

  /**
   * Parses one JSON text.
   *
   * @param what what the text is, for the message: a path, or {@code the answer of ...}
   * @throws MydockerException with the line and column if it is not JSON
   */
  public static JsonValue parse(byte[] text, String what) {
    return new JsonParser(text, what).document();
  }

  /**
   * Parses one JSON text.
   *
   * @param what what the text is, for the message
   * @throws MydockerException with the line and column if it is not JSON
   */
  public static JsonValue parse(String text, String what) {
    return parse(Bytes.encode(text), what);
  }

  /**
   * Parses one JSON text that is an object.
   *
   * @param what what the text is, for the message
   * @throws MydockerException if it is not JSON or no object
   */
  public static JsonObject parseObject(byte[] text, String what) {
    return object(parse(text, what), what);
  }

  private static JsonObject object(JsonValue value, String what) {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw MydockerException.of(
        Category.INVALID, "parse", what, "expected an object, found " + value.kind());
  }

  /**
   * Parses one JSON text that is an object, and makes something of it.
   *
   * @param what what the text is, for the message
   * @param read makes the result, mostly a record's {@code read}
   * @throws MydockerException {@code parse <what>: process.args[2]: expected a string, found a
   *     number}
   */
  public static <T> T decode(byte[] text, String what, Function<ObjectReader, T> read) {
    return decode(parseObject(text, what), what, read);
  }

  /**
   * Makes something of an object that has been parsed.
   *
   * @param what what the text was, for the message
   * @param read makes the result, mostly a record's {@code read}
   * @throws MydockerException if a member is missing, has the wrong type or a value that is refused
   */
  public static <T> T decode(JsonObject object, String what, Function<ObjectReader, T> read) {
    try {
      return read.apply(new ObjectReader(object));
    } catch (FieldException e) {
      throw MydockerException.of(
          Category.INVALID, "parse", what, String.valueOf(e.getMessage()), null, e);
    }
  }

  /**
   * As {@link #decode(byte[], String, Function)}, but what is deeper than {@code eager} levels is
   * parsed when it is first looked at: then, and by whoever does, an error in it is thrown. Until
   * then it is only known that its brackets match.
   *
   * @param eager how many levels of objects are parsed at once
   */
  public static <T> T decodeLazily(
      byte[] text, String what, int eager, Function<ObjectReader, T> read) {
    return decode(object(new JsonParser(text, what, eager).document(), what), what, read);
  }

  /** Writes {@code value} on one line, without spaces, in UTF-8. */
  public static byte[] encode(JsonValue value) {
    return JsonPrinter.print(value, 0);
  }

  /** Writes {@code value} on many lines, indented by two spaces, with a last line feed. */
  public static byte[] encodePretty(JsonValue value) {
    return JsonPrinter.print(value, Integer.MAX_VALUE);
  }

  /** Writes an object with each member on a line of its own, whatever is in it, in UTF-8. */
  public static byte[] encodeLines(JsonObject object) {
    return JsonPrinter.print(object, 1);
  }

  /** Writes {@code value} on one line, without spaces. */
  public static String compact(JsonValue value) {
    return new String(encode(value), StandardCharsets.UTF_8);
  }

  /** Writes {@code value} on many lines, indented by two spaces, without a last line feed. */
  public static String pretty(JsonValue value) {
    byte[] text = encodePretty(value);
    return new String(text, 0, text.length - 1, StandardCharsets.UTF_8);
  }
}
