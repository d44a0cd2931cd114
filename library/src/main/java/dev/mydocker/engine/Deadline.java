package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Tried;
import dev.mydocker.kernel.Value;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** When waiting for something ends. */
final class Deadline {
  /** It does not end. */
  static final Deadline NEVER = new Deadline("", null);

  private static final long LONGEST = TimeUnit.DAYS.toNanos(36_500);

  private final String what;
  private final @Nullable Duration limit;
  private final long end;

  private Deadline(String what, @Nullable Duration limit) {
    this.what = what;
    this.limit = limit;
    this.end = limit == null ? 0 : System.nanoTime() + nanos(limit);
  }

  /**
   * Returns the end of a time that begins now.
   *
   * @param what is waited for, as errors begin
   */
  static Deadline in(String what, Duration limit) {
    return new Deadline(what, limit);
  }

  private static long nanos(Duration limit) {
    return limit.compareTo(Duration.ofNanos(LONGEST)) > 0 ? LONGEST : Math.max(0, limit.toNanos());
  }

  boolean isOver() {
    return limit != null && System.nanoTime() - end >= 0;
  }

  /**
   * Throws if it is over.
   *
   * @throws MydockerException TIMEOUT
   */
  void check() {
    if (isOver()) {
      throw expired();
    }
  }

  MydockerException expired() {
    return Tried.of(what).failed(Category.TIMEOUT, "not within " + text(limit));
  }

  private static String text(@Nullable Duration limit) {
    long millis = limit == null ? 0 : limit.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }

  /** How long it still is; at most what was given. */
  Duration remaining() {
    return limit == null
        ? Duration.ofSeconds(-1)
        : Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  /** The time of ppoll(2): the address of a timespec, or 0 for ever. */
  Value addTo(SegmentBuilder b) {
    if (limit == null) {
      return Value.of(0);
    }
    Duration left = remaining();
    return b.longs(left.getSeconds(), left.getNano());
  }
}
