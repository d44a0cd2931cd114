package dev.mydocker.runtime.cgroup;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Value;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.runtime.security.DeviceFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A container's cgroup that has just been made, with its limits, and the descriptors by which its
 * processes and its monitor join. Closing closes these; the cgroup stays.
 */
public final class NewCgroup implements AutoCloseable {
  private static final int ATTEMPTS = 50;

  private final FileWorker files;
  private final CgroupPaths paths;
  private final CgroupJoin join;
  private final @Nullable CgroupJoin monitorJoin;
  private final int oomEvents;

  private NewCgroup(
      FileWorker files,
      CgroupPaths paths,
      CgroupJoin join,
      @Nullable CgroupJoin monitorJoin,
      int oomEvents) {
    this.files = files;
    this.paths = paths;
    this.join = join;
    this.monitorJoin = monitorJoin;
    this.oomEvents = oomEvents;
  }

  /**
   * Makes a container's cgroup in every hierarchy and sets its limits, before any process is in it;
   * all in one segment. If anything fails, nothing is left.
   *
   * @param paths where, from {@link CgroupLayout#place}
   * @param monitors the monitors' cgroup, from {@link CgroupLayout#placeMonitors}, to be made if it
   *     is missing; or null for a container without a monitor
   * @param resources the limits; without device rules every device is allowed
   * @throws MydockerException naming the limit, the file, the value and the kernel's cause
   */
  public static NewCgroup create(
      FileWorker files,
      CgroupPaths paths,
      @Nullable CgroupPaths monitors,
      LinuxResources resources) {
    List<CgroupWrite> writes = writes(paths, resources);
    byte[] deviceProgram = filter(paths, resources);
    for (int attempt = 1; ; attempt++) {
      Attempt made =
          new Attempt(files, paths, paths.directories(), false, monitors, writes, deviceProgram);
      MydockerException failure = made.batch.failure();
      if (failure == null) {
        return made.done();
      }
      made.undo(failure);
      if (monitors != null) {
        ContainerCgroup.removeMonitors(files, monitors);
      }
      int error = failure instanceof KernelException kernel ? kernel.error() : 0;
      if (error == Errno.EEXIST) {
        made.removeStale();
      }
      // Somebody's last container went in this moment, and took the empty cgroup above along.
      boolean gone = error == Errno.ENOENT || error == Errno.ENODEV;
      if (attempt == ATTEMPTS || error != Errno.EEXIST && !gone) {
        throw failure;
      }
    }
  }

  /**
   * Takes a cgroup that somebody has made, and sets its limits. If anything fails, nothing is open.
   *
   * @param ours in which hierarchies it is to be made nevertheless, if it is missing
   * @throws MydockerException as of {@link #create}
   */
  public static NewCgroup within(
      FileWorker files, CgroupPaths paths, List<CgroupDirectory> ours, LinuxResources resources) {
    Attempt made =
        new Attempt(
            files, paths, ours, true, null, writes(paths, resources), filter(paths, resources));
    MydockerException failure = made.batch.failure();
    if (failure != null) {
      made.done().close();
      throw failure;
    }
    return made.done();
  }

  private static List<CgroupWrite> writes(CgroupPaths paths, LinuxResources resources) {
    return paths.version() == CgroupVersion.V2 ? LimitsV2.of(resources) : LimitsV1.of(resources);
  }

  private static byte[] filter(CgroupPaths paths, LinuxResources resources) {
    boolean filtered = paths.version() == CgroupVersion.V2 && !resources.devices().isEmpty();
    return filtered ? DeviceFilter.program(resources.devices()) : new byte[0];
  }

  /** Where it is. */
  public CgroupPaths paths() {
    return paths;
  }

  /** How the container's processes join it. */
  public CgroupJoin join() {
    return join;
  }

  /** How its monitor joins the monitors' cgroup, if it has one. */
  public Optional<CgroupJoin> monitorJoin() {
    return Optional.ofNullable(monitorJoin);
  }

  /**
   * A descriptor of the file whose line {@code oom_kill} counts; nothing if memory is not ruled.
   */
  public OptionalInt oomEvents() {
    return oomEvents < 0 ? OptionalInt.empty() : OptionalInt.of(oomEvents);
  }

  @Override
  public void close() {
    List<Integer> all = join.descriptors();
    if (monitorJoin != null) {
      all.addAll(monitorJoin.descriptors());
    }
    if (oomEvents >= 0) {
      all.add(oomEvents);
    }
    files.close(all);
  }

  /** One performed attempt. */
  private static final class Attempt {
    private final FileWorker files;
    private final CgroupPaths paths;
    private final CgroupBatch batch;
    private final List<Value> made = new ArrayList<>();
    private final CgroupJoin.Request join;
    private final CgroupJoin.@Nullable Request monitorJoin;
    private @Nullable Value oomEvents;

    Attempt(
        FileWorker files,
        CgroupPaths paths,
        List<CgroupDirectory> ours,
        boolean mayExist,
        @Nullable CgroupPaths monitors,
        List<CgroupWrite> writes,
        byte[] deviceProgram) {
      this.files = files;
      this.paths = paths;
      batch = new CgroupBatch(paths);
      batch.about(
          "make the container's cgroup", "what its processes use is counted and limited there");
      for (CgroupDirectory directory : ours) {
        if (mayExist) {
          batch.makeAll(directory);
        } else {
          batch.makeParents(directory);
          made.add(batch.make(directory));
        }
      }
      batch.write(writes);
      batch.about("open the cgroup to join it", "a process joins by itself: moving it costs 10 ms");
      join = new CgroupJoin.Request(batch, paths, true);
      Value unified = join.directory();
      if (deviceProgram.length > 0 && unified != null) {
        batch.about("attach the device filter", "a program decides which devices may be opened");
        DeviceProgram.attach(batch, unified, deviceProgram, paths.members().path());
      }
      paths.directory("memory").ifPresent(memory -> oomEvents = batch.openIfThere(events(memory)));
      if (monitors == null) {
        monitorJoin = null;
      } else {
        batch.about("make the monitors' cgroup", "a monitor is not held to its container's limits");
        for (CgroupDirectory directory : monitors.directories()) {
          batch.makeAll(directory);
        }
        monitorJoin = new CgroupJoin.Request(batch, monitors, false);
      }
      batch.perform(files);
    }

    private static String events(CgroupDirectory memory) {
      return memory.file(memory.unified() ? "memory.events" : "memory.oom_control");
    }

    private int oomDescriptor() {
      return oomEvents == null ? -1 : Math.max(-1, (int) batch.result(oomEvents));
    }

    NewCgroup done() {
      return new NewCgroup(
          files,
          paths,
          join.join(files),
          monitorJoin == null ? null : monitorJoin.join(files),
          oomDescriptor());
    }

    /** Closes what was opened and removes what was made; a failure to do so goes along. */
    void undo(MydockerException failure) {
      done().close();
      for (int i = 0; i < made.size(); i++) {
        if (batch.result(made.get(i)) == 0) {
          CgroupDirectory directory = paths.directories().get(i);
          try {
            files.removeDirectory(Linux.AT_FDCWD, directory.path());
            ContainerCgroup.removeEmptied(files, directory);
          } catch (MydockerException e) {
            failure.addSuppressed(e);
          }
        }
      }
    }

    /** Removes a cgroup of this name that was left behind. */
    void removeStale() {
      for (CgroupDirectory directory : paths.directories()) {
        try {
          files.removeDirectory(Linux.AT_FDCWD, directory.path());
        } catch (KernelException e) {
          throw MydockerException.of(
              Category.CONFLICT,
              "create cgroup",
              directory.path(),
              "it exists and is in use",
              null,
              e);
        }
      }
    }
  }
}
