package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import org.jspecify.annotations.Nullable;

/**
 * What a monitor performs when its container has ended, whoever ended it: a segment in the file
 * {@code cleanup.plan}, with the container's directory as its only descriptor, performed under the
 * container's lock. Each instruction may fail without stopping the others, and all of it may be
 * performed twice.
 */
final class CleanupPlan {
  private static final String GROUP = "clean-up";

  private CleanupPlan() {}

  /**
   * @param cgroup the container's
   * @param monitors the monitors', or null
   */
  static byte[] of(
      Workbench bench,
      ContainerRecord record,
      ContainerCgroup cgroup,
      @Nullable CgroupPaths monitors) {
    SegmentBuilder b = Segment.builder();
    add(b, bench, record, cgroup, monitors);
    return b.build().message();
  }

  /**
   * The same plan, which ends with writing its results to a file.
   *
   * @param path a file that exists
   */
  static Segment reporting(
      Workbench bench,
      ContainerRecord record,
      ContainerCgroup cgroup,
      CgroupPaths monitors,
      String path) {
    SegmentBuilder b = Segment.builder();
    add(b, bench, record, cgroup, monitors);
    b.about(GROUP, "report how it went", "only with --explain: else nobody hears of it");
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text(path),
            Value.of(Linux.O_WRONLY | Linux.O_NOFOLLOW | Linux.O_CLOEXEC),
            Value.of(0));
    b.ignoringErrors();
    b.operation(Wire.OP_REPORT, file);
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, file);
    b.ignoringErrors();
    return b.build();
  }

  private static void add(
      SegmentBuilder b,
      Workbench bench,
      ContainerRecord record,
      ContainerCgroup cgroup,
      @Nullable CgroupPaths monitors) {
    StateDirectory directory = bench.directory();
    Value container = b.placeholder();
    b.about(GROUP, "remove the cgroups", "whatever is left in them is killed first");
    cgroup.addCleanup(b);
    b.about(GROUP, "remove its directory below /run", "sockets and FIFOs are of no use any more");
    deleteTree(b, bench.runDirectory(record.id()));
    b.about(GROUP, "tell of the end", "to whoever listens to events");
    EventLog.addEnd(b, container, directory, record, Event.Action.DIE);
    if (record.spec().removeOnExit()) {
      EventLog.addEnd(b, container, directory, record, Event.Action.DESTROY);
      b.about(
          GROUP, "remove the container", "--rm: names first, then its directory with all files");
      addRemoval(b, directory, record);
    } else {
      b.about(GROUP, "put the record of the end in place", "config.json says exited from here on");
      b.syscall(
          Wire.SYS_RENAMEAT2,
          container,
          b.text("config.exited.json"),
          container,
          b.text("config.json"),
          Value.of(0));
      b.ignoringErrors();
      syncExit(b, container);
    }
    if (monitors != null) {
      b.about(GROUP, "remove the monitors' cgroup", "only if this was the last of them");
      ContainerCgroup.addMonitorsCleanup(b, monitors);
    }
  }

  /** Names first, so that nobody finds what is half removed. */
  private static void addRemoval(
      SegmentBuilder b, StateDirectory directory, ContainerRecord record) {
    String gone = directory.containers() + "/" + ContainerStore.GONE + record.id();
    // The other way round, who takes the name in between would lose this link.
    unlink(b, directory.run() + "/" + record.name());
    unlink(b, directory.names() + "/" + record.name());
    b.syscall(
        Wire.SYS_RENAMEAT2,
        Value.of(FileWorker.HOST),
        b.text(directory.container(record.id())),
        Value.of(FileWorker.HOST),
        b.text(gone),
        Value.of(0));
    b.ignoringErrors();
    deleteTree(b, gone);
    String owner = record.owner();
    if (owner != null) {
      unlink(b, Owners.entry(directory, owner, record.id()));
    }
  }

  /**
   * What is performed when the process that owns a container has ended: nothing of it is left.
   *
   * @param cgroup the container's, or null before its first start
   * @param monitors the monitors', or null
   */
  static byte[] ofOrphan(
      StateDirectory directory,
      ContainerRecord record,
      @Nullable ContainerCgroup cgroup,
      @Nullable CgroupPaths monitors) {
    SegmentBuilder b = Segment.builder();
    if (cgroup != null) {
      cgroup.addCleanup(b);
    }
    deleteTree(b, directory.engine() + "/" + record.id());
    addRemoval(b, directory, record);
    if (monitors != null) {
      ContainerCgroup.addMonitorsCleanup(b, monitors);
    }
    return b.build().message();
  }

  /** As {@link #ofOrphan}, for a snapshot. */
  static byte[] ofOrphan(StateDirectory directory, SnapshotRecord snapshot) {
    SegmentBuilder b = Segment.builder();
    deleteTree(b, directory.snapshot(snapshot.id()));
    String owner = snapshot.owner();
    if (owner != null) {
      unlink(b, Owners.entry(directory, owner, SnapshotStore.ownedName(snapshot.id())));
    }
    return b.build().message();
  }

  private static void syncExit(SegmentBuilder b, Value container) {
    Value exit =
        b.syscall(
            Wire.SYS_OPENAT,
            container,
            b.text("exit"),
            Value.of(Linux.O_RDONLY | Linux.O_NOFOLLOW | Linux.O_CLOEXEC),
            Value.of(0));
    b.ignoringErrors();
    b.syscall(Wire.SYS_FSYNC, exit);
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, exit);
    b.ignoringErrors();
  }

  private static void deleteTree(SegmentBuilder b, String path) {
    b.operation(Wire.OP_DELETE_TREE, Value.of(FileWorker.HOST), b.text(path));
    b.ignoringErrors();
  }

  private static void unlink(SegmentBuilder b, String path) {
    b.syscall(Wire.SYS_UNLINKAT, Value.of(FileWorker.HOST), b.text(path), Value.of(0));
    b.ignoringErrors();
  }
}
