package dev.mydocker.image.registry;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;

/**
 * What is sent, with an end in time: write(2) on a socket waits as long as a peer that takes
 * nothing is there, and the JDK has a time limit for reading alone. Another thread watches, and
 * closes the socket when nothing has gone for too long.
 *
 * <p>It watches long writes only: short ones end in the kernel's buffer.
 */
final class SendLimit extends OutputStream {
  private static final int SHORT = 1 << 12;

  /** So that a peer that has just begun to take nothing is not waited for twice as long. */
  private static final int LOOKS = 4;

  private final OutputStream out;
  private final Socket socket;
  private final long limit;
  private final Object lock = new Object();
  private boolean writing;
  private boolean watched;
  private boolean stalled;
  private long writes;

  /**
   * @param out where to, perhaps by TLS
   * @param socket what carries it
   * @param limit how long nothing of it may be taken
   */
  SendLimit(OutputStream out, Socket socket, Duration limit) {
    this.out = out;
    this.socket = socket;
    this.limit = limit.toMillis();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    if (length <= SHORT) {
      out.write(bytes, from, length);
      return;
    }
    begin();
    try {
      out.write(bytes, from, length);
    } catch (IOException e) {
      if (isStalled()) {
        Transport.Stalled why = new Transport.Stalled();
        why.initCause(e);
        throw why;
      }
      throw e;
    } finally {
      end();
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  private void begin() {
    synchronized (lock) {
      writing = true;
      writes++;
      if (!watched) {
        watched = true;
        Thread.ofPlatform().daemon().name("mydocker-send-limit").start(this::watch);
      }
    }
  }

  private void end() {
    synchronized (lock) {
      writing = false;
    }
  }

  private boolean isStalled() {
    synchronized (lock) {
      return stalled;
    }
  }

  /** As long as there are writes; who begins one later starts another watcher. */
  private void watch() {
    long known = -1;
    long queued = -1;
    int looks = 0;
    synchronized (lock) {
      while (writing || known != writes) {
        // The kernel wakes a writer only when a third of its buffer is free again, which on a slow
        // line takes longer than the limit: what the peer has confirmed meanwhile counts as well.
        long left = writing && known == writes ? SendQueue.length(socket) : -1;
        if (known != writes || left != queued) {
          known = writes;
          queued = left;
          looks = 0;
        } else if (++looks == LOOKS) {
          stalled = true;
          SocketTransport.close(socket);
          break;
        }
        try {
          lock.wait(Math.max(1, limit / LOOKS));
        } catch (InterruptedException e) {
          // Nobody interrupts it; without it writes have no limit, as without this class.
          break;
        }
      }
      watched = false;
    }
  }
}
