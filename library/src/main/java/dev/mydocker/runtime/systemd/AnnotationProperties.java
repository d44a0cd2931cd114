package dev.mydocker.runtime.systemd;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.runtime.dbus.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Properties that annotations ask for, with runc's spelling: {@code
 * org.systemd.property.TimeoutStopUSec: uint64 5000000}. A value is one of GVariant's text format:
 * {@code true}, a number, a quoted text, each with the type before it where that is not the usual
 * one, or a list of texts.
 */
final class AnnotationProperties {
  private static final String PREFIX = "org.systemd.property.";
  private static final int SHORTEST = 4;

  private AnnotationProperties() {}

  /**
   * The properties, in the order of their names.
   *
   * @throws MydockerException if a name or a value is none
   */
  static List<Property> of(Map<String, String> annotations) {
    List<Property> properties = new ArrayList<>();
    for (Map.Entry<String, String> each : new TreeMap<>(annotations).entrySet()) {
      if (each.getKey().startsWith(PREFIX)) {
        String name = each.getKey().substring(PREFIX.length());
        checkName(each.getKey(), name);
        properties.add(property(name, value(each.getKey(), each.getValue().strip())));
      }
    }
    return properties;
  }

  private static void checkName(String key, String name) {
    boolean letters = name.length() >= SHORTEST;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      letters &= c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
    if (!letters) {
      throw invalid(key, "not the name of a property");
    }
  }

  /** As a unit's file has seconds and D-Bus microseconds, {@code …Sec} becomes {@code …USec}. */
  private static Property property(String name, Variant value) {
    if (name.endsWith("Sec") && !name.endsWith("USec") && value.value() instanceof Number seconds) {
      String micro = name.substring(0, name.length() - "Sec".length()) + "USec";
      return new Property(micro, Variant.uint64(seconds.longValue() * 1_000_000));
    }
    return new Property(name, value);
  }

  private static Variant value(String key, String text) {
    if (text.equals("true") || text.equals("false")) {
      return Variant.of(text.equals("true"));
    }
    if (text.startsWith("[")) {
      return Variant.strings(texts(key, text));
    }
    if (text.startsWith("'") || text.startsWith("\"")) {
      StringBuilder one = new StringBuilder();
      if (quoted(key, text, 0, one) != text.length()) {
        throw invalid(key, "something follows the text");
      }
      return Variant.of(one.toString());
    }
    int space = text.indexOf(' ');
    String type = space < 0 ? "int32" : text.substring(0, space);
    String number = text.substring(space + 1).strip();
    return switch (type) {
      case "byte" -> new Variant("y", number(key, number, 0, 255));
      case "int16" -> new Variant("n", number(key, number, Short.MIN_VALUE, Short.MAX_VALUE));
      case "uint16" -> new Variant("q", number(key, number, 0, 65535));
      case "int32" -> new Variant("i", number(key, number, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case "uint32" -> new Variant("u", number(key, number, 0, 0xFFFF_FFFFL));
      case "int64" -> new Variant("x", number(key, number, Long.MIN_VALUE, Long.MAX_VALUE));
      case "uint64" -> Variant.uint64(unsigned(key, number));
      default -> throw invalid(key, "a value of no type that is known here");
    };
  }

  private static long number(String key, String text, long least, long most) {
    try {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw invalid(key, "not a value: " + text);
    }
    throw invalid(key, "out of its type's range: " + text);
  }

  private static long unsigned(String key, String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw invalid(key, "not an unsigned number: " + text);
    }
  }

  private static List<String> texts(String key, String text) {
    List<String> texts = new ArrayList<>();
    int at = skipSpace(text, 1);
    while (at < text.length() && text.charAt(at) != ']') {
      StringBuilder one = new StringBuilder();
      at = skipSpace(text, quoted(key, text, at, one));
      texts.add(one.toString());
      if (at < text.length() && text.charAt(at) == ',') {
        at = skipSpace(text, at + 1);
      } else if (at >= text.length() || text.charAt(at) != ']') {
        throw invalid(key, "not a list of texts");
      }
    }
    if (at != text.length() - 1) {
      throw invalid(key, "not a list of texts");
    }
    return texts;
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    return at;
  }

  /** Reads a quoted text; the place behind it. */
  private static int quoted(String key, String text, int from, StringBuilder to) {
    char quote = text.charAt(from);
    if (quote != '\'' && quote != '"') {
      throw invalid(key, "a text must be quoted");
    }
    for (int at = from + 1; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == quote) {
        return at + 1;
      }
      if (c == '\\') {
        at++;
      }
      if (at < text.length()) {
        to.append(text.charAt(at));
      }
    }
    throw invalid(key, "a quote is missing at the end");
  }

  private static MydockerException invalid(String key, String why) {
    return MydockerException.of(Category.INVALID, "annotation", key, why);
  }
}
