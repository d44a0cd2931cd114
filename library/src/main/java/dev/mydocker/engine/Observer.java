package dev.mydocker.engine;

import dev.mydocker.engine.ProcessProbe.Life;
import dev.mydocker.kernel.FileWorker;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a container is doing, from its record and from /proc.
 *
 * <pre>
 *   never started, or only tried to be                    created
 *   its end is recorded                                   exited
 *   init or its monitor runs, in this boot of the machine running, or paused if init is frozen
 *   else                                                  exited, and nobody saw how
 * </pre>
 *
 * <p>Between init's end and its record the monitor is there, so a container counts as running until
 * it is known how it ended. Whoever kills one on cgroup v1 freezes what there is of it for a
 * moment: it is not paused for that.
 */
final class Observer {
  /** Docker's exit code of a container of which nobody knows how it ended. */
  static final int UNKNOWN_CODE = 255;

  private final ProcessProbe probe;
  private final Predicate<RunRecord> frozen;
  private final Function<ContainerRecord, Optional<ContainerRecord>> care;

  /**
   * @param frozen whether the processes of a run are frozen; asked only while it is alive
   * @param care what becomes of a container that lost its monitor: {@link Adopter}
   */
  Observer(
      FileWorker files,
      Predicate<RunRecord> frozen,
      Function<ContainerRecord, Optional<ContainerRecord>> care) {
    this.probe = new ProcessProbe(files);
    this.frozen = frozen;
    this.care = care;
  }

  /** What identifies processes and boots. */
  ProcessProbe probe() {
    return probe;
  }

  /** Returns what a container is doing. */
  Status status(ContainerRecord record) {
    return status(record, life(record));
  }

  private Life life(ContainerRecord record) {
    RunRecord run = record.run();
    return run == null || record.exit() != null ? Life.GONE : probe.life(run);
  }

  private Status status(ContainerRecord record, Life life) {
    RunRecord run = record.run();
    if (run == null) {
      return Status.CREATED;
    }
    if (life == Life.GONE) {
      return Status.EXITED;
    }
    return frozen.test(run) && !probe.isEnding(run.init()) ? Status.PAUSED : Status.RUNNING;
  }

  /**
   * Returns a container whose monitor is there if it runs, and that has been cleaned up behind if
   * it does not: one that lost its monitor is taken care of first. Not for one whose lock this
   * thread holds.
   *
   * @return its record as it is then; nothing if that was to be removed at its end
   */
  Optional<ContainerRecord> tended(ContainerRecord record) {
    return lostItsMonitor(record, life(record)) ? care.apply(record) : Optional.of(record);
  }

  /**
   * Returns whether nobody watches a container that runs, or nobody saw its end. One that a reboot
   * ended keeps what its record says until it is started or repaired, unless it is to be gone.
   */
  boolean lostItsMonitor(ContainerRecord record) {
    return lostItsMonitor(record, life(record));
  }

  private boolean lostItsMonitor(ContainerRecord record, Life life) {
    RunRecord run = record.run();
    return run != null
        && record.exit() == null
        && life != Life.WATCHED
        && (run.bootId().equals(probe.bootId()) || record.spec().removeOnExit());
  }

  /** Returns how a container's last run ended; for one that has ended. */
  ExitRecord end(ContainerRecord record) {
    return end(record.run(), record.exit());
  }

  private ExitRecord end(@Nullable RunRecord run, @Nullable ExitRecord exit) {
    if (exit != null) {
      return exit;
    }
    return ExitRecord.unknown(
        run != null && !run.bootId().equals(probe.bootId())
            ? "the machine was restarted"
            : "its monitor was killed");
  }

  /** Returns what people may know of a container, which is {@linkplain #tended} before. */
  Optional<ContainerInfo> tendedInfo(ContainerRecord record, String directory) {
    Life life = life(record);
    return lostItsMonitor(record, life)
        ? care.apply(record).map(now -> info(now, directory))
        : Optional.of(info(record, life, directory));
  }

  /** Returns what people may know of a container. */
  ContainerInfo info(ContainerRecord record, String directory) {
    return info(record, life(record), directory);
  }

  private ContainerInfo info(ContainerRecord record, Life life, String directory) {
    return info(
        record.head(),
        status(record, life),
        () -> ContainerInfo.Details.of(record, directory),
        directory);
  }

  /**
   * Returns what people may know of a container whose processes the caller has looked at.
   *
   * @param running whether its first process and its monitor run, and are not held still
   */
  ContainerInfo info(
      ContainerHead head,
      boolean running,
      Supplier<ContainerInfo.Details> details,
      String directory) {
    Status status = running ? Status.RUNNING : head.run() == null ? Status.CREATED : Status.EXITED;
    return info(head, status, details, directory);
  }

  private ContainerInfo info(
      ContainerHead head,
      Status status,
      Supplier<ContainerInfo.Details> details,
      String directory) {
    RunRecord run = head.run();
    // One that never ran may have failed to.
    ExitRecord end =
        status == Status.EXITED
            ? end(run, head.exit())
            : status == Status.CREATED ? head.exit() : null;
    return new ContainerInfo(
        head.id(),
        head.name(),
        head.command(),
        head.image(),
        head.imageId(),
        Times.instant(head.created()),
        head.createdLocal(),
        new ContainerInfo.State(
            status,
            run == null || !status.isAlive() ? 0 : run.init().pid(),
            run == null ? null : Times.instant(run.started()),
            end == null || end.finished() == 0 ? null : Times.instant(end.finished()),
            end == null ? 0 : end.code() < 0 ? UNKNOWN_CODE : end.code(),
            end == null ? 0 : end.signal(),
            end != null && end.outOfMemory(),
            end == null ? null : end.problem()),
        details,
        directory);
  }
}
