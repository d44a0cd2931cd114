package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A blob's file while it comes in: one thread adds to it, another one reads what is there already.
 *
 * <p>What came may turn out to be wrong; then it begins anew, and so must whoever reads.
 */
final class GrowingBlob {
  private static final int CHUNK = 1 << 17;

  private long length;
  private int generation;
  private boolean whole;
  private @Nullable MydockerException failure;

  /** So many bytes are there now. */
  synchronized void reached(long bytes) {
    length = bytes;
    notifyAll();
  }

  /** What was there is wrong. */
  synchronized void beginAnew() {
    generation++;
    length = 0;
    notifyAll();
  }

  /** All is there, and right. */
  synchronized void complete() {
    whole = true;
    notifyAll();
  }

  /** No more will come. */
  synchronized void fail(MydockerException why) {
    failure = why;
    notifyAll();
  }

  synchronized int generation() {
    return generation;
  }

  /**
   * Waits until it is known whether what was read in a generation is right.
   *
   * @return false if it was wrong
   * @throws MydockerException why it did not come
   */
  synchronized boolean isRight(int read) {
    try {
      while (generation == read && !whole && failure == null) {
        wait();
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return isCurrent(read);
  }

  /** Throws why no more will come, if that is so. */
  synchronized void requireGood() {
    MydockerException why = failure;
    if (why != null) {
      throw why;
    }
  }

  private synchronized boolean isCurrent(int read) {
    requireGood();
    return generation == read;
  }

  /** Waits for more than {@code at} bytes; how many there are; as many at the end. */
  private synchronized long awaitMore(long at, int read) throws IOException {
    try {
      while (generation == read && length <= at && !whole && failure == null) {
        wait();
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    if (!isCurrent(read)) {
      throw new IOException("it begins anew");
    }
    return length;
  }

  private static MydockerException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return MydockerException.of(
        MydockerException.Category.INTERRUPTED, "wait for a blob", "", "interrupted", null, e);
  }

  /** Hears how far a reader is. */
  interface Progress {
    void at(long bytes);
  }

  /**
   * Its content, as it comes.
   *
   * @param file a descriptor of the file, which is closed with the stream
   */
  InputStream stream(FileWorker files, int file, int read, Progress progress) {
    return new Stream(files, file, read, progress);
  }

  private final class Stream extends InputStream {
    private final FileWorker files;
    private final int file;
    private final int read;
    private final Progress progress;
    private byte[] chunk = new byte[0];
    private int next;
    private long at;
    private boolean closed;

    Stream(FileWorker files, int file, int read, Progress progress) {
      this.files = files;
      this.file = file;
      this.read = read;
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      if (count == 0) {
        return 0;
      }
      if (next == chunk.length) {
        long there = awaitMore(at, read);
        chunk = readChunk(there);
        next = 0;
        at += chunk.length;
        progress.at(at);
        if (chunk.length == 0) {
          return -1;
        }
      }
      int size = Math.min(count, chunk.length - next);
      System.arraycopy(chunk, next, bytes, from, size);
      next += size;
      return size;
    }

    /** Not after it was closed by another thread: the number may be another file's by then. */
    private synchronized byte[] readChunk(long there) throws IOException {
      if (closed) {
        throw new IOException("it is closed");
      }
      return files.readAt(file, at, (int) Math.min(CHUNK, there - at));
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        files.close(file);
      }
    }
  }
}
