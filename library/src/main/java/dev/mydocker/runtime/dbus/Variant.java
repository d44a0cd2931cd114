package dev.mydocker.runtime.dbus;

import java.util.List;

/**
 * A value with its type.
 *
 * @param signature the type, as D-Bus writes it; one of those that {@link BodyWriter} knows
 * @param value of the Java type that belongs to it
 */
public record Variant(String signature, Object value) {
  /** A truth value. */
  public static Variant of(boolean value) {
    return new Variant("b", value);
  }

  /** A text. */
  public static Variant of(String value) {
    return new Variant("s", value);
  }

  /** An unsigned number of 64 bits. */
  public static Variant uint64(long value) {
    return new Variant("t", value);
  }

  /** Texts. */
  public static Variant strings(List<String> values) {
    return new Variant("as", List.copyOf(values));
  }

  /** Unsigned numbers of 32 bits. */
  public static Variant uint32s(List<Integer> values) {
    return new Variant("au", List.copyOf(values));
  }

  /** Bytes, as numbers from 0 to 255. */
  public static Variant bytes(List<Integer> values) {
    return new Variant("ay", List.copyOf(values));
  }
}
