package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import java.io.IOException;
import java.io.InputStream;

/** A file's content as a stream, read through a {@link FileWorker}; closing it closes the file. */
public final class FileInput extends InputStream {
  private static final int CHUNK = 1 << 17;

  private final FileWorker files;
  private final int file;
  private byte[] chunk = new byte[0];
  private int at;
  private boolean open = true;

  /**
   * @param file its descriptor, which is closed in the end
   */
  public FileInput(FileWorker files, int file) {
    this.files = files;
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == chunk.length) {
      chunk = next();
      at = 0;
      if (chunk.length == 0) {
        return -1;
      }
    }
    int size = Math.min(length, chunk.length - at);
    System.arraycopy(chunk, at, bytes, from, size);
    at += size;
    return size;
  }

  private byte[] next() throws IOException {
    try {
      return files.read(file, CHUNK);
    } catch (MydockerException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      files.close(file);
    }
  }
}
