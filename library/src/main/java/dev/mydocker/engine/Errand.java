package dev.mydocker.engine;

import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import org.jspecify.annotations.Nullable;

/** A segment that a thread of its own performs, for a caller who has something else to do. */
final class Errand extends Thread {
  private final Performer performer;
  private final Segment segment;
  private @Nullable Reply reply;
  private @Nullable RuntimeException failure;

  /**
   * @param performer a {@linkplain Performer#isConcurrent concurrent} one
   */
  Errand(Performer performer, Segment segment) {
    super("mydocker-errand");
    this.performer = performer;
    this.segment = segment;
    setDaemon(true);
  }

  @Override
  public void run() {
    try {
      reply = performer.perform(segment);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /** Waits for what came of it. An interruption waits too: the kernel's answer cannot be missed. */
  Reply await() {
    boolean interrupted = false;
    while (true) {
      try {
        join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
    if (reply == null) {
      throw new IllegalStateException("performed, without a reply");
    }
    return reply;
  }
}
