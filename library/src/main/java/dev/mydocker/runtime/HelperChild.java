package dev.mydocker.runtime;

import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/**
 * A helper that stands between us and a container's process only as long as that is made. When it
 * has ended, the process is a child of whoever adopts our caller's orphans, as with every OCI
 * runtime.
 */
public final class HelperChild implements AutoCloseable {
  private final Performer performer;
  private final Helper.Started started;
  private boolean ended;

  /**
   * Starts it.
   *
   * @throws dev.mydocker.kernel.KernelException if it cannot be started
   */
  public HelperChild(Performer performer) {
    this.performer = performer;
    this.started = Helper.child(performer);
  }

  Session session() {
    return started.session();
  }

  /** Its process id, as we see it. */
  public long pid() {
    return started.pid();
  }

  /** Ends it and leaves its children to live. */
  void release() {
    SegmentBuilder b = Segment.builder();
    b.operation(Wire.OP_EXIT, Value.of(0));
    session().call(b.build()).orThrow("end a helper");
    close();
  }

  /**
   * Leaves it to this process, whatever program that becomes: it guards what it does until it is
   * told to end, or the process has ended.
   *
   * @return our end of its session
   */
  int handOver() {
    ended = true;
    return session().socket();
  }

  /** Ends it; what it guards goes with it. Returns when it has ended. */
  @Override
  public void close() {
    if (ended) {
      return;
    }
    ended = true;
    session().endAndAwait();
    session().close();
    SegmentBuilder b = Segment.builder();
    Value pidfd = Value.of(started.pidfd());
    b.operation(Wire.OP_WAIT, pidfd, Value.of(-1), b.room(8));
    b.syscall(Wire.SYS_CLOSE, pidfd);
    performer.perform(b.build()).orThrow("wait for a helper");
  }
}
