package dev.mydocker.oci.json;

import org.jspecify.annotations.Nullable;

/**
 * A JSON number, kept as it was written: neither a 64-bit integer nor a fraction loses a digit.
 *
 * <p>Two numbers are equal if they are written alike, so 1 and 1.0 are not.
 */
public final class JsonNumber implements JsonValue {
  private final String text;

  /** For text that the grammar of RFC 8259 section 6 has accepted. */
  JsonNumber(String text) {
    this.text = text;
  }

  /** Returns the number for {@code value}. */
  public static JsonNumber of(long value) {
    return new JsonNumber(Long.toString(value));
  }

  /** Returns the number for the 64 bits of {@code value}, read without a sign. */
  public static JsonNumber ofUnsigned(long value) {
    return new JsonNumber(Long.toUnsignedString(value));
  }

  /**
   * Returns the number for {@code value}.
   *
   * @throws IllegalArgumentException for infinity and not-a-number, which JSON cannot say
   */
  public static JsonNumber of(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no number " + value);
    }
    return new JsonNumber(Double.toString(value));
  }

  /** Returns the number as it is written in JSON. */
  public String text() {
    return text;
  }

  /** Returns the nearest double. */
  public double doubleValue() {
    return Double.parseDouble(text);
  }

  /** Returns the value as a signed 64-bit integer, or null if it is not written as one. */
  public @Nullable Long asLong() {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException tooLargeOrFraction) {
      return null;
    }
  }

  /** Returns the bits of an unsigned 64-bit integer, or null if it is not written as one. */
  public @Nullable Long asUnsignedLong() {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException negativeTooLargeOrFraction) {
      return null;
    }
  }

  @Override
  public String kind() {
    return "a number";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonNumber number && text.equals(number.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
