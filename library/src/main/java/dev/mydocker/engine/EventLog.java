package dev.mydocker.engine;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where everybody who works on a state directory writes down what happens to its containers: the
 * file {@code events}, JSON objects with a zero byte behind each. An object is one write(2) to a
 * file that is open for appending, so none is torn.
 *
 * <p>It is for those who listen now ({@link Events}): nobody waits for the disk, and what cannot be
 * written is not told. A full file is renamed to {@code events.1}.
 */
final class EventLog {
  private static final String NAME = "/events";
  private static final long FULL = 1 << 20;
  private static final int END = 2;
  private static final int KILL = 9;

  /** The member that tells one process that {@code exec} started from another. */
  static final String EXEC = "exec";

  /** Room for a file {@code exit}, which native/monitor.c writes. */
  private static final int EXIT_LENGTH = 192;

  private EventLog() {}

  static String path(StateDirectory directory) {
    return directory.root() + NAME;
  }

  /** Where events are that were too many for one file. */
  static String rotated(StateDirectory directory) {
    return path(directory) + ".1";
  }

  /** Tells of something that has happened. */
  static void append(Workbench bench, Event.Action action, ContainerRecord record) {
    append(bench, action, record, "", bench.engine().now());
  }

  /**
   * Tells of something that has happened.
   *
   * @param detail as in {@link Event}
   */
  static void append(Workbench bench, Event.Action action, ContainerRecord record, String detail) {
    append(bench, action, record, detail, bench.engine().now());
  }

  /**
   * Tells of something that has happened at a time, in nanoseconds since 1970.
   *
   * @param detail as in {@link Event}
   */
  static void append(
      Workbench bench, Event.Action action, ContainerRecord record, String detail, long time) {
    append(bench, begin(action, record), detail, time);
  }

  /**
   * Tells of something that has happened to a process that {@code exec} starts.
   *
   * @param exec which
   * @param command its command
   */
  static void append(
      Workbench bench,
      Event.Action action,
      ContainerRecord record,
      String exec,
      String command,
      long time) {
    append(bench, begin(action, record).put(EXEC, exec), command, time);
  }

  private static void append(Workbench bench, ObjectWriter event, String detail, long time) {
    event.put("time", Timestamp.rfc3339Nano(time));
    if (!detail.isEmpty()) {
      event.put("detail", detail);
    }
    byte[] json = Json.encode(event.finish());
    StateDirectory directory = bench.directory();
    SegmentBuilder b = Segment.builder();
    Label done = new Label();
    Value file = open(b, directory, done);
    byte[] whole = Arrays.copyOf(json, json.length + 1);
    b.syscall(Wire.SYS_WRITE, file, b.bytes(whole), Value.of(whole.length));
    b.ignoringErrors();
    Value size = b.syscall(Wire.SYS_LSEEK, file, Value.of(0), Value.of(END));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, file);
    b.here(done);
    if (bench.performer().perform(b.build()).result(size) > FULL) {
      rotate(bench.files(), directory);
    }
  }

  /** A FIFO that whoever listens has open: a writer's open fails where nobody has. */
  static String ear(StateDirectory directory) {
    return path(directory) + ".ear";
  }

  /**
   * Returns whether anybody listens. So cheap that what happens often, and would cost something to
   * tell, asks first.
   */
  static boolean isHeard(Workbench bench) {
    if (bench.performer().rehearses()) {
      return false;
    }
    SegmentBuilder b = Segment.builder();
    Label nobody = new Label();
    Value ear =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text(ear(bench.directory())),
            Value.of(Linux.O_WRONLY | Linux.O_NONBLOCK | Linux.O_NOFOLLOW | Linux.O_CLOEXEC),
            Value.of(0));
    b.jumpingTo(nobody);
    b.syscall(Wire.SYS_CLOSE, ear);
    b.here(nobody);
    return bench.performer().perform(b.build()).result(ear) >= 0;
  }

  private static ObjectWriter begin(Event.Action action, ContainerRecord record) {
    return new ObjectWriter()
        .put("action", action.name())
        .put("id", record.id())
        .put("name", record.name());
  }

  private static Value open(SegmentBuilder b, StateDirectory directory, Label impossible) {
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text(path(directory)),
            Value.of(Linux.O_WRONLY | Linux.O_APPEND | Linux.O_CREAT | Linux.O_CLOEXEC),
            Value.of(0600));
    b.jumpingTo(impossible);
    return file;
  }

  /** One of those who find it full renames it. */
  private static void rotate(FileWorker files, StateDirectory directory) {
    int file = files.open(FileWorker.HOST, path(directory), Linux.O_RDONLY, 0);
    try {
      if (files.lock(file, false)) {
        FileStatus status = files.status(file);
        Optional<FileStatus> there = files.status(FileWorker.HOST, path(directory));
        if (status.size() > FULL && there.isPresent() && there.get().inode() == status.inode()) {
          files.rename(FileWorker.HOST, path(directory), FileWorker.HOST, rotated(directory));
        }
      }
    } finally {
      files.close(file);
    }
  }

  /**
   * Adds to the plan that a monitor performs at the end: it tells of that, with the exit record as
   * it stands in the container's directory; nothing if there is none.
   *
   * @param container the container's directory
   */
  static void addEnd(
      SegmentBuilder b,
      Value container,
      StateDirectory directory,
      ContainerRecord record,
      Event.Action action) {
    addEnd(b, container, directory, begin(action, record));
  }

  /**
   * As {@link #addEnd} for a process that {@code exec} started.
   *
   * @param state where its monitor records the end
   * @param orphaned whether it was killed, because who started it has ended, and no record is made
   */
  static void addExecEnd(
      SegmentBuilder b,
      Value state,
      StateDirectory directory,
      ContainerRecord record,
      String exec,
      boolean orphaned) {
    ObjectWriter event = begin(Event.Action.EXEC_DIE, record).put(EXEC, exec);
    if (!orphaned) {
      addEnd(b, state, directory, event);
      return;
    }
    ExitRecord killed = new ExitRecord(128 + KILL, KILL, 0, false, null);
    byte[] json = Json.encode(event.put("exit", killed.toJson()).finish());
    Label impossible = new Label();
    Value file = open(b, directory, impossible);
    b.syscall(
        Wire.SYS_WRITE,
        file,
        b.bytes(Arrays.copyOf(json, json.length + 1)),
        Value.of(json.length + 1));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, file);
    b.ignoringErrors();
    b.here(impossible);
  }

  private static void addEnd(
      SegmentBuilder b, Value container, StateDirectory directory, ObjectWriter told) {
    Label none = new Label();
    Value exit =
        b.syscall(
            Wire.SYS_OPENAT,
            container,
            b.text("exit"),
            Value.of(Linux.O_RDONLY | Linux.O_NOFOLLOW | Linux.O_CLOEXEC),
            Value.of(0));
    b.jumpingTo(none);
    String object = Json.compact(told.finish());
    byte[] before = Bytes.encode(object.substring(0, object.length() - 1) + ",\"exit\":");
    byte[] text = Arrays.copyOf(before, before.length + EXIT_LENGTH + 2);
    Arrays.fill(text, before.length, text.length, (byte) ' ');
    text[text.length - 2] = '}';
    text[text.length - 1] = 0;
    Value event = b.bytes(text);
    b.syscall(Wire.SYS_READ, exit, event.plus(before.length), Value.of(EXIT_LENGTH));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, exit);
    b.ignoringErrors();
    Value file = open(b, directory, none);
    b.syscall(Wire.SYS_WRITE, file, event, Value.of(text.length));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, file);
    b.ignoringErrors();
    b.here(none);
  }
}
