package dev.mydocker.engine;

/**
 * Which part of a container's output is wanted.
 *
 * @param tail how many lines from the end; negative for all
 * @param since nothing before this time, in nanoseconds since 1970; 0 for any
 * @param until nothing from this time on, in nanoseconds since 1970; 0 for any
 * @param stdout whether standard output is wanted
 * @param stderr whether standard error is wanted
 */
public record LogQuery(long tail, long since, long until, boolean stdout, boolean stderr) {
  /** All of it. */
  public static final LogQuery ALL = new LogQuery(-1, 0, 0, true, true);

  /** Returns the same for the last lines only. */
  public LogQuery tail(long lines) {
    return new LogQuery(lines, since, until, stdout, stderr);
  }
}
