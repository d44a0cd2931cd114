package dev.mydocker.cli.format;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonNull;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a template sees while it is executed: the data, the dot, the variables, and where it writes.
 *
 * <p>A value is a JSON value, or null for Go's absence of a value.
 */
final class TemplateScope {
  private final String template;
  private final JsonValue data;
  private final JsonObject methods;
  private final GoTemplate.Absent absent;
  private final boolean header;
  private final StringBuilder out = new StringBuilder();
  private final List<String> names = new ArrayList<>();
  private final List<@Nullable JsonValue> values = new ArrayList<>();
  private final Set<JsonValue> maps = Collections.newSetFromMap(new IdentityHashMap<>());
  private @Nullable JsonValue dot;

  TemplateScope(
      String template,
      JsonValue data,
      JsonObject methods,
      GoTemplate.Absent absent,
      boolean header) {
    this.template = template;
    this.data = data;
    this.methods = methods;
    this.absent = absent;
    this.header = header;
    this.dot = data;
    declare("", data);
  }

  StringBuilder out() {
    return out;
  }

  boolean header() {
    return header;
  }

  @Nullable JsonValue dot() {
    return dot;
  }

  void dot(@Nullable JsonValue value) {
    dot = value;
  }

  /** How many variables there are, for {@link #forget}. */
  int mark() {
    return names.size();
  }

  /** Ends the variables that were declared since the mark. */
  void forget(int mark) {
    while (names.size() > mark) {
      names.removeLast();
      values.removeLast();
    }
  }

  void declare(String name, @Nullable JsonValue value) {
    names.add(name);
    values.add(value);
  }

  void assign(String name, @Nullable JsonValue value) {
    values.set(names.lastIndexOf(name), value);
  }

  @Nullable JsonValue variable(String name) {
    return values.get(names.lastIndexOf(name));
  }

  /** The field of a value. */
  @Nullable JsonValue field(@Nullable JsonValue value, String name, String source, int position) {
    if (value instanceof JsonObject object) {
      JsonValue member = object.get(name);
      if (member != null) {
        if (GoTemplate.MAPS.contains(name)) {
          maps.add(member);
        }
        return member;
      }
      if (absent == GoTemplate.Absent.NO_VALUE || maps.contains(value)) {
        return null;
      }
      throw error(
          position,
          source,
          absent == GoTemplate.Absent.ERROR
              ? "map has no entry for key " + Quote.go(name)
              : "can't evaluate field " + name);
    }
    if (value == null || value instanceof JsonNull) {
      throw error(position, source, "nil data; no entry for key " + Quote.go(name));
    }
    throw error(
        position,
        source,
        "can't evaluate field "
            + name
            + " in type "
            + (value instanceof JsonArray ? "[]interface {}" : GoPrint.type(value)));
  }

  /** A field with arguments: a method of the data, such as {@code .Label "KEY"} of docker ps. */
  @SuppressWarnings("ReferenceEquality") // The data itself has methods, not what equals it.
  @Nullable JsonValue method(
      @Nullable JsonValue value, TemplateOperand.Field field, List<@Nullable JsonValue> arguments) {
    if (value == data
        && methods.get(field.name()) instanceof JsonObject answers
        && arguments.size() == 1
        && arguments.get(0) instanceof JsonString key) {
      JsonValue answer = answers.get(key.value());
      return answer == null ? new JsonString("") : answer;
    }
    if (header && arguments.size() == 1) {
      return arguments.get(0);
    }
    JsonValue member = field(value, field.name(), field.source(), field.position());
    throw error(
        field.position(),
        field.source(),
        (member == null ? "nil" : field.name())
            + " has arguments but cannot be invoked as function");
  }

  /** A mistake found while executing, in the form that Go and Docker give it. */
  MydockerException error(int position, String what, String cause) {
    int line = 1;
    int column = 0;
    for (int i = 0; i < position; i++) {
      column++;
      if (template.charAt(i) == '\n') {
        line++;
        column = 0;
      }
    }
    return new MydockerException(
        Category.INVALID,
        "template parsing error: template: :"
            + line
            + ":"
            + column
            + ": executing \"\" at <"
            + what
            + ">: "
            + cause);
  }
}
