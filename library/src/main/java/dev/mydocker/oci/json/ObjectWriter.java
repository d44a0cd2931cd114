package dev.mydocker.oci.json;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a JSON object, member by member, in the order of the calls.
 *
 * <p>The methods {@code put...} always write the member; {@code optional...} leaves out what is
 * null, empty or false.
 */
public final class ObjectWriter {
  private final LinkedHashMap<String, JsonValue> members = new LinkedHashMap<>();

  /** Writes a value of any type. */
  public ObjectWriter put(String name, JsonValue value) {
    members.put(name, value);
    return this;
  }

  /** Writes a string. */
  public ObjectWriter put(String name, String value) {
    return put(name, new JsonString(value));
  }

  /** Writes a signed integer. */
  public ObjectWriter put(String name, long value) {
    return put(name, JsonNumber.of(value));
  }

  /** Writes the bits of {@code value} as an unsigned integer. */
  public ObjectWriter putUnsigned(String name, long value) {
    return put(name, JsonNumber.ofUnsigned(value));
  }

  /** Writes true or false. */
  public ObjectWriter put(String name, boolean value) {
    return put(name, JsonBoolean.of(value));
  }

  /** Writes an object. */
  public ObjectWriter put(String name, JsonRecord value) {
    return put(name, value.toJson());
  }

  /** Writes an array of strings. */
  public ObjectWriter putStrings(String name, Collection<String> values) {
    List<JsonValue> elements = new ArrayList<>(values.size());
    for (String value : values) {
      elements.add(new JsonString(value));
    }
    return put(name, new JsonArray(elements));
  }

  /** Writes an array of objects. */
  public ObjectWriter putObjects(String name, Collection<? extends JsonRecord> values) {
    List<JsonValue> elements = new ArrayList<>(values.size());
    for (JsonRecord value : values) {
      elements.add(value.toJson());
    }
    return put(name, new JsonArray(elements));
  }

  /** Writes a string that is neither null nor empty. */
  public ObjectWriter optional(String name, @Nullable String value) {
    return value == null || value.isEmpty() ? this : put(name, value);
  }

  /** Writes a signed integer that is not null. */
  public ObjectWriter optional(String name, @Nullable Long value) {
    return value == null ? this : put(name, value.longValue());
  }

  /** Writes a signed integer that is not null. */
  public ObjectWriter optional(String name, @Nullable Integer value) {
    return value == null ? this : put(name, value.longValue());
  }

  /** Writes the bits of an unsigned integer that is not null. */
  public ObjectWriter optionalUnsigned(String name, @Nullable Long value) {
    return value == null ? this : putUnsigned(name, value);
  }

  /** Writes true or false unless it is null. */
  public ObjectWriter optional(String name, @Nullable Boolean value) {
    return value == null ? this : put(name, value.booleanValue());
  }

  /** Writes {@code true} if it is. */
  public ObjectWriter optionalFlag(String name, boolean value) {
    return value ? put(name, JsonBoolean.TRUE) : this;
  }

  /** Writes an object that is not null. */
  public ObjectWriter optional(String name, @Nullable JsonRecord value) {
    return value == null ? this : put(name, value);
  }

  /** Writes an object that has members. */
  public ObjectWriter optionalNotEmpty(String name, JsonRecord value) {
    JsonObject object = value.toJson();
    return object.isEmpty() ? this : put(name, object);
  }

  /** Writes an array of strings that is not empty. */
  public ObjectWriter optionalStrings(String name, Collection<String> values) {
    return values.isEmpty() ? this : putStrings(name, values);
  }

  /** Writes an array of integers that is not empty. */
  public ObjectWriter optionalIntegers(String name, Collection<Long> values) {
    List<JsonValue> elements = new ArrayList<>(values.size());
    for (long value : values) {
      elements.add(JsonNumber.of(value));
    }
    return values.isEmpty() ? this : put(name, new JsonArray(elements));
  }

  /** Writes an array of objects that is not empty. */
  public ObjectWriter optionalObjects(String name, Collection<? extends JsonRecord> values) {
    return values.isEmpty() ? this : putObjects(name, values);
  }

  /** Writes an object of strings that is not empty. */
  public ObjectWriter optionalStringMap(String name, Map<String, String> values) {
    ObjectWriter inner = new ObjectWriter();
    values.forEach(inner::put);
    return values.isEmpty() ? this : put(name, inner.finish());
  }

  /** Writes an object of objects that is not empty. */
  public ObjectWriter optionalObjectMap(String name, Map<String, ? extends JsonRecord> values) {
    ObjectWriter inner = new ObjectWriter();
    values.forEach(inner::put);
    return values.isEmpty() ? this : put(name, inner.finish());
  }

  /** Writes a set that is not empty, as an object whose values are empty objects. */
  public ObjectWriter optionalNames(String name, Collection<String> values) {
    ObjectWriter inner = new ObjectWriter();
    values.forEach(value -> inner.put(value, JsonObject.empty()));
    return values.isEmpty() ? this : put(name, inner.finish());
  }

  /** Returns the object; this writer is of no use afterwards. */
  public JsonObject finish() {
    return new JsonObject(members);
  }

  /** Returns the object, with the members of {@code rest} that have not been written behind. */
  public JsonObject finish(JsonObject rest) {
    rest.members().forEach(members::putIfAbsent);
    return finish();
  }
}
