package dev.mydocker.oci.json;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JSON array. */
public final class JsonArray implements JsonValue {
  private final List<JsonValue> elements;

  /** Takes {@code elements} over: the caller keeps no reference to it. */
  JsonArray(List<JsonValue> elements) {
    this.elements = Collections.unmodifiableList(elements);
  }

  /** Returns an array of {@code elements}. */
  public static JsonArray of(Collection<? extends JsonValue> elements) {
    return new JsonArray(List.copyOf(elements));
  }

  /** Returns the elements, which cannot be changed. */
  public List<JsonValue> elements() {
    return elements;
  }

  @Override
  public String kind() {
    return "an array";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonArray array && elements.equals(array.elements);
  }

  @Override
  public int hashCode() {
    return elements.hashCode();
  }

  @Override
  public String toString() {
    return Json.compact(this);
  }
}
