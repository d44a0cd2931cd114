package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.concurrent.Semaphore;

/**
 * How many containers an engine starts at the same time. A start is work of processors alone, most
 * of it the kernel's and under locks of which there is one: more at once only get into each other's
 * way, and 64 together took a third longer than one behind the other in turns. What runs already
 * does not count.
 */
final class Turns {
  private static final int FOR_EACH_PROCESSOR = 4;

  private final Semaphore free =
      new Semaphore(FOR_EACH_PROCESSOR * Runtime.getRuntime().availableProcessors());

  /** A turn, until it is closed. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits for a turn.
   *
   * @throws MydockerException CONFLICT if this thread is interrupted
   */
  Turn take() {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MydockerException.of(
          Category.CONFLICT, "start a container", "", "interrupted", null, e);
    }
    return free::release;
  }
}
