package dev.mydocker.runtime.cgroup;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How cgroups are mounted on this machine, as this process sees it.
 *
 * @param version v1, v2 or both
 * @param hierarchies those that containers join; at least one
 */
public record CgroupLayout(CgroupVersion version, List<CgroupHierarchy> hierarchies) {
  private static final int LIMIT = 1 << 24;

  /** With none of these on v1, v2 rules resources; something may still use net_cls, say, on v1. */
  private static final List<String> RESOURCES =
      List.of("memory", "pids", "cpu", "cpuset", "devices", "freezer", "blkio");

  /** Copies the list. */
  public CgroupLayout {
    hierarchies = List.copyOf(hierarchies);
  }

  /**
   * Looks at /proc/self/mountinfo and /proc/self/cgroup; on v2 also at what controllers there are.
   *
   * @throws MydockerException if no cgroups are mounted
   */
  public static CgroupLayout discover(FileWorker files) {
    SegmentBuilder b = Segment.builder();
    SeqFile mountinfo = new SeqFile(b, "/proc/self/mountinfo", 8);
    SeqFile cgroup = new SeqFile(b, "/proc/self/cgroup", 3);
    Reply reply = files.performer().perform(b.build()).orThrow("find cgroups in /proc/self");
    CgroupLayout layout = parse(mountinfo.text(reply, files), cgroup.text(reply, files));
    return layout.version == CgroupVersion.V2 ? layout.withControllers(files) : layout;
  }

  /**
   * Makes a layout of the two files' content. The controllers of v2 are not among it.
   *
   * @throws MydockerException if no cgroups are mounted
   */
  public static CgroupLayout parse(String mountinfo, String cgroup) {
    List<CgroupMount> mounts = CgroupMount.parse(mountinfo);
    List<CgroupHierarchy> legacy = new ArrayList<>();
    CgroupHierarchy unified = null;
    for (String line : cgroup.split("\n")) {
      int first = line.indexOf(':');
      int second = line.indexOf(':', first + 1);
      if (first < 0 || second < 0) {
        continue;
      }
      String names = line.substring(first + 1, second);
      List<String> controllers = names.isEmpty() ? List.of() : List.of(names.split(","));
      String own = line.substring(second + 1);
      CgroupMount mount = best(mounts, controllers, own);
      if (mount == null) {
        continue;
      }
      String below = mount.below(own);
      CgroupHierarchy hierarchy =
          new CgroupHierarchy(
              controllers, mount.unified(), mount.mountPoint(), below == null ? "" : below);
      if (mount.unified()) {
        unified = hierarchy;
      } else {
        legacy.add(hierarchy);
      }
    }
    return of(legacy, unified);
  }

  private static CgroupLayout of(List<CgroupHierarchy> legacy, @Nullable CgroupHierarchy unified) {
    boolean resources = false;
    for (CgroupHierarchy hierarchy : legacy) {
      for (String controller : hierarchy.controllers()) {
        resources |= RESOURCES.contains(controller);
      }
    }
    if (!resources && unified != null) {
      return new CgroupLayout(CgroupVersion.V2, List.of(unified));
    }
    if (!resources) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "find cgroups",
          "",
          "no cgroup file system is mounted",
          "mount one: mount -t cgroup2 none /sys/fs/cgroup");
    }
    if (unified == null) {
      return new CgroupLayout(CgroupVersion.V1, legacy);
    }
    // Where nobody uses the v2 hierarchy, all processes are at its top; then we need not either.
    if (!unified.own().isEmpty()) {
      legacy.add(unified);
    }
    return new CgroupLayout(CgroupVersion.HYBRID, legacy);
  }

  /** The mount of a hierarchy: one that shows our own cgroup and can be written, if there is. */
  private static @Nullable CgroupMount best(
      List<CgroupMount> mounts, List<String> controllers, String own) {
    CgroupMount best = null;
    int most = -1;
    for (CgroupMount mount : mounts) {
      if (mount.unified() != controllers.isEmpty() || !mount.options().containsAll(controllers)) {
        continue;
      }
      int score = (mount.below(own) == null ? 0 : 2) + (mount.readOnly() ? 0 : 1);
      if (score > most) {
        best = mount;
        most = score;
      }
    }
    return best;
  }

  private CgroupLayout withControllers(FileWorker files) {
    CgroupHierarchy unified = hierarchies.getFirst();
    String file = unified.mountPoint() + "/cgroup.controllers";
    String names = Bytes.decode(files.read(FileWorker.HOST, file, LIMIT)).strip();
    return withControllers(names.isEmpty() ? List.of() : List.of(names.split(" ")));
  }

  /** The same v2 layout, where the kernel offers these controllers. */
  CgroupLayout withControllers(List<String> controllers) {
    CgroupHierarchy unified = hierarchies.getFirst();
    return new CgroupLayout(
        version,
        List.of(new CgroupHierarchy(controllers, true, unified.mountPoint(), unified.own())));
  }

  /**
   * Where a cgroup is to be, in every hierarchy.
   *
   * @param path with a leading slash from the mounts' tops, as an OCI {@code cgroupsPath} may say;
   *     else below what suits each hierarchy ({@link CgroupHierarchy#base()})
   * @throws MydockerException if it is no path to a cgroup
   */
  public CgroupPaths place(String path) {
    return place(path, hierarchies);
  }

  /**
   * Where the monitors' cgroup is to be: only in the hierarchies in which somebody might end the
   * processes of the cgroup that we are in. In v1's controllers a monitor stays with its caller.
   */
  public CgroupPaths placeMonitors(String path) {
    List<CgroupHierarchy> tracking = new ArrayList<>();
    for (CgroupHierarchy hierarchy : hierarchies) {
      if (hierarchy.unified() || hierarchy.controllers().getFirst().startsWith("name=")) {
        tracking.add(hierarchy);
      }
    }
    return place(path, tracking.isEmpty() ? hierarchies : tracking);
  }

  /**
   * Where the monitors' cgroup of a container that exists is: beside it, whatever parent we would
   * choose ourselves. A monitor that leaves it goes to our own cgroup, for that of whoever started
   * the container may be gone.
   *
   * @param container from the container's state
   */
  public CgroupPaths monitorsBeside(CgroupPaths container) {
    List<CgroupDirectory> all = new ArrayList<>();
    List<CgroupDirectory> tracking = new ArrayList<>();
    for (CgroupDirectory directory : container.directories()) {
      String cgroup = directory.cgroup();
      CgroupDirectory monitors =
          new CgroupDirectory(
              directory.controllers(),
              directory.unified(),
              directory.mountPoint(),
              cgroup.substring(0, cgroup.lastIndexOf('/')) + "/monitors",
              directory.kept(),
              own(directory),
              JsonObject.empty());
      all.add(monitors);
      if (directory.unified() || directory.controllers().getFirst().startsWith("name=")) {
        tracking.add(monitors);
      }
    }
    return new CgroupPaths(
        container.version(), tracking.isEmpty() ? all : tracking, JsonObject.empty());
  }

  private String own(CgroupDirectory directory) {
    for (CgroupHierarchy hierarchy : hierarchies) {
      if (hierarchy.mountPoint().equals(directory.mountPoint())) {
        return hierarchy.own();
      }
    }
    return directory.home();
  }

  private CgroupPaths place(String path, List<CgroupHierarchy> in) {
    check(path);
    boolean absolute = path.startsWith("/");
    List<CgroupDirectory> directories = new ArrayList<>(in.size());
    for (CgroupHierarchy hierarchy : in) {
      String cgroup = absolute ? path : hierarchy.base() + "/" + path;
      directories.add(
          new CgroupDirectory(
              hierarchy.controllers(),
              hierarchy.unified(),
              hierarchy.mountPoint(),
              cgroup,
              absolute ? path.substring(0, path.lastIndexOf('/')) : hierarchy.base(),
              hierarchy.own(),
              JsonObject.empty()));
    }
    return new CgroupPaths(version, directories, JsonObject.empty());
  }

  private static void check(String path) {
    String[] parts = (path.startsWith("/") ? path.substring(1) : path).split("/", -1);
    for (String part : parts) {
      if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\n') >= 0) {
        throw MydockerException.of(
            Category.INVALID,
            "place cgroup",
            "\"" + path + "\"",
            "not a path below another cgroup");
      }
    }
  }

  /**
   * A file of /proc that the kernel gives a page at a time, read within a segment by as many reads
   * as are enough on most machines.
   */
  private static final class SeqFile {
    private static final int PAGE = 4096;

    private final String path;
    private final Value text;
    private final Value[] lengths;

    SeqFile(SegmentBuilder b, String path, int reads) {
      this.path = path;
      text = b.returned(reads * PAGE);
      lengths = new Value[reads];
      Value file =
          b.syscall(
              Wire.SYS_OPENAT,
              Value.of(Linux.AT_FDCWD),
              b.text(path),
              Value.of(Linux.O_RDONLY | Linux.O_CLOEXEC),
              Value.of(0));
      for (int i = 0; i < reads; i++) {
        lengths[i] = b.syscall(Wire.SYS_READ, file, text.plus(i * PAGE), Value.of(PAGE));
      }
      b.syscall(Wire.SYS_CLOSE, file);
    }

    String text(Reply reply, FileWorker files) {
      if (reply.result(lengths[lengths.length - 1]) > 0) {
        return Bytes.decode(files.read(FileWorker.HOST, path, LIMIT));
      }
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < lengths.length; i++) {
        // A read ends with a line's end, but for lines longer than a page, which no cgroup has.
        all.append(reply.text(text.plus(i * PAGE), (int) reply.result(lengths[i])));
      }
      return all.toString();
    }
  }
}
