package dev.mydocker.cli.format;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonBoolean;
import dev.mydocker.oci.json.JsonNull;
import dev.mydocker.oci.json.JsonNumber;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The functions of Go's templates and those Docker adds, called by name. */
final class TemplateFunctions {
  static final Set<String> NAMES =
      Set.of(
          "and",
          "or",
          "not",
          "len",
          "index",
          "slice",
          "print",
          "printf",
          "println",
          "eq",
          "ne",
          "lt",
          "le",
          "gt",
          "ge",
          "json",
          "join",
          "split",
          "lower",
          "upper",
          "title",
          "pad",
          "truncate");

  private static final int ANY = Integer.MAX_VALUE;

  private final TemplateScope scope;
  private final String name;
  private final String command;
  private final int position;

  TemplateFunctions(TemplateScope scope, String name, String command, int position) {
    this.scope = scope;
    this.name = name;
    this.command = command;
    this.position = position;
  }

  @Nullable JsonValue call(List<@Nullable JsonValue> arguments) {
    // A header stays the word it is, whatever a row does with the value below it.
    if (scope.header() && isDockers()) {
      return arguments.isEmpty() ? null : arguments.get(0);
    }
    return switch (name) {
      case "not" -> JsonBoolean.of(!isTrue(wanted(arguments, 1, 1).get(0)));
      case "len" -> JsonNumber.of(length(wanted(arguments, 1, 1).get(0)));
      case "index" -> index(wanted(arguments, 1, ANY));
      case "slice" -> slice(wanted(arguments, 1, 3));
      case "print" -> new JsonString(GoPrint.print(arguments));
      case "println" -> new JsonString(GoPrint.println(arguments));
      case "printf" -> printf(wanted(arguments, 1, ANY));
      case "eq" -> JsonBoolean.of(equalsAny(wanted(arguments, 2, ANY)));
      case "ne" -> JsonBoolean.of(!equal(wanted(arguments, 2, 2).get(0), arguments.get(1)));
      case "lt" -> JsonBoolean.of(compare(arguments) < 0);
      case "le" -> JsonBoolean.of(compare(arguments) <= 0);
      case "gt" -> JsonBoolean.of(compare(arguments) > 0);
      case "ge" -> JsonBoolean.of(compare(arguments) >= 0);
      case "json" -> json(wanted(arguments, 1, 1).get(0));
      case "join" -> join(wanted(arguments, 2, 2));
      case "split" -> split(wanted(arguments, 2, 2));
      case "lower" -> new JsonString(string(wanted(arguments, 1, 1), 0).toLowerCase(Locale.ROOT));
      case "upper" -> new JsonString(string(wanted(arguments, 1, 1), 0).toUpperCase(Locale.ROOT));
      case "title" -> new JsonString(title(string(wanted(arguments, 1, 1), 0)));
      case "pad" -> pad(wanted(arguments, 3, 3));
      case "truncate" -> truncate(wanted(arguments, 2, 2));
      default -> throw failed("not a function");
    };
  }

  private boolean isDockers() {
    return switch (name) {
      case "json", "join", "split", "lower", "upper", "title", "truncate" -> true;
      default -> false;
    };
  }

  /** Go's truth: false, 0, nothing, and empty text, lists and maps are not true. */
  static boolean isTrue(@Nullable JsonValue value) {
    if (value == null || value instanceof JsonNull) {
      return false;
    }
    if (value instanceof JsonBoolean bool) {
      return bool.value();
    }
    if (value instanceof JsonString string) {
      return !string.value().isEmpty();
    }
    if (value instanceof JsonNumber number) {
      return number.doubleValue() != 0;
    }
    if (value instanceof JsonArray array) {
      return !array.elements().isEmpty();
    }
    return !(value instanceof JsonObject object && object.isEmpty());
  }

  private List<@Nullable JsonValue> wanted(
      List<@Nullable JsonValue> arguments, int least, int most) {
    int count = arguments.size();
    if (count < least || count > most) {
      throw scope.error(
          position,
          name,
          "wrong number of args for "
              + name
              + ": want "
              + (most == ANY ? "at least " : "")
              + (count > most ? most : least)
              + " got "
              + count);
    }
    return arguments;
  }

  private MydockerException failed(String cause) {
    return scope.error(position, command, "error calling " + name + ": " + cause);
  }

  private String string(List<@Nullable JsonValue> arguments, int at) {
    JsonValue value = arguments.get(at);
    if (value instanceof JsonString string) {
      return string.value();
    }
    if (value == null || value instanceof JsonNull) {
      return "";
    }
    throw wrongType("string", value);
  }

  private int integer(@Nullable JsonValue value) {
    if (value instanceof JsonNumber number) {
      Long integer = number.asLong();
      if (integer != null && integer == integer.intValue()) {
        return integer.intValue();
      }
    }
    throw failed("cannot index slice/array with type " + GoPrint.type(value));
  }

  private MydockerException wrongType(String expected, JsonValue value) {
    return scope.error(
        position,
        command,
        "wrong type for value; expected " + expected + "; got " + GoPrint.type(value));
  }

  private int length(@Nullable JsonValue value) {
    if (value instanceof JsonString string) {
      return dev.mydocker.kernel.Bytes.encode(string.value()).length;
    }
    if (value instanceof JsonArray array) {
      return array.elements().size();
    }
    if (value instanceof JsonObject object) {
      return object.members().size();
    }
    if (value instanceof JsonNull) {
      return 0;
    }
    throw failed(value == null ? "len of nil pointer" : "len of type " + GoPrint.type(value));
  }

  private @Nullable JsonValue index(List<@Nullable JsonValue> arguments) {
    JsonValue value = arguments.get(0);
    for (int i = 1; i < arguments.size(); i++) {
      JsonValue key = arguments.get(i);
      if (value instanceof JsonObject object) {
        if (!(key instanceof JsonString text)) {
          throw failed("value has type " + GoPrint.type(key) + "; should be string");
        }
        // What a map of Go does not hold is its elements' zero value, which prints as nothing.
        JsonValue found = object.get(text.value());
        value = found == null ? new JsonString("") : found;
      } else if (value instanceof JsonArray array) {
        int at = integer(key);
        if (at < 0 || at >= array.elements().size()) {
          throw failed("index out of range: " + at);
        }
        value = array.elements().get(at);
      } else if (value == null || value instanceof JsonNull) {
        throw failed("index of untyped nil");
      } else if (value instanceof JsonString text && text.value().isEmpty()) {
        throw failed("index out of range: " + GoPrint.text(key));
      } else {
        throw failed("can't index item of type " + GoPrint.type(value));
      }
    }
    return value;
  }

  private JsonValue slice(List<@Nullable JsonValue> arguments) {
    JsonValue value = arguments.get(0);
    int from = arguments.size() > 1 ? integer(arguments.get(1)) : 0;
    int length = value instanceof JsonString text ? text.value().length() : length(value);
    int to = arguments.size() > 2 ? integer(arguments.get(2)) : length;
    if (from < 0 || to > length || from > to) {
      throw failed("index out of range: " + (from > to ? from : to));
    }
    if (value instanceof JsonString text) {
      return new JsonString(text.value().substring(from, to));
    }
    if (value instanceof JsonArray array) {
      return JsonArray.of(array.elements().subList(from, to));
    }
    throw failed("can't slice item of type " + GoPrint.type(value));
  }

  private JsonValue printf(List<@Nullable JsonValue> arguments) {
    return new JsonString(
        GoPrint.printf(string(arguments, 0), arguments.subList(1, arguments.size())));
  }

  private boolean equalsAny(List<@Nullable JsonValue> arguments) {
    for (int i = 1; i < arguments.size(); i++) {
      if (equal(arguments.get(0), arguments.get(i))) {
        return true;
      }
    }
    return false;
  }

  private boolean equal(@Nullable JsonValue a, @Nullable JsonValue b) {
    boolean noA = a == null || a instanceof JsonNull;
    boolean noB = b == null || b instanceof JsonNull;
    if (a == null || b == null || noA || noB) {
      return noA && noB;
    }
    if (a instanceof JsonNumber first && b instanceof JsonNumber second) {
      Long one = first.asLong();
      Long two = second.asLong();
      return one != null && two != null
          ? one.equals(two)
          : first.doubleValue() == second.doubleValue();
    }
    if (a instanceof JsonArray
        || a instanceof JsonObject
        || b instanceof JsonArray
        || b instanceof JsonObject) {
      throw failed("non-comparable type");
    }
    if (!GoPrint.type(a).equals(GoPrint.type(b))) {
      throw failed("incompatible types for comparison");
    }
    return a.equals(b);
  }

  private int compare(List<@Nullable JsonValue> arguments) {
    JsonValue a = wanted(arguments, 2, 2).get(0);
    JsonValue b = arguments.get(1);
    if (a instanceof JsonNumber first && b instanceof JsonNumber second) {
      Long one = first.asLong();
      Long two = second.asLong();
      return one != null && two != null
          ? Long.compare(one, two)
          : Double.compare(first.doubleValue(), second.doubleValue());
    }
    if (a instanceof JsonString first && b instanceof JsonString second) {
      return first.value().compareTo(second.value());
    }
    throw failed(
        GoPrint.type(a).equals(GoPrint.type(b))
            ? "invalid type for comparison"
            : "incompatible types for comparison");
  }

  private static JsonValue json(@Nullable JsonValue value) {
    return new JsonString(Json.compact(value == null ? JsonNull.NULL : value));
  }

  private JsonValue join(List<@Nullable JsonValue> arguments) {
    JsonValue list = arguments.get(0);
    String separator = string(arguments, 1);
    if (list instanceof JsonArray array) {
      List<String> parts = new ArrayList<>();
      for (JsonValue element : array.elements()) {
        parts.add(GoPrint.text(element));
      }
      return new JsonString(String.join(separator, parts));
    }
    if (list == null || list instanceof JsonNull) {
      return new JsonString("");
    }
    throw failed("expected slice, got " + GoPrint.type(list));
  }

  private JsonValue split(List<@Nullable JsonValue> arguments) {
    String text = string(arguments, 0);
    String separator = string(arguments, 1);
    List<JsonValue> parts = new ArrayList<>();
    if (separator.isEmpty()) {
      text.codePoints().forEach(point -> parts.add(new JsonString(Character.toString(point))));
      return JsonArray.of(parts);
    }
    int from = 0;
    int at = text.indexOf(separator);
    while (at >= 0) {
      parts.add(new JsonString(text.substring(from, at)));
      from = at + separator.length();
      at = text.indexOf(separator, from);
    }
    parts.add(new JsonString(text.substring(from)));
    return JsonArray.of(parts);
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean begins = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(begins ? Character.toTitleCase(c) : c);
      begins = !Character.isLetterOrDigit(c) && c != '_' && c != '\'';
    }
    return out.toString();
  }

  private JsonValue pad(List<@Nullable JsonValue> arguments) {
    String text = string(arguments, 0);
    if (text.isEmpty()) {
      return new JsonString("");
    }
    int before = Math.clamp(integer(arguments.get(1)), 0, 1000);
    int after = Math.clamp(integer(arguments.get(2)), 0, 1000);
    return new JsonString(" ".repeat(before) + text + " ".repeat(after));
  }

  private JsonValue truncate(List<@Nullable JsonValue> arguments) {
    String text = string(arguments, 0);
    int length = Math.max(integer(arguments.get(1)), 0);
    return new JsonString(text.length() < length ? text : text.substring(0, length));
  }
}
