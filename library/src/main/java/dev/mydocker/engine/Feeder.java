package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A thread that hands a process its input, while another one takes its output: by a performer of
 * its own, with a copy of the connection's socket (pidfd_getfd(2), Linux 5.6).
 */
final class Feeder implements AutoCloseable {
  private final Engine engine;
  private final long holder;
  private final int socket;
  private final InputStream in;
  private final Thread thread;
  private volatile boolean reading;
  private volatile @Nullable IOException failure;

  /**
   * @param bench what has the socket
   */
  Feeder(Engine engine, Workbench bench, int socket, InputStream in) {
    this.engine = engine;
    this.socket = socket;
    this.in = in;
    SegmentBuilder b = Segment.builder();
    Value pid = b.syscall(Wire.SYS_GETPID);
    this.holder = bench.performer().perform(b.build()).orThrow("find the co-process").result(pid);
    this.thread = Thread.ofVirtual().name("mydocker-input").start(this::run);
  }

  private void run() {
    try (Workbench bench = engine.bench()) {
      int copy = copy(bench);
      try {
        feed(bench.files(), copy);
      } finally {
        bench.files().close(copy);
      }
    } catch (KernelException e) {
      // The process has ended without reading all of it, as `head` does.
      if (e.error() != Errno.EPIPE
          && e.error() != Errno.ECONNRESET
          && e.error() != Errno.ESRCH
          && e.error() != Errno.EBADF) {
        failure = new IOException(e);
      }
    } catch (MydockerException e) {
      // Only the end of the process interrupts us.
      if (!Thread.currentThread().isInterrupted()) {
        failure = new IOException(e);
      }
    }
  }

  private int copy(Workbench bench) {
    SegmentBuilder b = Segment.builder();
    Value pidfd = b.syscall(Wire.SYS_PIDFD_OPEN, Value.of(holder), Value.of(0));
    Value copy = b.syscall(Wire.SYS_PIDFD_GETFD, pidfd, Value.of(socket), Value.of(0));
    b.syscall(Wire.SYS_CLOSE, pidfd);
    return (int) bench.performer().perform(b.build()).orThrow("share a connection").result(copy);
  }

  private void feed(FileWorker files, int to) {
    byte[] buffer = new byte[Wire.ATTACH_MAXIMUM];
    for (int length = read(buffer); length >= 0; length = read(buffer)) {
      if (length > 0) {
        files.write(to, MonitorConnection.frame(Wire.ATTACH_IN, buffer, 0, length));
      }
    }
    files.write(to, MonitorConnection.frame(Wire.ATTACH_IN_EOF, buffer, 0, 0));
  }

  private int read(byte[] buffer) {
    reading = true;
    try {
      return in.read(buffer);
    } catch (IOException e) {
      failure = e;
      return -1;
    } finally {
      reading = false;
    }
  }

  /** Why not all input was handed over, if that was not the process's wish. */
  @Nullable IOException failure() {
    return failure;
  }

  /** Ends the thread, unless it is in a read of somebody else's that does not end. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive() && !reading) {
      try {
        thread.join(1);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
