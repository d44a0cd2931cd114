package dev.mydocker.oci.json;

/** JSON's {@code true} and {@code false}. */
public enum JsonBoolean implements JsonValue {
  /** {@code true}. */
  TRUE,
  /** {@code false}. */
  FALSE;

  /** Returns the constant for {@code value}. */
  public static JsonBoolean of(boolean value) {
    return value ? TRUE : FALSE;
  }

  /** Returns this as a Java boolean. */
  public boolean value() {
    return this == TRUE;
  }

  @Override
  public String kind() {
    return value() ? "true" : "false";
  }
}
