package dev.mydocker.runtime.cgroup;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.List;
import java.util.Optional;

/**
 * Waits until the kernel runs out of a container's memory, or until the container ends; woken by
 * the kernel in both cases. On v1 an eventfd is bound to {@code memory.oom_control}, on v2 inotify
 * tells of changes of {@code memory.events}.
 */
public final class MemoryWatch implements AutoCloseable {
  private static final int POLLIN = 1;
  private static final int NONBLOCK_CLOEXEC = 02004000;
  private static final int IN_MODIFY = 2;
  private static final int DRAINED = 4096;
  private static final int REVENTS = 6;

  private final FileWorker files;
  private final CgroupPaths paths;
  private final int process;
  private final int events;
  private long kills;

  /**
   * What has happened.
   *
   * @param outOfMemory whether memory ran out since the last time
   * @param ended whether the container's first process has ended
   */
  public record Happened(boolean outOfMemory, boolean ended) {}

  /**
   * @param process a descriptor of the container's first process, which stays the caller's
   */
  public MemoryWatch(FileWorker files, CgroupPaths paths, int process) {
    this.files = files;
    this.paths = paths;
    this.process = process;
    Optional<CgroupDirectory> memory = paths.directory("memory");
    this.kills = CgroupStats.oomKills(files, paths);
    this.events =
        memory.isEmpty() ? -1 : memory.get().unified() ? notify(memory.get()) : bind(memory.get());
  }

  private int notify(CgroupDirectory memory) {
    SegmentBuilder b = Segment.builder();
    Value opened = b.syscall(Wire.SYS_INOTIFY_INIT1, Value.of(NONBLOCK_CLOEXEC));
    int made = (int) perform(b).result(opened);
    SegmentBuilder add = Segment.builder();
    add.syscall(
        Wire.SYS_INOTIFY_ADD_WATCH,
        Value.of(made),
        add.text(memory.file("memory.events")),
        Value.of(IN_MODIFY));
    return orClose(made, add);
  }

  private int bind(CgroupDirectory memory) {
    SegmentBuilder b = Segment.builder();
    Value opened = b.syscall(Wire.SYS_EVENTFD2, Value.of(0), Value.of(NONBLOCK_CLOEXEC));
    int made = (int) perform(b).result(opened);
    int told = files.open(Linux.AT_FDCWD, memory.file("memory.oom_control"), Linux.O_RDONLY, 0);
    try {
      SegmentBuilder control = Segment.builder();
      Value file =
          control.syscall(
              Wire.SYS_OPENAT,
              Value.of(Linux.AT_FDCWD),
              control.text(memory.file("cgroup.event_control")),
              Value.of(Linux.O_WRONLY | Linux.O_CLOEXEC),
              Value.of(0));
      byte[] order = Bytes.encode(made + " " + told);
      control.syscall(Wire.SYS_WRITE, file, control.bytes(order), Value.of(order.length));
      control.syscall(Wire.SYS_CLOSE, file);
      return orClose(made, control);
    } finally {
      files.close(told);
    }
  }

  private int orClose(int made, SegmentBuilder b) {
    boolean done = false;
    try {
      perform(b);
      done = true;
      return made;
    } finally {
      if (!done) {
        files.close(made);
      }
    }
  }

  private Reply perform(SegmentBuilder b) {
    return files.performer().perform(b.build()).orThrow("watch the memory of " + paths.name());
  }

  /** Waits for one of both, at most so many nanoseconds. */
  public Happened await(long nanos) {
    SegmentBuilder b = Segment.builder();
    Value poll = b.returned(16);
    long wanted = (long) POLLIN << 32;
    b.store(poll, Value.of(process | wanted), 8);
    // A negative descriptor is left out.
    b.store(poll.plus(8), Value.of(events & 0xFFFFFFFFL | wanted), 8);
    b.syscall(
        Wire.SYS_PPOLL,
        poll,
        Value.of(2),
        b.longs(nanos / 1_000_000_000, nanos % 1_000_000_000),
        Value.of(0),
        Value.of(0));
    if (events >= 0) {
      b.syscall(Wire.SYS_READ, Value.of(events), b.room(DRAINED), Value.of(DRAINED));
      b.ignoringErrors();
    }
    Reply reply = perform(b);
    boolean ended = reply.number(poll.plus(REVENTS), 2) != 0;
    boolean told = reply.number(poll.plus(8 + REVENTS), 2) != 0;
    return new Happened(ranOut(told, ended), ended);
  }

  /**
   * v1 tells before it has ended a process, and when the cgroup goes; v2 tells of other changes
   * too, and after the process's end.
   */
  private boolean ranOut(boolean told, boolean ended) {
    if (!told && !ended) {
      return false;
    }
    long now = CgroupStats.oomKills(files, paths);
    boolean more = now > kills;
    kills = Math.max(kills, now);
    if (paths.version() == CgroupVersion.V2) {
      return more;
    }
    return told
        && paths
            .directory("memory")
            .flatMap(each -> files.readIfThere(Linux.AT_FDCWD, each.file("memory.oom_control")))
            .isPresent();
  }

  @Override
  public void close() {
    if (events >= 0) {
      files.close(List.of(events));
    }
  }
}
