package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Tried;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Waits until a container is ready for something. */
final class Waiting {
  private final Workbench bench;
  private final ContainerRecord record;

  Waiting(Workbench bench, String id) {
    this.bench = bench;
    this.record = bench.containers().read(id);
  }

  /** Waits for a line of the output since the last start. */
  LogLine output(Predicate<LogLine> wanted, Duration limit) {
    String what = "wait for output of container " + record.name();
    Deadline deadline = Deadline.in(what, limit);
    RunRecord run = record.run();
    LogQuery query = new LogQuery(-1, run == null ? 0 : run.started(), 0, true, true);
    try (LogFollower lines = new LogFollower(bench, record, query, true)) {
      while (hasNext(lines, deadline)) {
        LogLine line = lines.next();
        if (wanted.test(line)) {
          return line;
        }
      }
    }
    throw ended(what);
  }

  private boolean hasNext(LogFollower lines, Deadline deadline) {
    try {
      return lines.hasNext(deadline);
    } catch (MydockerException e) {
      throw e.category() == Category.TIMEOUT ? expired(deadline) : e;
    }
  }

  /** Runs a command until it succeeds. */
  void healthy(Container container, ExecSpec command, Duration interval, Duration limit) {
    String what =
        "wait for " + String.join(" ", command.command()) + " in container " + record.name();
    Deadline deadline = Deadline.in(what, limit);
    try {
      while (true) {
        ProcessIo io = ProcessIo.NONE.limit(deadline.remaining());
        if (container.exec(command, io).succeeded()) {
          return;
        }
        deadline.check();
        Duration left = deadline.remaining();
        TimeUnit.NANOSECONDS.sleep((interval.compareTo(left) < 0 ? interval : left).toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Tried.of(what).failed(Category.INTERRUPTED, "interrupted", null, e);
    } catch (MydockerException e) {
      if (e.category() == Category.TIMEOUT) {
        throw expired(deadline);
      }
      if (e.category() == Category.CONFLICT || e.category() == Category.NOT_FOUND) {
        MydockerException ended = ended(what);
        ended.addSuppressed(e);
        throw ended;
      }
      throw e;
    }
  }

  /** It has ended: how, and what it said last. */
  private MydockerException ended(String what) {
    String how;
    try {
      Exit exit = new Lifecycle(bench, record.id()).await(Deadline.NEVER);
      how = "it has ended with exit code " + exit.shellCode();
    } catch (MydockerException e) {
      if (e.category() != Category.NOT_FOUND) {
        throw e;
      }
      how = "it has ended and is removed";
    }
    return withOutput(Tried.of(what).failed(Category.CONFLICT, how));
  }

  private MydockerException expired(Deadline deadline) {
    return withOutput(deadline.expired());
  }

  private MydockerException withOutput(MydockerException error) {
    return LastOutput.in(error, bench, record);
  }
}
