package dev.mydocker.cli.format;

import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonBoolean;
import dev.mydocker.oci.json.JsonNull;
import dev.mydocker.oci.json.JsonNumber;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes values as Go's package fmt does. */
final class GoPrint {
  private GoPrint() {}

  /** Writes a value as {@code %v} does, and as a template shows it. */
  static String text(@Nullable JsonValue value) {
    StringBuilder out = new StringBuilder();
    text(out, value, true);
    return out.toString();
  }

  private static void text(StringBuilder out, @Nullable JsonValue value, boolean top) {
    if (value == null) {
      out.append(top ? "<no value>" : "<nil>");
    } else if (value instanceof JsonString string) {
      out.append(string.value());
    } else if (value instanceof JsonNumber number) {
      out.append(number.text());
    } else if (value instanceof JsonBoolean bool) {
      out.append(bool.value());
    } else if (value instanceof JsonArray array) {
      out.append('[');
      String between = "";
      for (JsonValue element : array.elements()) {
        text(out.append(between), element, false);
        between = " ";
      }
      out.append(']');
    } else if (value instanceof JsonObject object) {
      out.append("map[");
      String between = "";
      for (Map.Entry<String, JsonValue> member : sorted(object)) {
        text(out.append(between).append(member.getKey()).append(':'), member.getValue(), false);
        between = " ";
      }
      out.append(']');
    } else {
      out.append("<nil>");
    }
  }

  /** The members in the order of their names, as Go shows maps. */
  static List<Map.Entry<String, JsonValue>> sorted(JsonObject object) {
    List<Map.Entry<String, JsonValue>> members = new ArrayList<>(object.members().entrySet());
    members.sort(Map.Entry.comparingByKey());
    return members;
  }

  /** What Go calls the type of a value. */
  static String type(@Nullable JsonValue value) {
    if (value instanceof JsonString) {
      return "string";
    }
    if (value instanceof JsonNumber number) {
      return number.asLong() == null ? "float64" : "int";
    }
    if (value instanceof JsonBoolean) {
      return "bool";
    }
    if (value instanceof JsonArray) {
      return "[]interface {}";
    }
    if (value instanceof JsonObject) {
      return "map[string]interface {}";
    }
    return "nil";
  }

  /** Sprint: blanks only between operands of which neither is text. */
  static String print(List<@Nullable JsonValue> values) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      JsonValue value = values.get(i);
      if (i > 0 && !(value instanceof JsonString) && !(values.get(i - 1) instanceof JsonString)) {
        out.append(' ');
      }
      text(out, value, false);
    }
    return out.toString();
  }

  /** Sprintln: blanks between all operands, and a line feed. */
  static String println(List<@Nullable JsonValue> values) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      text(i > 0 ? out.append(' ') : out, values.get(i), false);
    }
    return out.append('\n').toString();
  }

  /** Sprintf with the verbs {@code %v %s %q %d %x %X %o %b %c %t %f %g %T %%}. */
  static String printf(String format, List<@Nullable JsonValue> values) {
    StringBuilder out = new StringBuilder();
    int used = 0;
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c != '%') {
        out.append(c);
        continue;
      }
      Verb verb = new Verb();
      at = verb.read(format, at);
      if (verb.letter == 0) {
        out.append("%!(NOVERB)");
      } else if (verb.letter == '%') {
        out.append('%');
      } else if (used >= values.size()) {
        out.append("%!").append(verb.letter).append("(MISSING)");
      } else {
        out.append(verb.write(values.get(used++)));
      }
    }
    if (used < values.size()) {
      out.append("%!(EXTRA ");
      for (int i = used; i < values.size(); i++) {
        out.append(i > used ? ", " : "").append(type(values.get(i))).append('=');
        text(out, values.get(i), false);
      }
      out.append(')');
    }
    return out.toString();
  }

  /** A verb of printf with its flags. */
  private static final class Verb {
    private boolean left;
    private boolean zeros;
    private boolean plus;
    private boolean sharp;
    private int width;
    private int precision = -1;
    private char letter;

    /** Reads what is behind the percent sign, and returns where it ends. */
    int read(String format, int from) {
      int at = from;
      while (at < format.length() && "-+# 0".indexOf(format.charAt(at)) >= 0) {
        char flag = format.charAt(at++);
        left |= flag == '-';
        zeros |= flag == '0';
        plus |= flag == '+';
        sharp |= flag == '#';
      }
      while (at < format.length() && Character.isDigit(format.charAt(at)) && width < 1000) {
        width = width * 10 + format.charAt(at++) - '0';
      }
      if (at < format.length() && format.charAt(at) == '.') {
        at++;
        precision = 0;
        while (at < format.length() && Character.isDigit(format.charAt(at)) && precision < 1000) {
          precision = precision * 10 + format.charAt(at++) - '0';
        }
      }
      if (at < format.length()) {
        letter = format.charAt(at++);
      }
      return at;
    }

    String write(@Nullable JsonValue value) {
      String text = plain(value);
      int missing = width - text.codePointCount(0, text.length());
      if (missing <= 0) {
        return text;
      }
      if (left) {
        return text + " ".repeat(missing);
      }
      if (zeros && value instanceof JsonNumber) {
        int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        return text.substring(0, sign) + "0".repeat(missing) + text.substring(sign);
      }
      return " ".repeat(missing) + text;
    }

    private String plain(@Nullable JsonValue value) {
      Long integer = value instanceof JsonNumber number ? number.asLong() : null;
      return switch (letter) {
        case 'v' -> value instanceof JsonNumber ? signed(text(value)) : printed(value);
        case 's' ->
            value instanceof JsonNumber || value instanceof JsonBoolean
                ? bad(value)
                : cut(printed(value));
        case 'q' ->
            value instanceof JsonString string
                ? Quote.go(cut(string.value()))
                : integer != null ? quotedPoint(integer) : bad(value);
        case 'd' -> integer == null ? bad(value) : signed(Long.toString(integer));
        case 'o' -> integer == null ? bad(value) : signed(Long.toString(integer, 8));
        case 'b' -> integer == null ? bad(value) : signed(Long.toString(integer, 2));
        case 'x' -> hex(value, integer);
        case 'X' -> hex(value, integer).toUpperCase(java.util.Locale.ROOT);
        case 'c' ->
            integer == null || !Character.isValidCodePoint(integer.intValue())
                ? bad(value)
                : Character.toString(integer.intValue());
        case 't' -> value instanceof JsonBoolean bool ? String.valueOf(bool.value()) : bad(value);
        case 'f', 'F' ->
            value instanceof JsonNumber number
                ? signed(Human.decimal(number.doubleValue(), precision < 0 ? 6 : precision))
                : bad(value);
        case 'g' -> value instanceof JsonNumber number ? signed(number.text()) : bad(value);
        case 'T' -> type(value);
        default -> bad(value);
      };
    }

    private static String printed(@Nullable JsonValue value) {
      StringBuilder out = new StringBuilder();
      text(out, value, false);
      return out.toString();
    }

    private String cut(String text) {
      return precision < 0 || text.codePointCount(0, text.length()) <= precision
          ? text
          : text.substring(0, text.offsetByCodePoints(0, precision));
    }

    private String signed(String number) {
      return plus && !number.startsWith("-") ? "+" + number : number;
    }

    private static String quotedPoint(Long point) {
      return "'" + Character.toString(point.intValue()) + "'";
    }

    private String hex(@Nullable JsonValue value, @Nullable Long integer) {
      String prefix = sharp ? "0x" : "";
      if (integer != null) {
        return integer < 0
            ? "-" + prefix + Long.toHexString(-integer)
            : signed(prefix + Long.toHexString(integer));
      }
      if (value instanceof JsonString string) {
        StringBuilder out = new StringBuilder(prefix);
        for (byte b : dev.mydocker.kernel.Bytes.encode(string.value())) {
          out.append(Character.forDigit(b >> 4 & 0xF, 16)).append(Character.forDigit(b & 0xF, 16));
        }
        return out.toString();
      }
      return bad(value);
    }

    private String bad(@Nullable JsonValue value) {
      if (value == null || value instanceof JsonNull) {
        return "%!" + letter + "(<nil>)";
      }
      return "%!" + letter + "(" + type(value) + "=" + printed(value) + ")";
    }
  }
}
