package dev.mydocker.engine;

import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.json.FieldException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Times in the engine's files: nanoseconds since 1970, written as RFC 3339 in UTC. */
final class Times {
  private static final String SHAPE = "0000-00-00T00:00:00";

  private Times() {}

  /**
   * Reads what {@link Timestamp#rfc3339Nano} and {@link Timestamp#rfc3339Fixed} write.
   *
   * @param field what it is, for the message
   */
  static long parse(String field, String text) {
    if (!hasShape(text)) {
      throw new FieldException(field, "expected a time of RFC 3339 in UTC");
    }
    long seconds =
        Timestamp.seconds(
            number(text, 0, 4),
            number(text, 5, 7),
            number(text, 8, 10),
            number(text, 11, 13) * 3600L + number(text, 14, 16) * 60L + number(text, 17, 19));
    long nanos = 0;
    long weight = Timestamp.SECOND;
    for (int i = SHAPE.length() + 1; i < text.length() - 1; i++) {
      weight /= 10;
      nanos += (text.charAt(i) - '0') * weight;
    }
    return seconds * Timestamp.SECOND + nanos;
  }

  /** Returns an instant of java.time. */
  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, Timestamp.SECOND), Math.floorMod(nanos, Timestamp.SECOND));
  }

  /** Reads a time that others wrote: RFC 3339 with any offset; null if it is none, or not there. */
  static @Nullable Instant instant(@Nullable String text) {
    if (text == null) {
      return null;
    }
    if (hasShape(text)) {
      return instant(parse("created", text));
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static boolean hasShape(String text) {
    if (text.length() <= SHAPE.length() || !text.endsWith("Z")) {
      return false;
    }
    for (int i = 0; i < text.length() - 1; i++) {
      char expected = i < SHAPE.length() ? SHAPE.charAt(i) : i == SHAPE.length() ? '.' : '0';
      char c = text.charAt(i);
      if (expected == '0' ? c < '0' || c > '9' : c != expected) {
        return false;
      }
    }
    return true;
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }
}
