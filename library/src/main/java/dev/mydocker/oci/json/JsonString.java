package dev.mydocker.oci.json;

/**
 * A JSON string.
 *
 * @param value the text, in which a lone surrogate stands for a byte that is not UTF-8
 */
public record JsonString(String value) implements JsonValue {
  @Override
  public String kind() {
    return "a string";
  }
}
