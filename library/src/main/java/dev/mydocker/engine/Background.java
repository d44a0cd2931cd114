package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Work of an engine that its caller does not wait for; its end waits for all of it. */
final class Background implements AutoCloseable {
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** Does something in a thread and with a performer of its own. */
  void run(Engine engine, Consumer<Workbench> task) {
    Thread thread =
        Thread.ofVirtual()
            .name("mydocker-background")
            .unstarted(
                () -> {
                  try (Workbench bench = engine.bench()) {
                    task.accept(bench);
                  } catch (MydockerException e) {
                    System.getLogger(Background.class.getName())
                        .log(System.Logger.Level.WARNING, e.getMessage());
                  } finally {
                    threads.remove(Thread.currentThread());
                  }
                });
    threads.add(thread);
    thread.start();
  }

  @Override
  public void close() {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          // The caller's, for after this: what was begun is ended first.
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
