package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A container's log as it grows, until the container has ended and all is read. It waits for the
 * kernel to tell of more (inotify(7)), and for the end to be recorded, after which nothing is added
 * (native/follow.c does the same). A monitor that ends before that was killed: the container gets
 * another one, and the log goes on. No monitor has to know of its log's readers.
 */
final class LogFollower implements Iterator<LogLine>, AutoCloseable {
  private static final long IN_MODIFY = 0x2;
  private static final long IN_MOVED_TO = 0x80;
  private static final long IN_CREATE = 0x100;
  private static final int NONBLOCK = 04000;
  private static final int CLOEXEC = 02000000;
  private static final int NOISE = 4096;

  /** How often a monitor is looked for that must be there. */
  private static final int TRIES = 3;

  /** A line that is longer comes in pieces. */
  private static final int LONGEST = 1 << 20;

  private final Workbench bench;
  private final FileWorker files;
  private final String id;
  private final String directory;
  private final LogReader reader;
  private final LogQuery rest;
  private final int notify;
  private final Deque<LogLine> lines = new ArrayDeque<>();

  /** The process that writes the log; nothing once nobody does. */
  private Optional<InitProcess> monitor;

  private long offset;

  /** Nothing is added to the log any more. */
  private boolean whole;

  /** All of it is read. */
  private boolean over;

  /** Of each stream, what its last line has so far. */
  private final @Nullable LogLine[] begun = new LogLine[2];

  /**
   * @param follow whether to go on while the container runs
   */
  LogFollower(Workbench bench, ContainerRecord record, LogQuery query, boolean follow) {
    this.bench = bench;
    this.files = bench.files();
    this.id = record.id();
    this.directory = bench.directory().container(id);
    this.rest = new LogQuery(-1, query.since(), query.until(), query.stdout(), query.stderr());
    // Both before the log is read: what comes after that is told of.
    this.notify = follow ? watch() : -1;
    this.monitor = follow ? monitor() : Optional.empty();
    this.reader = new LogReader(files, directory);
    reader.read(query, this::add);
    this.offset = reader.end();
    this.over = !follow;
  }

  /** The monitor of a container that has not ended; one that was killed is replaced first. */
  private Optional<InitProcess> monitor() {
    for (int i = 0; i < TRIES; i++) {
      Optional<ContainerRecord> record = recordIfThere();
      RunRecord run = record.map(ContainerRecord::run).orElse(null);
      if (record.isEmpty() || run == null || record.get().exit() != null) {
        return Optional.empty();
      }
      Optional<InitProcess> opened = InitProcess.openMonitor(bench.performer(), run);
      if (opened.isPresent()) {
        return opened;
      }
      // Somebody is about to give it another one, and holds its lock for that.
      bench.containers().lock(id).close();
    }
    throw MydockerException.of(
        Category.CONFLICT,
        "follow the output of container",
        ContainerIds.shortId(id),
        "its monitor is gone");
  }

  private Optional<ContainerRecord> recordIfThere() {
    try {
      return Optional.of(bench.read(id));
    } catch (MydockerException e) {
      if (e.category() == Category.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** As {@link Container#output}. */
  static Stream<LogLine> stream(Engine engine, String id, LogQuery query, boolean follow) {
    Workbench bench = engine.bench();
    boolean opened = false;
    try {
      LogFollower lines = new LogFollower(bench, bench.containers().read(id), query, follow);
      opened = true;
      return StreamSupport.stream(
              Spliterators.spliteratorUnknownSize(lines, Spliterator.ORDERED | Spliterator.NONNULL),
              false)
          .onClose(lines::close)
          .onClose(bench::close);
    } finally {
      if (!opened) {
        bench.close();
      }
    }
  }

  private int watch() {
    SegmentBuilder b = Segment.builder();
    Value notifier = b.syscall(Wire.SYS_INOTIFY_INIT1, Value.of(NONBLOCK | CLOEXEC));
    b.syscall(
        Wire.SYS_INOTIFY_ADD_WATCH,
        notifier,
        b.text(directory),
        Value.of(IN_MODIFY | IN_MOVED_TO | IN_CREATE));
    return (int)
        files.performer().perform(b.build()).orThrow("watch " + directory).result(notifier);
  }

  @Override
  public boolean hasNext() {
    return hasNext(Deadline.NEVER);
  }

  /** Waits until a line is there, or none will come any more; or throws when it is time. */
  boolean hasNext(Deadline deadline) {
    while (lines.isEmpty() && !over) {
      if (drain()) {
        continue;
      }
      // What is there when the end is recorded is all, so it is read once more after that.
      over = whole;
      whole = whole || await(deadline);
    }
    if (over) {
      addBegun();
    }
    return !lines.isEmpty();
  }

  @Override
  public LogLine next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return lines.remove();
  }

  /** The log has a record for each write, and none is longer than a buffer. */
  private void add(LogLine piece) {
    int stream = piece.stderr() ? 1 : 0;
    LogLine before = begun[stream];
    LogLine line = before == null ? piece : before.plus(piece);
    boolean ready = line.isWhole() || line.bytes().length >= LONGEST;
    begun[stream] = ready ? null : line;
    if (ready) {
      lines.add(line);
    }
  }

  private void addBegun() {
    for (int i = 0; i < begun.length; i++) {
      LogLine line = begun[i];
      if (line != null) {
        lines.add(line);
        begun[i] = null;
      }
    }
  }

  /** Reads what is there; whether that was anything. */
  private boolean drain() {
    long before = offset;
    int file = reader.newest();
    // Looked for first: nothing is added to a file after the next one was begun.
    boolean rotated = reader.openNext();
    if (file >= 0) {
      offset = reader.read(file, offset, rest, this::add);
    }
    if (!rotated) {
      return offset != before;
    }
    reader.closeOlder();
    offset = 0;
    return true;
  }

  /** Waits for a change; whether nothing is added to the log any more. */
  private boolean await(Deadline deadline) {
    if (monitor.isEmpty()) {
      return true;
    }
    SegmentBuilder b = Segment.builder();
    Value polled = b.returned(16);
    b.store(polled, Value.of(notify | Linux.POLLIN << 32), 8);
    b.store(polled.plus(8), Value.of(monitor.get().pidfd() | Linux.POLLIN << 32), 8);
    Value time = deadline.addTo(b);
    b.syscall(Wire.SYS_PPOLL, polled, Value.of(2), time, Value.of(0), Value.of(0));
    Value noise = b.room(NOISE);
    b.syscall(Wire.SYS_READ, Value.of(notify), noise, Value.of(NOISE));
    b.tolerating(Errno.EAGAIN);
    Value recorded = exists(b, directory + "/" + ContainerStore.EXIT);
    Value there = exists(b, directory);
    Reply reply = files.performer().perform(b.build()).orThrow("wait for output");
    deadline.check();
    if (reply.result(recorded) == 0 || reply.result(there) != 0) {
      return true;
    }
    if (reply.number(polled.plus(12), 4) >>> 16 != 0) {
      monitor.get().close();
      monitor = Optional.empty();
      monitor = monitor();
    }
    return monitor.isEmpty();
  }

  private static Value exists(SegmentBuilder b, String path) {
    Value found =
        b.syscall(
            Wire.SYS_FACCESSAT2,
            Value.of(FileWorker.HOST),
            b.text(path),
            Value.of(0),
            Value.of(Linux.AT_SYMLINK_NOFOLLOW));
    b.tolerating(Errno.ENOENT);
    return found;
  }

  @Override
  public void close() {
    reader.close();
    monitor.ifPresent(InitProcess::close);
    if (notify >= 0) {
      files.close(notify);
    }
  }
}
