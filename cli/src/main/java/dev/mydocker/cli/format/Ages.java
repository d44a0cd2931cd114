package dev.mydocker.cli.format;

import dev.mydocker.kernel.Timestamp;

/**
 * How long ago times were, in Docker's words, for a list: neighbours in it mostly share theirs, and
 * the words of five hundred containers take a cold JVM milliseconds.
 */
public final class Ages {
  /** From here on the words are the same for all of a minute. */
  private static final long MINUTES = 120;

  private final long now;
  private long last = -1;
  private String ago = "";
  private String up = "";

  /**
   * @param now in nanoseconds since 1970
   */
  public Ages(long now) {
    this.now = now;
  }

  /** What it was made with. */
  public long now() {
    return now;
  }

  /** Returns how long ago a time was: {@code 3 minutes ago}. */
  public String ago(long time) {
    look(time);
    return ago;
  }

  /** Returns the status of a container that runs since then: {@code Up 3 minutes}. */
  public String up(long started) {
    look(started);
    return up;
  }

  private void look(long time) {
    long seconds = Math.max(now - time, 0) / Timestamp.SECOND;
    long same = seconds < MINUTES ? seconds : MINUTES + seconds / 60;
    if (same != last) {
      last = same;
      ago = Human.ago(time, now);
      up = Human.up(time, now);
    }
  }
}
