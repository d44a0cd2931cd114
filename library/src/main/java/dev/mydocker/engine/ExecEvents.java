package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/**
 * What is told of one process that {@code exec} starts, where somebody listens ({@link
 * EventLog#isHeard}). Its end is told by its monitor, which performs a {@code cleanup.plan} as that
 * of a container does.
 *
 * <p>The plan lies in a file system of its own that is mounted nowhere: it is there as long as the
 * monitor has its descriptor, whoever is killed when, and also where the container and its
 * directories have gone before.
 */
final class ExecEvents implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String PLAN = "cleanup.plan";

  private final Workbench bench;
  private final FileWorker files;
  private final ContainerRecord record;
  private final String exec;
  private final String command;
  private final int directory;
  private final int lock;
  private final long begun;

  private ExecEvents(
      Workbench bench,
      ContainerRecord record,
      String exec,
      String command,
      int directory,
      int lock,
      long begun) {
    this.bench = bench;
    this.files = bench.files();
    this.record = record;
    this.exec = exec;
    this.command = command;
    this.directory = directory;
    this.lock = lock;
    this.begun = begun;
  }

  /** Tells that it is about to be started. */
  static ExecEvents begin(Workbench bench, ContainerRecord record, String exec, ExecSpec spec) {
    FileWorker files = bench.files();
    String command = String.join(" ", spec.command());
    long now = bench.engine().now();
    EventLog.append(bench, Event.Action.EXEC_CREATE, record, exec, command, now);
    int directory = -1;
    int lock = -1;
    try {
      directory = mount(bench);
      write(files, directory, PLAN, end(bench, record, exec, false));
      write(files, directory, Owners.PLAN, end(bench, record, exec, true));
      lock = files.open(directory, LOCK, Linux.O_RDWR | Linux.O_CREAT, 0600);
      files.lock(lock, true);
    } catch (KernelException e) {
      // As with all events: what cannot be written is not told. The end is not, then.
      close(files, lock, directory);
      directory = -1;
      lock = -1;
    }
    return new ExecEvents(bench, record, exec, command, directory, lock, now);
  }

  private static int mount(Workbench bench) {
    SegmentBuilder b = Segment.builder();
    b.about("events", "make a file system for the plan of its end", "somebody listens to events");
    Value context = b.syscall(Wire.SYS_FSOPEN, b.text("tmpfs"), Value.of(Linux.FSOPEN_CLOEXEC));
    b.syscall(
        Wire.SYS_FSCONFIG,
        context,
        Value.of(Linux.FSCONFIG_CMD_CREATE),
        Value.of(0),
        Value.of(0),
        Value.of(0));
    Value mount =
        b.syscall(Wire.SYS_FSMOUNT, context, Value.of(Linux.FSMOUNT_CLOEXEC), Value.of(0));
    b.syscall(Wire.SYS_CLOSE, context);
    return (int) bench.performer().perform(b.build()).orThrow("mount a tmpfs").result(mount);
  }

  /**
   * @param orphaned whether it was killed because who started it has ended: nothing is recorded
   *     then, and the plan is performed twice
   */
  private static byte[] end(
      Workbench bench, ContainerRecord record, String exec, boolean orphaned) {
    SegmentBuilder b = Segment.builder();
    Value directory = b.placeholder();
    EventLog.addExecEnd(b, directory, bench.directory(), record, exec, orphaned);
    if (orphaned) {
      b.syscall(Wire.SYS_UNLINKAT, directory, b.text(Owners.PLAN), Value.of(0));
      b.ignoringErrors();
    }
    return b.build().message();
  }

  private static void write(FileWorker files, int directory, String name, byte[] content) {
    int file = files.open(directory, name, Linux.O_WRONLY | Linux.O_CREAT, 0600);
    try {
      files.write(file, content);
    } finally {
      files.close(file);
    }
  }

  /** What the monitor needs to tell of the end, or -1. */
  int directory() {
    return directory;
  }

  /**
   * Tells that it executes its command. The monitor tells of the end with our lock, so after us.
   */
  void started() {
    EventLog.append(bench, Event.Action.EXEC_START, record, exec, command, begun);
  }

  /** Nothing more is told of it: it could not be started. */
  void failed() {
    if (directory >= 0) {
      files.unlink(directory, PLAN);
      files.unlink(directory, Owners.PLAN);
    }
  }

  @Override
  public void close() {
    close(files, lock, directory);
  }

  private static void close(FileWorker files, int lock, int directory) {
    if (lock >= 0) {
      files.close(lock);
    }
    if (directory >= 0) {
      files.close(directory);
    }
  }
}
