package dev.mydocker.image;

import dev.mydocker.kernel.FileWorker;
import java.io.OutputStream;

/**
 * Writes a file through a {@link FileWorker}, in large pieces; closing it closes the file. What
 * fails is a {@link dev.mydocker.MydockerException}.
 */
public final class FileOutput extends OutputStream {
  private static final int CHUNK = 1 << 17;

  private final FileWorker files;
  private final int file;
  private final byte[] chunk = new byte[CHUNK];
  private int used;
  private long written;
  private boolean open = true;

  /**
   * @param file its descriptor, which is closed in the end
   */
  public FileOutput(FileWorker files, int file) {
    this.files = files;
    this.file = file;
  }

  /** How many bytes went through here. */
  public long written() {
    return written;
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    written += length;
    if (used + length > CHUNK) {
      flush();
    }
    if (length >= CHUNK) {
      files.write(file, bytes, from, length);
      return;
    }
    System.arraycopy(bytes, from, chunk, used, length);
    used += length;
  }

  @Override
  public void flush() {
    files.write(file, chunk, 0, used);
    used = 0;
  }

  /** Closes the file; what was not flushed is lost, so that an error can leave it behind. */
  @Override
  public void close() {
    if (open) {
      open = false;
      files.close(file);
    }
  }
}
