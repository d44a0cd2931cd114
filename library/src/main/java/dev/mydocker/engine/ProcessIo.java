package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a process's input comes from and its output goes to, and how long it may take.
 *
 * @param stdin read to its end, not closed; null for no input. It is read by a thread of its own,
 *     so one that waits for ever in read goes on to do so when the process has ended
 * @param stdout takes standard output, in the calling thread; not closed
 * @param stderr takes standard error, in the calling thread; not closed. With a terminal all output
 *     is standard output
 * @param limit how long the process may run, or null for ever
 */
public record ProcessIo(
    @Nullable InputStream stdin,
    OutputStream stdout,
    OutputStream stderr,
    @Nullable Duration limit) {
  /** No input, output to nowhere, and no limit. */
  public static final ProcessIo NONE =
      new ProcessIo(null, OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), null);

  /** Checks the limit. */
  public ProcessIo {
    if (limit != null && limit.isNegative()) {
      throw MydockerException.of(Category.INVALID, "limit a process", "", "the time is negative");
    }
  }

  /** Sets where input comes from. */
  public ProcessIo stdin(InputStream value) {
    return new ProcessIo(value, stdout, stderr, limit);
  }

  /** Sets where standard output goes to. */
  public ProcessIo stdout(OutputStream value) {
    return new ProcessIo(stdin, value, stderr, limit);
  }

  /** Sets where standard error goes to. */
  public ProcessIo stderr(OutputStream value) {
    return new ProcessIo(stdin, stdout, value, limit);
  }

  /** Sets how long the process may run. */
  public ProcessIo limit(Duration value) {
    return new ProcessIo(stdin, stdout, stderr, value);
  }
}
