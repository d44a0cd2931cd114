package dev.mydocker.image.registry;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * When something is asked again: what passes by itself, after a pause that doubles, or as long as
 * the registry says.
 */
public final class Retry {
  private static final int ATTEMPTS = 5;
  private static final long FIRST_PAUSE = 100;

  /** Waits; false if there is nothing to wait for any more. */
  interface Pause {
    boolean sleep(long millis) throws InterruptedException;
  }

  private final Duration longest;
  private final Pause pause;
  private int failures;
  private int timeouts;

  /** Begins to count. */
  Retry(Patience patience, Pause pause) {
    this.longest = patience.pause();
    this.pause = pause;
  }

  /** Starts to count anew, since there was progress. */
  public void progress() {
    failures = 0;
    timeouts = 0;
  }

  /** Whether a status says that another time may do better. */
  static boolean isTemporary(int status) {
    return status == 408 || status == 429 || status >= 500 && status != 501 && status != 505;
  }

  /** Pauses after a failure; false if there have been enough. */
  public boolean again(IOException failure) throws IOException {
    if (failure instanceof Refused
        || failure instanceof HttpClient.BadRedirection
        || failure instanceof HttpConnection.NotHttp
        || failure instanceof HttpResponse.TooLong
        || Thread.currentThread().isInterrupted()) {
      return false;
    }
    if (longest.isZero()) {
      return false;
    }
    // A peer that says nothing took its time already.
    if (failure instanceof SocketTimeoutException && ++timeouts > 1) {
      return false;
    }
    return pause(null);
  }

  /** Pauses after an answer that says "later"; false if there have been enough. */
  boolean again(HttpResponse response) throws IOException {
    return pause(delay(response.header("Retry-After")));
  }

  private boolean pause(@Nullable Duration asked) throws IOException {
    if (++failures >= ATTEMPTS || asked != null && asked.compareTo(longest) > 0) {
      return false;
    }
    long backoff = FIRST_PAUSE << failures - 1;
    long millis =
        asked == null
            ? backoff / 2 + ThreadLocalRandom.current().nextLong(backoff)
            : asked.toMillis();
    try {
      return pause.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Retry-After: seconds, or a date (RFC 9110, 10.2.3). */
  static @Nullable Duration delay(@Nullable String header) {
    if (header == null) {
      return null;
    }
    try {
      return Duration.ofSeconds(Math.max(0, Long.parseLong(header.strip())));
    } catch (NumberFormatException notSeconds) {
      return until(header.strip());
    }
  }

  private static @Nullable Duration until(String date) {
    try {
      Instant then = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration delay = Duration.between(Instant.now(), then);
      return delay.isNegative() ? Duration.ZERO : delay;
    } catch (DateTimeException malformed) {
      // As if nothing had been said.
      return null;
    }
  }
}
