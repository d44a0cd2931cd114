package dev.mydocker.oci.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the members of a JSON object by name and type; {@link #rest()} has what nobody took.
 *
 * <p>The methods are named after the types of the OCI schemas. A method whose name starts with
 * {@code optional} returns null for a missing member, a list, map or flag is empty or false then,
 * all others refuse it. As in Go's encoding, in which these formats are at home, {@code null} is
 * the same as a missing member, and an empty optional string too.
 *
 * <p>Unsigned 64-bit integers come as the long with the same bits (see {@link
 * Long#toUnsignedString(long)}), unsigned 32-bit ones as a long of the same value.
 *
 * <p>Every method throws {@link FieldException} for a member of another type.
 */
public final class ObjectReader {
  private final JsonObject object;
  private final List<String> taken = new ArrayList<>();

  /** Reads from {@code object}. */
  public ObjectReader(JsonObject object) {
    this.object = object;
  }

  /** Returns the members that have not been taken. */
  public JsonObject rest() {
    if (taken.size() == object.members().size()) {
      return JsonObject.empty();
    }
    LinkedHashMap<String, JsonValue> rest = new LinkedHashMap<>(object.members());
    taken.forEach(rest::remove);
    return new JsonObject(rest);
  }

  /** Takes a member of any type. */
  public @Nullable JsonValue optionalValue(String name) {
    JsonValue value = object.get(name);
    if (value == null) {
      return null;
    }
    taken.add(name);
    return value == JsonNull.NULL ? null : value;
  }

  /** Takes a string, which may be empty. */
  public String string(String name) {
    return string(name, required(name, optionalValue(name)));
  }

  /** Takes a string that is not empty, if there is one. */
  public @Nullable String optionalString(String name) {
    JsonValue value = optionalValue(name);
    if (value == null) {
      return null;
    }
    String text = string(name, value);
    return text.isEmpty() ? null : text;
  }

  /** Takes true or false. */
  public boolean flag(String name) {
    Boolean flag = optionalFlag(name);
    return flag != null && flag;
  }

  /** Takes true or false, if there is one. */
  public @Nullable Boolean optionalFlag(String name) {
    JsonValue value = optionalValue(name);
    if (value == null) {
      return null;
    }
    if (value instanceof JsonBoolean flag) {
      return flag.value();
    }
    throw mismatch(name, "true or false", value);
  }

  /** Takes a signed 64-bit integer. */
  public long int64(String name) {
    return required(name, optionalInt64(name));
  }

  /** Takes a signed 64-bit integer, if there is one. */
  public @Nullable Long optionalInt64(String name) {
    return optionalInteger(name, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** Takes a signed 64-bit integer; {@code missing} stands for none. */
  public long int64Or(String name, long missing) {
    Long value = optionalInt64(name);
    return value == null ? missing : value;
  }

  /** Takes an unsigned 64-bit integer, as its bits. */
  public long uint64(String name) {
    return required(name, optionalUint64(name));
  }

  /** Takes an unsigned 64-bit integer, as its bits, if there is one. */
  public @Nullable Long optionalUint64(String name) {
    JsonValue value = optionalValue(name);
    if (value == null) {
      return null;
    }
    JsonNumber number = number(name, value);
    Long bits = number.asUnsignedLong();
    if (bits == null) {
      throw outOfRange(name, "0", Long.toUnsignedString(-1), number);
    }
    return bits;
  }

  /** Takes a signed 32-bit integer. */
  public int int32(String name) {
    return required(name, optionalInt32(name));
  }

  /** Takes a signed 32-bit integer, if there is one. */
  public @Nullable Integer optionalInt32(String name) {
    Long value = optionalInteger(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
    return value == null ? null : value.intValue();
  }

  /** Takes an unsigned 32-bit integer. */
  public long uint32(String name) {
    return required(name, optionalUint32(name));
  }

  /** Takes an unsigned 32-bit integer, if there is one. */
  public @Nullable Long optionalUint32(String name) {
    return optionalInteger(name, 0, Fields.MAX_UINT32);
  }

  /** Takes an unsigned 16-bit integer, if there is one. */
  public @Nullable Integer optionalUint16(String name) {
    Long value = optionalInteger(name, 0, 0xFFFF);
    return value == null ? null : value.intValue();
  }

  /** Takes an array of unsigned 32-bit integers. */
  public List<Long> uint32s(String name) {
    List<Long> result = new ArrayList<>();
    for (JsonValue element : elements(name)) {
      result.add(integer(name + "[" + result.size() + "]", element, 0, Fields.MAX_UINT32));
    }
    return result;
  }

  /** Takes an array of strings. */
  public List<String> strings(String name) {
    List<JsonValue> elements = elements(name);
    List<String> result = new ArrayList<>(elements.size());
    for (JsonValue element : elements) {
      if (element instanceof JsonString string) {
        result.add(string.value());
      } else {
        throw mismatch(name + "[" + result.size() + "]", "a string", element);
      }
    }
    return result;
  }

  /** Takes an object whose values are strings. */
  public Map<String, String> stringMap(String name) {
    Map<String, String> result = new LinkedHashMap<>();
    members(name).forEach((key, value) -> result.put(key, string(name + "." + key, value)));
    return result;
  }

  /** Takes the names of an object whose values are empty objects: JSON's way to say a set. */
  public Set<String> names(String name) {
    return new LinkedHashSet<>(members(name).keySet());
  }

  /** Takes an object and makes something of it. */
  public <T> T object(String name, Function<ObjectReader, T> read) {
    return read(name, required(name, optionalValue(name)), read);
  }

  /** Takes an object and makes something of it, if there is one. */
  public <T> @Nullable T optionalObject(String name, Function<ObjectReader, T> read) {
    JsonValue value = optionalValue(name);
    return value == null ? null : read(name, value, read);
  }

  /** Takes an object and makes something of it; {@code missing} stands for none. */
  public <T> T objectOr(String name, Function<ObjectReader, T> read, T missing) {
    T value = optionalObject(name, read);
    return value == null ? missing : value;
  }

  /** Takes an array of objects and makes something of each. */
  public <T> List<T> objects(String name, Function<ObjectReader, T> read) {
    List<JsonValue> elements = elements(name);
    List<T> result = new ArrayList<>(elements.size());
    for (JsonValue element : elements) {
      result.add(read(name + "[" + result.size() + "]", element, read));
    }
    return result;
  }

  /** Takes an object whose values are objects and makes something of each. */
  public <T> Map<String, T> objectMap(String name, Function<ObjectReader, T> read) {
    Map<String, T> result = new LinkedHashMap<>();
    members(name).forEach((key, value) -> result.put(key, read(name + "." + key, value, read)));
    return result;
  }

  private List<JsonValue> elements(String name) {
    JsonValue value = optionalValue(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof JsonArray array) {
      return array.elements();
    }
    throw mismatch(name, "an array", value);
  }

  private Map<String, JsonValue> members(String name) {
    JsonValue value = optionalValue(name);
    if (value == null) {
      return Map.of();
    }
    if (value instanceof JsonObject members) {
      return members.members();
    }
    throw mismatch(name, "an object", value);
  }

  private @Nullable Long optionalInteger(String name, long low, long high) {
    JsonValue value = optionalValue(name);
    return value == null ? null : integer(name, value, low, high);
  }

  private static <T> T read(String name, JsonValue value, Function<ObjectReader, T> read) {
    if (!(value instanceof JsonObject object)) {
      throw mismatch(name, "an object", value);
    }
    try {
      return read.apply(new ObjectReader(object));
    } catch (FieldException e) {
      throw e.within(name);
    }
  }

  private static String string(String name, JsonValue value) {
    if (value instanceof JsonString string) {
      return string.value();
    }
    throw mismatch(name, "a string", value);
  }

  private static JsonNumber number(String name, JsonValue value) {
    if (value instanceof JsonNumber number) {
      return number;
    }
    throw mismatch(name, "a number", value);
  }

  private static Long integer(String name, JsonValue value, long low, long high) {
    JsonNumber number = number(name, value);
    Long integer = number.asLong();
    if (integer == null || integer < low || integer > high) {
      throw outOfRange(name, Long.toString(low), Long.toString(high), number);
    }
    return integer;
  }

  private static <T> T required(String name, @Nullable T value) {
    if (value == null) {
      throw new FieldException(name, "missing");
    }
    return value;
  }

  private static FieldException mismatch(String name, String expected, JsonValue found) {
    return new FieldException(name, "expected " + expected + ", found " + found.kind());
  }

  private static FieldException outOfRange(String name, String low, String high, JsonNumber found) {
    return new FieldException(
        name, "expected a whole number from " + low + " to " + high + ", found " + found.text());
  }
}
