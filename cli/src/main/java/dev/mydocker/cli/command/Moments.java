package dev.mydocker.cli.command;

import dev.mydocker.kernel.Timestamp;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Points in time of the engine as {@link Timestamp} has them. */
final class Moments {
  /** How Docker writes a time that has not come: Go's zero. */
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private Moments() {}

  static long nanos(Instant time) {
    return time.getEpochSecond() * Timestamp.SECOND + time.getNano();
  }

  static String rfc3339(@Nullable Instant time) {
    return time == null ? NEVER : Timestamp.rfc3339Nano(nanos(time));
  }
}
