package dev.mydocker.image;

import dev.mydocker.kernel.NativeInflater;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/**
 * What a gzip stream holds, unpacked by a {@link NativeInflater}; several members are one, and what
 * follows them without being one is left alone, as gzip(1) and the JDK have it.
 */
final class GzipInput extends InputStream {
  private static final int CHUNK = 1 << 16;

  private final InputStream in;
  private final NativeInflater inflater;
  private final byte[] chunk = new byte[CHUNK];
  private int at;
  private int end;
  private boolean ended;

  GzipInput(InputStream in, NativeInflater inflater) {
    this.in = in;
    this.inflater = inflater;
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
    while (!ended) {
      if (at == end && !fill()) {
        throw new EOFException("it is cut off within gzip data");
      }
      int made = inflater.inflate(chunk, at, end - at, bytes, from, length);
      if (made < 0) {
        throw new ZipException("its gzip data is damaged");
      }
      at += inflater.used();
      if (inflater.isFinished()) {
        beginNext();
      }
      if (made > 0) {
        return made;
      }
    }
    return -1;
  }

  /** Goes on with a member that follows; without one, that was all. */
  private void beginNext() throws IOException {
    System.arraycopy(chunk, at, chunk, 0, end - at);
    end -= at;
    at = 0;
    while (end < 2) {
      int got = in.read(chunk, end, CHUNK - end);
      if (got < 0) {
        break;
      }
      end += got;
    }
    if (end >= 2 && (chunk[0] & 0xFF) == 0x1F && (chunk[1] & 0xFF) == 0x8B) {
      inflater.reset();
    } else {
      close();
    }
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(chunk, 0, CHUNK));
    return end > 0;
  }

  /** Gives the memory back; the stream below stays open. */
  @Override
  public void close() {
    ended = true;
    inflater.close();
  }
}
