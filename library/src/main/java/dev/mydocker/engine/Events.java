package dev.mydocker.engine;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.ObjectReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What happens to an engine's containers from now on, whoever does it; see {@link Engine#events}.
 * One thread uses it at a time; it waits for the kernel to tell, and may be interrupted.
 */
public final class Events implements AutoCloseable {
  private static final long IN_MODIFY = 0x2;
  private static final long IN_MOVED_TO = 0x80;
  private static final long IN_CREATE = 0x100;
  private static final int NONBLOCK = 04000;
  private static final int CLOEXEC = 02000000;
  private static final int CHUNK = 1 << 16;
  private static final int REMEMBERED = 256;

  private final Workbench bench;
  private final FileWorker files;
  private final StateDirectory directory;
  private final int notify;
  private final Deque<Event> events = new ArrayDeque<>();

  /** Ends that were told of: a clean-up that is done twice tells twice. */
  private final Set<String> ends = new LinkedHashSet<>();

  /** The file that is written to, and the one before, to which somebody may still be writing. */
  private final List<Part> parts = new ArrayList<>();

  /** A file that is read on from an offset, and the beginning of an event that is not whole. */
  private static final class Part {
    final int file;
    final long inode;
    long offset;
    byte[] begun = new byte[0];

    Part(int file, long inode, long offset) {
      this.file = file;
      this.inode = inode;
      this.offset = offset;
    }
  }

  Events(Workbench bench) {
    this.bench = bench;
    this.files = bench.files();
    this.directory = bench.directory();
    files.makeDirectories(FileWorker.HOST, directory.root(), 0700);
    this.notify = watch();
    listen();
    open().ifPresent(part -> part.offset = files.status(part.file).size());
  }

  private int watch() {
    SegmentBuilder b = Segment.builder();
    Value notifier = b.syscall(Wire.SYS_INOTIFY_INIT1, Value.of(NONBLOCK | CLOEXEC));
    b.syscall(
        Wire.SYS_INOTIFY_ADD_WATCH,
        notifier,
        b.text(directory.root()),
        Value.of(IN_MODIFY | IN_MOVED_TO | IN_CREATE));
    return (int)
        bench.performer().perform(b.build()).orThrow("watch " + directory.root()).result(notifier);
  }

  /** The descriptor closes with our co-process, however that ends. */
  private void listen() {
    SegmentBuilder b = Segment.builder();
    Value ear = b.text(EventLog.ear(directory));
    b.syscall(
        Wire.SYS_MKNODAT,
        Value.of(FileWorker.HOST),
        ear,
        Value.of(Linux.S_IFIFO | 0600),
        Value.of(0));
    b.tolerating(Errno.EEXIST);
    b.syscall(
        Wire.SYS_OPENAT,
        Value.of(FileWorker.HOST),
        ear,
        Value.of(Linux.O_RDONLY | Linux.O_NONBLOCK | Linux.O_NOFOLLOW | Linux.O_CLOEXEC),
        Value.of(0));
    bench.performer().perform(b.build()).orThrow("listen at " + EventLog.ear(directory));
  }

  /** Opens the present file, if it is another than before. */
  private Optional<Part> open() {
    Optional<FileStatus> there = files.status(FileWorker.HOST, EventLog.path(directory));
    if (there.isEmpty() || !parts.isEmpty() && parts.getLast().inode == there.get().inode()) {
      return Optional.empty();
    }
    int file;
    try {
      file = files.open(FileWorker.HOST, EventLog.path(directory), Linux.O_RDONLY, 0);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
    if (parts.size() == 2) {
      files.close(parts.removeFirst().file);
    }
    Part part = new Part(file, files.status(file).inode(), 0);
    parts.add(part);
    return Optional.of(part);
  }

  /** Waits for the next event. */
  public Event next() {
    return next(Deadline.NEVER).orElseThrow();
  }

  /** Waits for the next event; nothing if there is none within the time. */
  public Optional<Event> next(Duration limit) {
    return next(Deadline.in("wait for an event", limit));
  }

  private Optional<Event> next(Deadline deadline) {
    while (events.isEmpty()) {
      for (Part part : parts) {
        read(part);
      }
      if (open().isEmpty() && events.isEmpty()) {
        if (deadline.isOver()) {
          return Optional.empty();
        }
        await(deadline);
      }
    }
    return Optional.of(events.remove());
  }

  private void await(Deadline deadline) {
    SegmentBuilder b = Segment.builder();
    Value polled = b.longs(notify | Linux.POLLIN << 32);
    Value time = deadline.addTo(b);
    b.syscall(Wire.SYS_PPOLL, polled, Value.of(1), time, Value.of(0), Value.of(0));
    b.syscall(Wire.SYS_READ, Value.of(notify), b.room(CHUNK), Value.of(CHUNK));
    b.tolerating(Errno.EAGAIN);
    bench.performer().perform(b.build()).orThrow("wait for an event");
  }

  private void read(Part part) {
    while (true) {
      byte[] more = files.readAt(part.file, part.offset, CHUNK);
      if (more.length == 0) {
        return;
      }
      part.offset += more.length;
      byte[] bytes = Arrays.copyOf(part.begun, part.begun.length + more.length);
      System.arraycopy(more, 0, bytes, part.begun.length, more.length);
      int from = 0;
      for (int i = part.begun.length; i < bytes.length; i++) {
        if (bytes[i] == 0) {
          add(Arrays.copyOfRange(bytes, from, i));
          from = i + 1;
        }
      }
      part.begun = Arrays.copyOfRange(bytes, from, bytes.length);
    }
  }

  private void add(byte[] json) {
    if (json.length == 0) {
      return;
    }
    Optional<Event> event = Json.decode(json, EventLog.path(directory), Events::decode);
    if (event.isEmpty()) {
      return;
    }
    Event told = event.get();
    String end = told.action() + " " + told.id() + " " + told.exec() + " " + told.time();
    if (told.exit() != null && !ends.add(end)) {
      return;
    }
    if (ends.size() > REMEMBERED) {
      ends.remove(ends.iterator().next());
    }
    events.add(told);
  }

  /** Nothing for what only a newer version knows. */
  private static Optional<Event> decode(ObjectReader in) {
    String word = in.string("action");
    String id = in.string("id");
    String name = in.string("name");
    String time = in.optionalString("time");
    String detail = in.optionalString("detail");
    String exec = in.optionalString(EventLog.EXEC);
    ExitRecord end = in.optionalObject("exit", ExitRecord::read);
    for (Event.Action action : Event.Action.values()) {
      if (action.name().equals(word)) {
        Exit exit = end == null || action == Event.Action.DESTROY ? null : exit(end);
        return Optional.of(
            new Event(time(time, end), action, id, name, exit, orEmpty(detail), orEmpty(exec)));
      }
    }
    return Optional.empty();
  }

  /** Of an end that nobody recorded it is when we hear of it. */
  private static Instant time(@Nullable String time, @Nullable ExitRecord end) {
    if (end != null) {
      return end.finished() == 0 ? Instant.now() : Times.instant(end.finished());
    }
    return Times.instant(time == null ? 0 : Times.parse("time", time));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static Exit exit(ExitRecord end) {
    return end.code() < 0
        ? new Exit.Unknown("its monitor could not see it")
        : Exit.of(end.code(), end.signal());
  }

  @Override
  public void close() {
    bench.close();
  }
}
