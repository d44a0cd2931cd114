package dev.mydocker.image;

import dev.mydocker.MydockerException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream in a thread of its own, up to a megabyte ahead, so that one processor unpacks what
 * another one writes.
 */
final class ReadAhead extends InputStream {
  private static final int CHUNK = 1 << 17;
  private static final int AHEAD = 8;

  /** A stream that brings nothing is given up after two seconds. */
  private static final int PATIENCE = 200;

  private static final long PAUSE_MILLIS = 10;

  /** What was read: bytes, the end (length -1), or why it failed. */
  private record Chunk(byte[] bytes, int length, @Nullable Throwable failure) {}

  private final InputStream in;
  private final BlockingQueue<Chunk> full = new ArrayBlockingQueue<>(AHEAD);
  private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(AHEAD + 2);
  private final Thread thread;
  private Chunk chunk = new Chunk(new byte[0], 0, null);
  private int at;
  private volatile boolean closed;

  /**
   * @param in what is read, and closed by the thread when it ends
   */
  ReadAhead(InputStream in) {
    this.in = in;
    this.thread = Thread.ofPlatform().daemon().name("mydocker-read-ahead").start(this::run);
  }

  private void run() {
    try (in) {
      while (!closed) {
        byte[] bytes = empty.poll();
        if (bytes == null) {
          bytes = new byte[CHUNK];
        }
        int length = in.readNBytes(bytes, 0, CHUNK);
        if (length > 0) {
          full.put(new Chunk(bytes, length, null));
        }
        if (length < CHUNK) {
          full.put(new Chunk(bytes, -1, null));
          return;
        }
      }
    } catch (InterruptedException e) {
      // Nobody reads any more.
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    try {
      full.put(new Chunk(new byte[0], 0, failure));
    } catch (InterruptedException e) {
      // Nobody reads any more.
    }
  }

  /** Reads all that is left. */
  void drain() throws IOException {
    byte[] waste = new byte[1 << 13];
    while (read(waste, 0, waste.length) >= 0) {
      // Read only.
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    while (chunk.length() >= 0 && at == chunk.length()) {
      next();
    }
    if (chunk.length() < 0) {
      return -1;
    }
    int size = Math.min(length, chunk.length() - at);
    System.arraycopy(chunk.bytes(), at, bytes, from, size);
    at += size;
    return size;
  }

  private void next() throws IOException {
    if (chunk.bytes().length > 0) {
      empty.offer(chunk.bytes());
    }
    try {
      chunk = full.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    at = 0;
    Throwable failure = chunk.failure();
    if (failure == null) {
      return;
    }
    // Whoever goes on reading after an error finds the end.
    chunk = new Chunk(new byte[0], -1, null);
    at = 0;
    if (failure instanceof MydockerException e) {
      throw e;
    }
    throw new IOException(String.valueOf(failure.getMessage()), failure);
  }

  /** Ends the thread, without interrupting it: that would close the channel of a co-process. */
  @Override
  public void close() throws IOException {
    closed = true;
    try {
      for (int i = 0; i < PATIENCE && thread.isAlive(); i++) {
        // It may wait for room.
        full.clear();
        thread.join(PAUSE_MILLIS);
      }
      // Somebody else's thread may wait for more.
      full.clear();
      full.offer(new Chunk(new byte[0], -1, null));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
