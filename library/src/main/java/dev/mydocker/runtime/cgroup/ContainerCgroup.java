package dev.mydocker.runtime.cgroup;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.spec.LinuxCpu;
import dev.mydocker.oci.spec.LinuxMemory;
import dev.mydocker.oci.spec.LinuxResources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A container's cgroup that exists: what commands do with it. */
public final class ContainerCgroup {
  private static final int LIMIT = 1 << 24;
  private static final int STATX_NLINK = 4;
  private static final int STATX_SIZE = 256;
  private static final int STATX_NLINK_AT = 16;

  private final FileWorker files;
  private final CgroupPaths paths;

  /**
   * @param paths as they are in the container's state
   */
  public ContainerCgroup(FileWorker files, CgroupPaths paths) {
    this.files = files;
    this.paths = paths;
  }

  /** Where it is. */
  public CgroupPaths paths() {
    return paths;
  }

  /** What tells it from a later one of its name; 0 if it is gone. */
  public long identity() {
    return files.status(Linux.AT_FDCWD, paths.members().path()).map(FileStatus::inode).orElse(0L);
  }

  /** The processes in it and in the cgroups below, in no order; none if it is gone. */
  public List<Integer> pids() {
    List<Integer> pids = new ArrayList<>();
    addPids(paths.members().path(), pids);
    return pids;
  }

  private void addPids(String path, List<Integer> pids) {
    int directory;
    try {
      directory = files.open(Linux.AT_FDCWD, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT) {
        return;
      }
      throw e;
    }
    try {
      String text = Bytes.decode(files.read(directory, "cgroup.procs", LIMIT));
      for (String line : text.split("\n")) {
        if (!line.isEmpty()) {
          pids.add(Integer.parseInt(line));
        }
      }
      for (FileWorker.Entry entry : files.list(directory)) {
        if (entry.type() == 4) {
          addPids(path + "/" + entry.name(), pids);
        }
      }
    } catch (KernelException e) {
      // Reading from a cgroup that is being removed, or was.
      if (e.error() != Errno.ENODEV && e.error() != Errno.ENOENT) {
        throw e;
      }
    } finally {
      files.close(directory);
    }
  }

  /** Holds all its processes still; returns when they are, with false if they have ended. */
  public boolean freeze() {
    return new Freezer(files, paths).freeze();
  }

  /** Lets its processes go on; false if they have ended. */
  public boolean thaw() {
    return new Freezer(files, paths).thaw();
  }

  /** Whether its processes are held still. */
  public boolean frozen() {
    return frozen(files, Freezer.stateFile(paths));
  }

  /**
   * The file that tells whether the processes of a container are held still; empty where none does.
   */
  public static String freezerFile(CgroupPaths paths) {
    return paths.version() == CgroupVersion.V2 || paths.directory("freezer").isPresent()
        ? Freezer.stateFile(paths)
        : "";
  }

  /** Whether a {@link #freezerFile} says that they are. */
  public static boolean frozen(FileWorker files, String freezerFile) {
    return Freezer.frozen(files, freezerFile);
  }

  /** Whether this is what a {@link #freezerFile} says then. */
  public static boolean saysFrozen(byte[] content) {
    return Freezer.saysFrozen(content);
  }

  /** Ends all its processes, whatever they do about it. */
  public void kill() {
    SegmentBuilder b = Segment.builder();
    addKill(b);
    files.performer().perform(b.build()).orThrow("kill cgroup " + paths.members().path());
  }

  private void addKill(SegmentBuilder b) {
    CgroupDirectory members = paths.members();
    Label gone = new Label();
    Value directory =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(Linux.AT_FDCWD),
            b.text(members.path()),
            Value.of(Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_CLOEXEC),
            Value.of(0));
    b.jumpingTo(gone, Errno.ENOENT);
    b.operation(Wire.OP_KILL_CGROUP, directory, Value.of(members.unified() ? 1 : 0));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, directory);
    b.here(gone);
  }

  /**
   * Removes it in every hierarchy, with the cgroups below, and those above that are empty then. Its
   * processes must have ended, or be about to.
   */
  public void remove() {
    for (CgroupDirectory directory : paths.directories()) {
      SegmentBuilder b = Segment.builder();
      b.operation(
          Wire.OP_REMOVE_CGROUP, Value.of(Linux.AT_FDCWD), b.text(directory.path()), Value.of(1));
      files.performer().perform(b.build()).orThrow("remove cgroup " + directory.path());
      removeEmptied(files, directory);
    }
  }

  static void removeEmptied(FileWorker files, CgroupDirectory directory) {
    SegmentBuilder b = Segment.builder();
    for (String parent : directory.emptied()) {
      addRemoveDirectory(b, parent);
    }
    files.performer().perform(b.build()).orThrow("remove what is above " + directory.path());
  }

  private static Value addRemoveDirectory(SegmentBuilder b, String path) {
    Value place = b.text(path);
    Value removed =
        b.syscall(Wire.SYS_UNLINKAT, Value.of(Linux.AT_FDCWD), place, Value.of(Linux.AT_REMOVEDIR));
    b.ignoringErrors();
    return removed;
  }

  /**
   * Adds to a plan what {@link #kill} and {@link #remove} do, for a process that performs it when
   * the container has ended. Nothing in it stops the plan.
   */
  public void addCleanup(SegmentBuilder b) {
    addCleanup(b, paths.directories());
  }

  /**
   * The same, where somebody else removes the cgroup in some hierarchies once it is empty.
   *
   * @param ours where it is removed
   */
  public void addCleanup(SegmentBuilder b, List<CgroupDirectory> ours) {
    addKill(b);
    for (CgroupDirectory directory : ours) {
      b.operation(
          Wire.OP_REMOVE_CGROUP, Value.of(Linux.AT_FDCWD), b.text(directory.path()), Value.of(1));
      b.ignoringErrors();
      for (String parent : directory.emptied()) {
        addRemoveDirectory(b, parent);
      }
    }
  }

  /**
   * Adds to a plan that a monitor performs at its end: if no container is left beside the monitors'
   * cgroup, the monitor leaves it for where it came from and removes it.
   *
   * @param monitors from {@link CgroupLayout#placeMonitors}
   */
  public static void addMonitorsCleanup(SegmentBuilder b, CgroupPaths monitors) {
    for (CgroupDirectory directory : monitors.directories()) {
      addRemoveMonitors(b, directory, true);
    }
  }

  /**
   * Removes the monitors' cgroup if nothing is left beside it, for a process that is not in it:
   * after a start that failed.
   */
  public static void removeMonitors(FileWorker files, CgroupPaths monitors) {
    SegmentBuilder b = Segment.builder();
    for (CgroupDirectory directory : monitors.directories()) {
      addRemoveMonitors(b, directory, false);
    }
    files.performer().perform(b.build()).orThrow("remove the monitors' cgroup");
  }

  private static void addRemoveMonitors(
      SegmentBuilder b, CgroupDirectory directory, boolean leaving) {
    Label alone = new Label();
    Label skip = new Label();
    String path = directory.path();
    Value status = b.room(STATX_SIZE);
    b.syscall(
        Wire.SYS_STATX,
        Value.of(Linux.AT_FDCWD),
        b.text(path.substring(0, path.lastIndexOf('/'))),
        Value.of(0),
        Value.of(STATX_NLINK),
        status);
    b.jumpingTo(skip);
    // A directory has two links, and one more for each below: here, the monitors' alone.
    b.jump(alone, b.load(status.plus(STATX_NLINK_AT), 4), -1, 3);
    b.jump(skip, Value.of(0), 0, 0);
    b.here(alone);
    if (leaving) {
      addLeave(b, directory, skip);
    }
    addPatientRemove(b, path);
    for (String parent : directory.emptied()) {
      addRemoveDirectory(b, parent);
    }
    b.here(skip);
  }

  private static void addLeave(SegmentBuilder b, CgroupDirectory directory, Label impossible) {
    String home = directory.mountPoint() + directory.home();
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(Linux.AT_FDCWD),
            b.text(home + (directory.unified() ? "/cgroup.procs" : "/tasks")),
            Value.of(Linux.O_WRONLY | Linux.O_CLOEXEC),
            Value.of(0));
    b.jumpingTo(impossible);
    b.syscall(Wire.SYS_WRITE, file, b.text("0"), Value.of(1));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, file);
    b.ignoringErrors();
  }

  /** Tries for a quarter of a second: other monitors may be about to end as well. */
  private static void addPatientRemove(SegmentBuilder b, String path) {
    Label done = new Label();
    for (long milliseconds = 1; milliseconds <= 128; milliseconds *= 2) {
      Value removed = addRemoveDirectory(b, path);
      b.jump(done, removed, -1, 0);
      b.jump(done, removed, -1, -Errno.ENOENT);
      b.syscall(Wire.SYS_NANOSLEEP, b.longs(0, milliseconds * 1_000_000), Value.of(0));
      b.ignoringErrors();
    }
    b.here(done);
  }

  /**
   * Changes the limits that are given and leaves the others. On v2 this does not change device
   * rules, which are a program there.
   */
  public void update(LinuxResources resources) {
    boolean v2 = paths.version() == CgroupVersion.V2;
    List<CgroupWrite> writes = v2 ? LimitsV2.of(completed(resources)) : LimitsV1.of(resources);
    if (v2) {
      checkUse(resources.memory());
    }
    CgroupBatch batch = write(writes);
    MydockerException missing = batch.missing();
    // Pairs that must be in order at each moment (memory below memory+swap; quota, period and
    // burst) are raised from one end and lowered from the other: what was refused may be right now.
    List<CgroupWrite> refused = batch.refused();
    while (!refused.isEmpty() && refused.size() < writes.size()) {
      writes = refused;
      batch = write(writes);
      refused = batch.refused();
    }
    MydockerException failure = refused.isEmpty() ? missing : batch.failure();
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * What limits are as content of the cgroup's files, by their names; of files with a line for each
   * device the last one.
   */
  public Map<String, String> files(LinuxResources resources) {
    boolean v2 = paths.version() == CgroupVersion.V2;
    Map<String, String> content = new LinkedHashMap<>();
    for (CgroupWrite write : v2 ? LimitsV2.of(resources) : LimitsV1.of(resources)) {
      content.put(write.file(), write.value());
    }
    return content;
  }

  private CgroupBatch write(List<CgroupWrite> writes) {
    CgroupBatch batch = new CgroupBatch(paths);
    batch.write(writes);
    batch.perform(files);
    return batch;
  }

  /**
   * The same limits, with what of them must be written together: on v2 quota and period are one
   * file, and a period alone must not end the quota.
   */
  public LinuxResources completed(LinuxResources resources) {
    LinuxCpu cpu = resources.cpu();
    if (paths.version() != CgroupVersion.V2
        || cpu == null
        || cpu.quota() != null
        || !LimitChecks.given(cpu.period())) {
      return resources;
    }
    String now = readText("cpu.max");
    String quota = now.substring(0, Math.max(0, now.indexOf(' ')));
    if (quota.isEmpty() || quota.equals("max")) {
      return resources;
    }
    LinuxCpu complete =
        new LinuxCpu(
            cpu.shares(),
            Long.valueOf(quota),
            cpu.burst(),
            cpu.period(),
            cpu.realtimeRuntime(),
            cpu.realtimePeriod(),
            cpu.cpus(),
            cpu.mems(),
            cpu.idle(),
            cpu.rest());
    return resources.toBuilder().cpu(complete).build();
  }

  /** With {@code checkBeforeUpdate}, v2 would end processes where v1 refuses the limit. */
  private void checkUse(@Nullable LinuxMemory memory) {
    if (memory == null || memory.checkBeforeUpdate() == null || !memory.checkBeforeUpdate()) {
      return;
    }
    String used = readText("memory.current").strip();
    Long limit = memory.limit();
    if (limit != null && limit > 0 && !used.isEmpty() && Long.parseLong(used) > limit) {
      throw MydockerException.of(
          Category.CONFLICT,
          "set memory limit of container",
          paths.name() + " to " + limit,
          "it uses " + used);
    }
  }

  private String readText(String file) {
    return files
        .readIfThere(Linux.AT_FDCWD, paths.members().file(file))
        .map(Bytes::decode)
        .orElse("");
  }

  /** How often the kernel ended a process of it for want of memory. */
  public long oomKills() {
    return CgroupStats.oomKills(files, paths);
  }

  /** What it uses now. */
  public CgroupStats stats() {
    return CgroupStats.read(files, paths);
  }
}
