package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.Json;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a container's end by what is recorded of it, for those whom its monitor cannot tell: it
 * has no place for them, or was killed and another one took over. They may be any number.
 *
 * <p>The monitor writes the end to {@code exit.new}, which is then {@code exit}, and which a
 * container with {@code --rm} takes with it: whoever has the file open reads it all the same.
 */
final class EndWatch implements AutoCloseable {
  private static final long IN_MOVED_TO = 0x80;
  private static final long IN_MOVE_SELF = 0x800;
  private static final int NONBLOCK = 04000;
  private static final int CLOEXEC = 02000000;
  private static final int NOISE = 4096;
  private static final int LARGEST = 512;

  /** How often a monitor is looked for that must be there. */
  private static final int TRIES = 3;

  private final Workbench bench;
  private final FileWorker files;
  private final String id;

  /** The container when this began; of the run that it tells of the end is waited for. */
  private final ContainerRecord record;

  private int notify = -1;
  private int file = -1;

  EndWatch(Workbench bench, String id) {
    this.bench = bench;
    this.files = bench.files();
    this.id = id;
    ContainerRecord seen = bench.read(id);
    if (seen.run() == null || seen.exit() != null) {
      record = seen;
      return;
    }
    try (ContainerLock _ = bench.containers().lock(id)) {
      record = bench.containers().read(id);
      // Its clean-up holds this lock: what is opened, or made, here is not made behind it.
      if (record.run() != null && record.exit() == null) {
        String directory = bench.directory().container(id);
        notify = watch(directory);
        file = open(directory + "/exit.new");
      }
    }
  }

  private int watch(String directory) {
    SegmentBuilder b = Segment.builder();
    Value notifier = b.syscall(Wire.SYS_INOTIFY_INIT1, Value.of(NONBLOCK | CLOEXEC));
    b.syscall(
        Wire.SYS_INOTIFY_ADD_WATCH,
        notifier,
        b.text(directory),
        Value.of(IN_MOVED_TO | IN_MOVE_SELF));
    return (int)
        files.performer().perform(b.build()).orThrow("watch " + directory).result(notifier);
  }

  /** Without it (the disk may be full) the end is known as long as the container is there. */
  private int open(String path) {
    try {
      return files.open(
          FileWorker.HOST, path, Linux.O_RDONLY | Linux.O_CREAT | Linux.O_NOFOLLOW, 0600);
    } catch (KernelException e) {
      return -1;
    }
  }

  /**
   * Waits until it has ended and is cleaned up.
   *
   * @throws MydockerException TIMEOUT if it is time before that
   */
  ExitRecord await(Deadline deadline) {
    RunRecord run = record.run();
    ExitRecord before = record.exit();
    if (run == null || before != null) {
      return before != null ? before : new ExitRecord(0, 0, 0, false, null);
    }
    for (int tries = 0; tries < TRIES; tries++) {
      ContainerRecord now = tended();
      if (now == null || isOver(run, now)) {
        return end(run, now);
      }
      Optional<InitProcess> monitor =
          InitProcess.openMonitor(bench.performer(), now.run() == null ? run : now.run());
      if (monitor.isEmpty()) {
        // It has just ended, or somebody is about to give the container another one.
        bench.containers().lock(id).close();
        continue;
      }
      try (InitProcess process = monitor.get()) {
        if (!process.await(Duration.ZERO)) {
          tries = -1;
          pause(process, deadline);
        }
      }
    }
    throw MydockerException.of(
        Category.CONFLICT, "wait for the end of container", record.name(), "its monitor is gone");
  }

  /** Waits until something has changed. */
  private void pause(InitProcess monitor, Deadline deadline) {
    SegmentBuilder b = Segment.builder();
    Value polled = b.longs(notify | Linux.POLLIN << 32, monitor.pidfd() | Linux.POLLIN << 32);
    Value time = deadline.addTo(b);
    b.syscall(Wire.SYS_PPOLL, polled, Value.of(2), time, Value.of(0), Value.of(0));
    b.syscall(Wire.SYS_READ, Value.of(notify), b.room(NOISE), Value.of(NOISE));
    b.tolerating(Errno.EAGAIN);
    bench.performer().perform(b.build()).orThrow("wait for the end of a container");
    deadline.check();
  }

  private @Nullable ContainerRecord tended() {
    try {
      return bench.read(id);
    } catch (MydockerException e) {
      if (e.category() == Category.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  /** Whether all is done at the end of that run: what comes after it counts as well. */
  private static boolean isOver(RunRecord run, ContainerRecord now) {
    RunRecord last = now.run();
    return last == null
        || last.started() != run.started()
        || last.init().pid() != run.init().pid()
        || now.exit() != null && !now.status().equals(ContainerRecord.RUNNING);
  }

  private ExitRecord end(RunRecord run, @Nullable ContainerRecord now) {
    byte[] text = file < 0 ? new byte[0] : files.readAt(file, 0, LARGEST);
    int length = 0;
    while (length < text.length && text[length] != '\n') {
      length++;
    }
    if (length > 0 && length < text.length) {
      return Json.decode(Arrays.copyOf(text, length), "exit", ExitRecord::read);
    }
    RunRecord last = now == null ? null : now.run();
    return now != null && last != null && last.started() == run.started()
        ? bench.observer().end(now)
        : ExitRecord.unknown("nobody saw its end");
  }

  @Override
  public void close() {
    for (int open : new int[] {notify, file}) {
      if (open >= 0) {
        files.close(open);
      }
    }
  }
}
