package dev.mydocker.oci.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A JSON object; its members keep their order, which equality ignores. */
public final class JsonObject implements JsonValue {
  private static final JsonObject EMPTY = new JsonObject(new LinkedHashMap<>());

  private final Supplier<Map<String, JsonValue>> parser;

  /** Null until they are first asked for, if the object was only gone over. */
  private volatile @Nullable Map<String, JsonValue> members;

  /**
   * An object whose members are parsed when they are asked for.
   *
   * @param parser gives an unmodifiable map, the same each time
   */
  JsonObject(Supplier<Map<String, JsonValue>> parser) {
    this.parser = parser;
  }

  /** Takes {@code members} over: the caller keeps no reference to it. */
  JsonObject(Map<String, JsonValue> members) {
    this.members = Collections.unmodifiableMap(members);
    this.parser = Map::of;
  }

  /** Returns the object without members. */
  public static JsonObject empty() {
    return EMPTY;
  }

  /** Returns an object of {@code members} in their order. */
  public static JsonObject of(Map<String, ? extends JsonValue> members) {
    return members.isEmpty() ? EMPTY : new JsonObject(new LinkedHashMap<>(members));
  }

  /**
   * Returns the members in their order; the map cannot be changed.
   *
   * @throws dev.mydocker.MydockerException if it was not parsed before, and is not JSON
   */
  public Map<String, JsonValue> members() {
    Map<String, JsonValue> known = members;
    if (known == null) {
      known = parser.get();
      members = known;
    }
    return known;
  }

  /** Returns the value of member {@code name}, or null if there is none. */
  public @Nullable JsonValue get(String name) {
    return members().get(name);
  }

  /** Returns whether there are no members. */
  public boolean isEmpty() {
    return members().isEmpty();
  }

  @Override
  public String kind() {
    return "an object";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonObject object && members().equals(object.members());
  }

  @Override
  public int hashCode() {
    return members().hashCode();
  }

  @Override
  public String toString() {
    return Json.compact(this);
  }
}
