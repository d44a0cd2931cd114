package dev.mydocker.cli.call;

import dev.mydocker.kernel.FileWorker;
import java.io.InputStream;

/** Reads a descriptor of the caller's, such as standard input; does not close it. */
public final class DescriptorInput extends InputStream {
  private static final int CHUNK = 1 << 16;

  private final FileWorker files;
  private final int descriptor;
  private byte[] chunk = new byte[0];
  private int next;

  /** Begins to read. */
  public DescriptorInput(FileWorker files, int descriptor) {
    this.files = files;
    this.descriptor = descriptor;
  }

  private boolean fill() {
    if (next == chunk.length) {
      chunk = files.read(descriptor, CHUNK);
      next = 0;
    }
    return chunk.length > 0;
  }

  @Override
  public int read() {
    return fill() ? chunk[next++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] bytes, int from, int length) {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, chunk.length - next);
    System.arraycopy(chunk, next, bytes, from, count);
    next += count;
    return count;
  }

  @Override
  public int available() {
    return chunk.length - next;
  }
}
