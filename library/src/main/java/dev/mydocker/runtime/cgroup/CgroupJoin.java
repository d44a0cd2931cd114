package dev.mydocker.runtime.cgroup;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Open descriptors by which a process joins a cgroup by itself.
 *
 * <p>Nobody is moved: writing another process's pid waits some 10 ms for an RCU grace period, as
 * does any write to cgroup.procs. A process with one thread that writes 0 to the {@code tasks} of
 * v1 takes a short way (cgroup_procs_write_start() in the kernel), some 20 µs for a hierarchy; on
 * v2 it is born into the cgroup by clone3(2) with CLONE_INTO_CGROUP.
 */
public final class CgroupJoin implements AutoCloseable {
  private final FileWorker files;
  private final List<Integer> writes;
  private final int directory;

  private CgroupJoin(FileWorker files, List<Integer> writes, int directory) {
    this.files = files;
    this.writes = List.copyOf(writes);
    this.directory = directory;
  }

  /** Joins nothing: the process stays in the cgroups of whoever starts it. */
  public static CgroupJoin none(FileWorker files) {
    return new CgroupJoin(files, List.of(), -1);
  }

  /** Opens the descriptors for a cgroup that exists, for a process that joins it later. */
  public static CgroupJoin open(FileWorker files, CgroupPaths paths) {
    return open(files, new CgroupBatch(paths), paths, true);
  }

  /**
   * Opens the descriptors of the monitors' cgroup for a monitor, which is not born there; makes the
   * cgroup if it is missing.
   *
   * @param paths from {@link CgroupLayout#placeMonitors}
   */
  public static CgroupJoin openMonitors(FileWorker files, CgroupPaths paths) {
    CgroupBatch batch = new CgroupBatch(paths);
    for (CgroupDirectory directory : paths.directories()) {
      batch.makeAll(directory);
    }
    return open(files, batch, paths, false);
  }

  private static CgroupJoin open(
      FileWorker files, CgroupBatch batch, CgroupPaths paths, boolean born) {
    Request request = new Request(batch, paths, born);
    batch.perform(files);
    CgroupJoin join = request.join(files);
    MydockerException failure = batch.failure();
    if (failure != null) {
      join.close();
      throw failure;
    }
    return join;
  }

  /**
   * The same, but into the cgroup of v2's hierarchy that a process is in: a container that made
   * cgroups of its own (a nested systemd, say) can give its controllers to them only while none of
   * its processes is left at the top, and joining that is answered by EBUSY then.
   *
   * @param paths the container's cgroup
   * @param pid its first process
   */
  public static CgroupJoin openBeside(FileWorker files, CgroupPaths paths, int pid) {
    String file = "/proc/" + pid + "/cgroup";
    String place = "";
    for (String line : Bytes.decode(files.read(FileWorker.HOST, file, 1 << 20)).split("\n")) {
      place = line.startsWith("0::") ? line.substring(3) : place;
    }
    List<CgroupDirectory> beside = new ArrayList<>();
    for (CgroupDirectory each : paths.directories()) {
      int at = each.unified() ? place.indexOf(each.cgroup() + "/") : -1;
      beside.add(at < 0 ? each : each.in(place.substring(at)));
    }
    return open(files, new CgroupPaths(paths.version(), beside, paths.rest()));
  }

  /**
   * Descriptors to which the joining process itself writes 0, while it has one thread: {@code
   * tasks} on v1, and {@code cgroup.procs} on v2 for a process that is not born there.
   *
   * <p>ENODEV is the answer of a cgroup that has been removed: it can befall a monitor, when the
   * last one before it ends in this moment.
   */
  public List<Integer> files() {
    return writes;
  }

  /** The descriptor of v2's directory for {@code clone_args.cgroup}, or -1. */
  public int directory() {
    return directory;
  }

  @Override
  public void close() {
    files.close(descriptors());
  }

  /** All that it has open, for whoever closes more in one go. */
  List<Integer> descriptors() {
    List<Integer> all = new ArrayList<>(writes);
    if (directory >= 0) {
      all.add(directory);
    }
    return all;
  }

  /** The openings within a batch, and then their results. */
  static final class Request {
    private final CgroupBatch batch;
    private final List<Value> writes = new ArrayList<>();
    private @Nullable Value directory;

    /**
     * @param born whether the process can be born into v2's cgroup; else it writes to cgroup.procs
     */
    Request(CgroupBatch batch, CgroupPaths paths, boolean born) {
      this.batch = batch;
      for (CgroupDirectory each : paths.directories()) {
        if (!each.unified()) {
          writes.add(batch.open(each.file("tasks"), Linux.O_WRONLY));
        } else if (born) {
          directory = batch.open(each.path(), Linux.O_RDONLY | Linux.O_DIRECTORY);
        } else {
          writes.add(batch.open(each.file("cgroup.procs"), Linux.O_WRONLY));
        }
      }
    }

    /** The descriptor of v2's directory. */
    @Nullable Value directory() {
      return directory;
    }

    CgroupJoin join(FileWorker files) {
      List<Integer> open = new ArrayList<>();
      for (Value write : writes) {
        int file = (int) batch.result(write);
        if (file >= 0) {
          open.add(file);
        }
      }
      int into = directory == null ? -1 : Math.max(-1, (int) batch.result(directory));
      return new CgroupJoin(files, open, into);
    }
  }
}
