package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.registry.Refused;
import dev.mydocker.kernel.Tried;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does tasks, some at the same time, each in a thread; the first failure is the whole crew's.
 *
 * <p>No thread is interrupted: that would close the channel of a co-process. They end when they
 * next look whether all is good.
 */
final class Crew {
  /** Something to do. */
  interface Task {
    void run() throws IOException;
  }

  private final String operation;
  private final int atOnce;
  private final Consumer<MydockerException> afterFailure;
  private int next;
  private @Nullable MydockerException failure;
  private volatile boolean interrupted;

  /**
   * @param operation what failures are told of
   * @param afterFailure hears of the first failure
   */
  Crew(String operation, int atOnce, Consumer<MydockerException> afterFailure) {
    this.operation = operation;
    this.atOnce = atOnce;
    this.afterFailure = afterFailure;
  }

  /**
   * Does all tasks.
   *
   * @throws MydockerException the first failure
   */
  void work(List<Task> tasks) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Math.min(atOnce, tasks.size()); i++) {
      threads.add(start("mydocker-transfer-" + i, () -> workOn(tasks)));
    }
    threads.forEach(this::join);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    requireGood();
  }

  private void workOn(List<Task> tasks) {
    for (Task task = take(tasks); task != null; task = take(tasks)) {
      attempt(task);
    }
  }

  private synchronized @Nullable Task take(List<Task> tasks) {
    return failure != null || next == tasks.size() ? null : tasks.get(next++);
  }

  private void attempt(Task task) {
    try {
      task.run();
    } catch (IOException e) {
      fail(Refused.error(operation, e));
    } catch (MydockerException e) {
      fail(told(e));
    } catch (RuntimeException | Error e) {
      fail(Tried.of(operation).failed(Category.INTERNAL, e.toString(), null, e));
    }
  }

  /** An error that says what was to be done, and not only which part of it failed. */
  private MydockerException told(MydockerException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith(operation)
        ? e
        : Tried.of(operation).failed(e.category(), message, e.suggestion().orElse(null), e);
  }

  /** Does a task beside the others, which some of them needs. */
  Thread beside(String name, Task task) {
    return start(name, () -> attempt(task));
  }

  private static Thread start(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name(name).start(work);
  }

  private void fail(MydockerException why) {
    synchronized (this) {
      if (failure != null) {
        return;
      }
      failure = why;
    }
    afterFailure.accept(why);
  }

  /** Ends what one member does when another one has failed. */
  synchronized void requireGood() {
    MydockerException why = failure;
    if (why != null) {
      throw why;
    }
  }

  /** Waits for a thread, also when interrupted: nobody shall work on behind the caller's back. */
  void join(Thread thread) {
    while (true) {
      try {
        thread.join();
        return;
      } catch (InterruptedException e) {
        interrupted = true;
        fail(Tried.of(operation).failed(Category.INTERRUPTED, "interrupted", null, e));
      }
    }
  }
}
