package dev.mydocker.runtime.rootfs;

import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.spec.MountSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A mount's options, sorted into what the kernel takes them as.
 *
 * @param set attributes to set, of mount_setattr(2)
 * @param clear attributes to clear
 * @param recursiveSet attributes to set on the mounts below too, {@code rro}
 * @param recursiveClear attributes to clear on the mounts below too
 * @param propagation one of {@code MS_PRIVATE}, {@code MS_SLAVE}, …, or 0
 * @param propagationRecursive whether propagation is for the mounts below too
 * @param bind whether it is a bind mount
 * @param recursive whether the mounts below the source come along
 * @param remount whether what is mounted there already is changed
 * @param copyUp whether what the root file system has at that place is copied into a new tmpfs
 * @param idMapped whether users and groups are mapped, {@code idmap} or {@code ridmap}
 * @param idMappedRecursive whether those of the mounts below are too
 * @param superblock words for the file system as a whole, of its own flags: {@code sync}
 * @param data what the file system itself takes, as {@code key=value} or {@code key}
 */
public record MountOptions(
    long set,
    long clear,
    long recursiveSet,
    long recursiveClear,
    long propagation,
    boolean propagationRecursive,
    boolean bind,
    boolean recursive,
    boolean remount,
    boolean copyUp,
    boolean idMapped,
    boolean idMappedRecursive,
    List<String> superblock,
    List<String> data) {

  /** All words that are understood here; others are for the file system. */
  public static final List<String> WORDS =
      List.of(
          "async",
          "atime",
          "bind",
          "defaults",
          "dev",
          "diratime",
          "dirsync",
          "exec",
          "idmap",
          "iversion",
          "lazytime",
          "loud",
          "mand",
          "noatime",
          "nodev",
          "nodiratime",
          "noexec",
          "noiversion",
          "nolazytime",
          "nomand",
          "norelatime",
          "nostrictatime",
          "nosuid",
          "nosymfollow",
          "private",
          "ratime",
          "rbind",
          "rdev",
          "rdiratime",
          "relatime",
          "remount",
          "rexec",
          "ridmap",
          "rnoatime",
          "rnodev",
          "rnodiratime",
          "rnoexec",
          "rnorelatime",
          "rnostrictatime",
          "rnosuid",
          "rnosymfollow",
          "ro",
          "rprivate",
          "rrelatime",
          "rro",
          "rrw",
          "rshared",
          "rslave",
          "rstrictatime",
          "rsuid",
          "rsymfollow",
          "runbindable",
          "rw",
          "shared",
          "silent",
          "slave",
          "strictatime",
          "suid",
          "symfollow",
          "sync",
          "tmpcopyup",
          "unbindable");

  /** Sorts the options of a mount; its type can say too that it is a bind mount. */
  public static MountOptions of(MountSpec mount) {
    Sorter sorter = new Sorter();
    sorter.bind = "bind".equals(mount.type());
    for (String option : mount.options()) {
      sorter.take(option);
    }
    return sorter.sorted();
  }

  /** Sorts options as mount(8) and the OCI runtime specification name them. */
  public static MountOptions of(List<String> options) {
    Sorter sorter = new Sorter();
    for (String option : options) {
      sorter.take(option);
    }
    return sorter.sorted();
  }

  /** The same, with this word of propagation unless they have one. */
  public MountOptions orPropagation(String word) {
    return propagation != 0 ? this : with(of(List.of(word)), data);
  }

  /** The same with one more option for the file system. */
  public MountOptions withData(String option) {
    List<String> more = new ArrayList<>(data);
    more.add(option);
    return with(this, List.copyOf(more));
  }

  private MountOptions with(MountOptions travelling, List<String> passed) {
    return new MountOptions(
        set,
        clear,
        recursiveSet,
        recursiveClear,
        travelling.propagation,
        travelling.propagationRecursive,
        bind,
        recursive,
        remount,
        copyUp,
        idMapped,
        idMappedRecursive,
        superblock,
        passed);
  }

  private static final class Sorter {
    private long set;
    private long clear;
    private long recursiveSet;
    private long recursiveClear;
    private long propagation;
    private boolean propagationRecursive;
    private boolean bind;
    private boolean recursive;
    private boolean remount;
    private boolean copyUp;
    private boolean idMapped;
    private boolean idMappedRecursive;
    private final List<String> superblock = new ArrayList<>();
    private final List<String> data = new ArrayList<>();

    private void take(String option) {
      switch (option) {
        // What is so anyway. Who mounts silently asks the kernel for no messages in its log, which
        // only a few file systems have; and those that count changes (iversion) do it unasked, or
        // by an option of their own.
        case "defaults", "loud", "silent", "iversion", "noiversion" -> {}
        case "async", "nolazytime", "nomand" -> superblock.remove(opposite(option));
        case "sync", "dirsync", "lazytime", "mand" -> superblock.add(option);
        case "remount" -> remount = true;
        case "tmpcopyup" -> copyUp = true;
        case "idmap" -> idMapped = true;
        case "ridmap" -> {
          idMapped = true;
          idMappedRecursive = true;
        }
        case "bind" -> bind = true;
        case "rbind" -> {
          bind = true;
          recursive = true;
        }
        case "private" -> propagate(Linux.MS_PRIVATE, false);
        case "rprivate" -> propagate(Linux.MS_PRIVATE, true);
        case "slave" -> propagate(Linux.MS_SLAVE, false);
        case "rslave" -> propagate(Linux.MS_SLAVE, true);
        case "shared" -> propagate(Linux.MS_SHARED, false);
        case "rshared" -> propagate(Linux.MS_SHARED, true);
        case "unbindable" -> propagate(Linux.MS_UNBINDABLE, false);
        case "runbindable" -> propagate(Linux.MS_UNBINDABLE, true);
        default -> takeAttribute(option);
      }
    }

    private static String opposite(String option) {
      return option.equals("async") ? "sync" : option.substring("no".length());
    }

    private void takeAttribute(String option) {
      boolean below = option.length() > 2 && option.charAt(0) == 'r' && isRecursive(option);
      String name = below ? option.substring(1) : option;
      switch (name) {
        case "ro" -> attribute(below, Linux.MOUNT_ATTR_RDONLY, true);
        case "rw" -> attribute(below, Linux.MOUNT_ATTR_RDONLY, false);
        case "nosuid" -> attribute(below, Linux.MOUNT_ATTR_NOSUID, true);
        case "suid" -> attribute(below, Linux.MOUNT_ATTR_NOSUID, false);
        case "nodev" -> attribute(below, Linux.MOUNT_ATTR_NODEV, true);
        case "dev" -> attribute(below, Linux.MOUNT_ATTR_NODEV, false);
        case "noexec" -> attribute(below, Linux.MOUNT_ATTR_NOEXEC, true);
        case "exec" -> attribute(below, Linux.MOUNT_ATTR_NOEXEC, false);
        case "nodiratime" -> attribute(below, Linux.MOUNT_ATTR_NODIRATIME, true);
        case "diratime" -> attribute(below, Linux.MOUNT_ATTR_NODIRATIME, false);
        case "nosymfollow" -> attribute(below, Linux.MOUNT_ATTR_NOSYMFOLLOW, true);
        case "symfollow" -> attribute(below, Linux.MOUNT_ATTR_NOSYMFOLLOW, false);
        case "relatime" -> accessTime(below, Linux.MOUNT_ATTR_RELATIME);
        case "noatime" -> accessTime(below, Linux.MOUNT_ATTR_NOATIME);
        case "strictatime" -> accessTime(below, Linux.MOUNT_ATTR_STRICTATIME);
        case "atime", "norelatime", "nostrictatime" -> accessTime(below, Linux.MOUNT_ATTR_RELATIME);
        default -> data.add(option);
      }
    }

    /** Whether an option with a leading r is the recursive form of the rest. */
    private static boolean isRecursive(String option) {
      return switch (option) {
        case "rro", "rrw", "rnosuid", "rsuid", "rnodev", "rdev", "rnoexec", "rexec" -> true;
        case "rnodiratime", "rdiratime", "rrelatime", "rnorelatime", "rnoatime", "ratime" -> true;
        case "rstrictatime", "rnostrictatime" -> true;
        case "rnosymfollow", "rsymfollow" -> true;
        default -> false;
      };
    }

    private void attribute(boolean below, long attribute, boolean on) {
      if (below) {
        recursiveSet = on ? recursiveSet | attribute : recursiveSet & ~attribute;
        recursiveClear = on ? recursiveClear & ~attribute : recursiveClear | attribute;
      } else {
        set = on ? set | attribute : set & ~attribute;
        clear = on ? clear & ~attribute : clear | attribute;
      }
    }

    private void accessTime(boolean below, long attribute) {
      if (below) {
        recursiveSet = recursiveSet & ~Linux.MOUNT_ATTR_ATIME | attribute;
        recursiveClear |= Linux.MOUNT_ATTR_ATIME;
      } else {
        set = set & ~Linux.MOUNT_ATTR_ATIME | attribute;
        clear |= Linux.MOUNT_ATTR_ATIME;
      }
    }

    private void propagate(long kind, boolean below) {
      propagation = kind;
      propagationRecursive = below;
    }

    private MountOptions sorted() {
      return new MountOptions(
          set,
          clear,
          recursiveSet,
          recursiveClear,
          propagation,
          propagationRecursive,
          bind,
          recursive,
          remount,
          copyUp,
          idMapped,
          idMappedRecursive,
          List.copyOf(superblock),
          List.copyOf(data));
    }
  }
}
