package dev.mydocker.engine;

import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.json.FieldException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Times in the engine's files: nanoseconds since 1970, written as RFC 3339 in UTC. */
final class Times {
  /** Compared byte by byte: every list of containers reads two times of each, in a cold JVM. */
  private static final byte[] SHAPE = "0000-00-00T00:00:00".getBytes(StandardCharsets.ISO_8859_1);

  private Times() {}

  /**
   * Reads what {@link Timestamp#rfc3339Nano} and {@link Timestamp#rfc3339Fixed} write.
   *
   * @param field what it is, for the message
   */
  static long parse(String field, String text) {
    byte[] digits = text.getBytes(StandardCharsets.ISO_8859_1);
    if (!hasShape(digits)) {
      throw new FieldException(field, "expected a time of RFC 3339 in UTC");
    }
    long seconds =
        Timestamp.seconds(
            number(digits, 0, 4),
            number(digits, 5, 7),
            number(digits, 8, 10),
            number(digits, 11, 13) * 3600L + number(digits, 14, 16) * 60L + number(digits, 17, 19));
    long nanos = 0;
    long weight = Timestamp.SECOND;
    for (int i = SHAPE.length + 1; i < digits.length - 1; i++) {
      weight /= 10;
      nanos += (digits[i] - '0') * weight;
    }
    return seconds * Timestamp.SECOND + nanos;
  }

  /** Returns an instant of java.time. */
  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }

  /** Reads a time that others wrote: RFC 3339 with any offset; null if it is none, or not there. */
  static @Nullable Instant instant(@Nullable String text) {
    if (text == null) {
      return null;
    }
    if (hasShape(text.getBytes(StandardCharsets.ISO_8859_1))) {
      return instant(parse("created", text));
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static boolean hasShape(byte[] text) {
    if (text.length <= SHAPE.length || text[text.length - 1] != 'Z') {
      return false;
    }
    for (int i = 0; i < text.length - 1; i++) {
      int expected = i < SHAPE.length ? SHAPE[i] : i == SHAPE.length ? '.' : '0';
      byte c = text[i];
      if (expected == '0' ? c < '0' || c > '9' : c != expected) {
        return false;
      }
    }
    return true;
  }

  private static int number(byte[] text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = 10 * number + text[i] - '0';
    }
    return number;
  }
}
