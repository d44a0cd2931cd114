package dev.mydocker.cli.call;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Where a command writes: standard output or standard error, or whatever stands for them.
 *
 * <p>Text is written as the bytes it came from, so an argument or a path that is not UTF-8 comes
 * out as it went in, under any locale. Not safe for use by several threads.
 */
public final class Output {
  private static final int SIZE = 8192;

  private final OutputStream target;
  private final boolean lines;
  private final byte[] buffer = new byte[SIZE];
  private int length;

  private Output(OutputStream target, boolean lines) {
    this.target = target;
    this.lines = lines;
  }

  /** Keeps what is written until {@link #flush}, or until there is much. */
  public static Output buffered(OutputStream target) {
    return new Output(target, false);
  }

  /** Writes at the end of each line, as standard error does. */
  public static Output byLine(OutputStream target) {
    return new Output(target, true);
  }

  /** Writes text. */
  public Output print(String text) {
    write(Bytes.encode(text));
    return this;
  }

  /** Writes text and a line feed. */
  public Output println(String text) {
    print(text).write(new byte[] {'\n'});
    if (lines) {
      flush();
    }
    return this;
  }

  /** Writes bytes. */
  public void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  /**
   * Writes {@code count} bytes from {@code from} on.
   *
   * @throws Closed if nobody reads any more
   */
  public void write(byte[] bytes, int from, int count) {
    if (count > SIZE - length) {
      flush();
    }
    if (count > SIZE) {
      send(bytes, from, count);
    } else {
      System.arraycopy(bytes, from, buffer, length, count);
      length += count;
    }
  }

  /**
   * Sends on what was kept back.
   *
   * @throws Closed if nobody reads any more
   */
  public void flush() {
    int count = length;
    length = 0;
    send(buffer, 0, count);
  }

  private void send(byte[] bytes, int from, int count) {
    if (count == 0) {
      return;
    }
    try {
      target.write(bytes, from, count);
      target.flush();
    } catch (IOException e) {
      throw new Closed(e);
    }
  }

  /**
   * The output cannot be written; most often its reader has ended, as in {@code mydocker logs bird
   * | head}, where other programs die of SIGPIPE, which the JVM ignores.
   */
  public static final class Closed extends MydockerException {
    private static final long serialVersionUID = 1L;

    Closed(IOException cause) {
      super(Category.RESOURCE, "write output: " + cause.getMessage(), null, cause);
    }
  }
}
