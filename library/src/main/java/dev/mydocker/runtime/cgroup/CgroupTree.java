package dev.mydocker.runtime.cgroup;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.ArrayList;
import java.util.List;

/**
 * All cgroups of the machine that may be containers' or monitors', wherever they were made: the
 * cgroup of whoever made them decides that on v1, so the present layout does not tell.
 */
public final class CgroupTree {
  private static final int DIRECTORY = 4;
  private static final int LIMIT = 1 << 24;
  private static final int ID_LENGTH = 64;

  private final FileWorker files;
  private final String parent;
  private final List<Found> found = new ArrayList<>();

  /**
   * A cgroup in one hierarchy.
   *
   * @param path absolute
   * @param unified whether the hierarchy is v2's
   * @param modified when its inode was last changed, in seconds since 1970
   */
  public record Found(String path, boolean unified, long modified) {
    /** The last part of the path: for a container's its id. */
    public String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The path of the cgroup above it. */
    public String parent() {
      return path.substring(0, path.lastIndexOf('/'));
    }
  }

  private CgroupTree(FileWorker files) {
    this(files, "");
  }

  private CgroupTree(FileWorker files, String parent) {
    this.files = files;
    this.parent = parent;
  }

  /**
   * Finds the cgroups that are called as a container's id, or {@code monitors}, or as what is above
   * those, without any below it.
   *
   * @param parent the name of what is above
   * @throws dev.mydocker.MydockerException if no cgroups are mounted
   */
  public static List<Found> find(FileWorker files, String parent) {
    CgroupTree tree = new CgroupTree(files, parent);
    for (CgroupHierarchy hierarchy : CgroupLayout.discover(files).hierarchies()) {
      tree.walk(hierarchy.mountPoint(), hierarchy.unified());
    }
    return tree.found;
  }

  private void walk(String path, boolean unified) {
    for (FileWorker.Entry entry : list(path)) {
      if (entry.type() != DIRECTORY) {
        continue;
      }
      String below = path + "/" + entry.name();
      boolean bare = entry.name().equals(parent) && !hasBelow(below);
      if (entry.name().equals("monitors") || isId(entry.name()) || bare) {
        // What is below a container's belongs to it.
        files
            .status(FileWorker.HOST, below)
            .ifPresent(status -> found.add(new Found(below, unified, status.modifiedSeconds())));
      } else {
        walk(below, unified);
      }
    }
  }

  private boolean hasBelow(String path) {
    for (FileWorker.Entry entry : list(path)) {
      if (entry.type() == DIRECTORY) {
        return true;
      }
    }
    return false;
  }

  private static boolean isId(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return name.length() == ID_LENGTH;
  }

  private List<FileWorker.Entry> list(String path) {
    int directory = -1;
    try {
      directory = files.open(FileWorker.HOST, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
      return files.list(directory);
    } catch (KernelException e) {
      return ifGone(e, List.of());
    } finally {
      if (directory >= 0) {
        files.close(directory);
      }
    }
  }

  /** Others remove cgroups meanwhile, before they are opened and after. */
  private static <T> T ifGone(KernelException e, T result) {
    if (e.error() == Errno.ENOENT || e.error() == Errno.ENODEV) {
      return result;
    }
    throw e;
  }

  /** Whether a cgroup, and every one below it, has no process. */
  public static boolean isEmpty(FileWorker files, Found cgroup) {
    return new CgroupTree(files).isEmpty(cgroup.path());
  }

  private boolean isEmpty(String path) {
    try {
      byte[] members = files.read(FileWorker.HOST, path + "/cgroup.procs", LIMIT);
      if (!Bytes.decode(members).isBlank()) {
        return false;
      }
    } catch (KernelException e) {
      return ifGone(e, true);
    }
    for (FileWorker.Entry entry : list(path)) {
      if (entry.type() == DIRECTORY && !isEmpty(path + "/" + entry.name())) {
        return false;
      }
    }
    return true;
  }

  /** The paths of those beside a cgroup. */
  public static List<String> siblings(FileWorker files, Found cgroup) {
    List<String> siblings = new ArrayList<>();
    for (FileWorker.Entry entry : new CgroupTree(files).list(cgroup.parent())) {
      if (entry.type() == DIRECTORY && !entry.name().equals(cgroup.name())) {
        siblings.add(cgroup.parent() + "/" + entry.name());
      }
    }
    return siblings;
  }

  /** Ends all processes of a cgroup and of those below it. */
  public static void kill(FileWorker files, Found cgroup) {
    SegmentBuilder b = Segment.builder();
    Label gone = new Label();
    Value directory =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text(cgroup.path()),
            Value.of(Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_CLOEXEC),
            Value.of(0));
    b.jumpingTo(gone, Errno.ENOENT);
    b.operation(Wire.OP_KILL_CGROUP, directory, Value.of(cgroup.unified() ? 1 : 0));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, directory);
    b.here(gone);
    files.performer().perform(b.build()).orThrow("kill cgroup " + cgroup.path());
  }

  /**
   * Removes a cgroup and those below it.
   *
   * @param kill whether its processes are ended first; otherwise one that has any stays
   * @return false if it was gone already
   */
  public static boolean remove(FileWorker files, Found cgroup, boolean kill) {
    if (files.status(FileWorker.HOST, cgroup.path()).isEmpty()) {
      return false;
    }
    if (kill) {
      kill(files, cgroup);
    }
    SegmentBuilder b = Segment.builder();
    b.operation(Wire.OP_REMOVE_CGROUP, Value.of(FileWorker.HOST), b.text(cgroup.path()));
    files.performer().perform(b.build()).orThrow("remove cgroup " + cgroup.path());
    return true;
  }

  /** Removes the cgroup above one that was removed, if nothing is in it any more. */
  public static void removeParent(FileWorker files, Found cgroup) {
    try {
      files.removeDirectory(FileWorker.HOST, cgroup.parent());
    } catch (KernelException e) {
      // It has others, or processes.
      if (e.error() != Errno.EBUSY && e.error() != Errno.ENOTEMPTY) {
        throw e;
      }
    }
  }
}
