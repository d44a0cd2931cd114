package dev.mydocker.oci.json;

/** A JSON value: one of the six kinds of RFC 8259, none of which can change. */
public sealed interface JsonValue
    permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {
  /** Returns what this is, for a message: {@code a string}, {@code an object}. */
  String kind();
}
