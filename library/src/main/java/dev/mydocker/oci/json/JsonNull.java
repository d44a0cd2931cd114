package dev.mydocker.oci.json;

/** JSON's {@code null}. */
public enum JsonNull implements JsonValue {
  /** The only null. */
  NULL;

  @Override
  public String kind() {
    return "null";
  }
}
