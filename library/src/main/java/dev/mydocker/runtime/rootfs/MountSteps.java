package dev.mydocker.runtime.rootfs;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Lowering;
import dev.mydocker.runtime.plan.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Steps that mount file systems and host paths inside the root. */
public final class MountSteps {
  static final long PROC_MAGIC = 0x9FA0;

  private static final int FSPICK_CLOEXEC = 1;
  private static final int FSPICK_EMPTY_PATH = 8;
  private static final int FSCONFIG_CMD_RECONFIGURE = 7;

  private MountSteps() {}

  /**
   * Mounts a new file system.
   *
   * @param source the device or name that it is made of, or null
   */
  public static Step fileSystem(
      String type, @Nullable String source, String path, MountOptions options) {
    return new Step(
        Group.MOUNTS,
        "mount " + type + " on " + path,
        reason(type),
        l -> {
          // Masks come later: a link that leads elsewhere by then would leave what was mounted here
          // open (CVE-2019-19921, CVE-2023-27561, CVE-2023-28642).
          boolean ordinary = type.equals("proc") || type.equals("sysfs");
          Value place =
              ordinary ? l.openOrMakeOrdinaryDirectory(path) : l.openOrMakeDirectory(path);
          Value mount = fileSystem(l, type, source, options);
          if (type.equals("proc")) {
            RootSteps.checkFileSystem(l, mount, PROC_MAGIC);
          }
          propagate(l, mount, options);
          l.attach(mount, place);
          l.close(mount);
        });
  }

  /** Adds what makes a file system as a detached mount. */
  static Value fileSystem(Lowering l, String type, @Nullable String source, MountOptions options) {
    Value context =
        l.syscall(Wire.SYS_FSOPEN, l.segment().text(type), Value.of(Linux.FSOPEN_CLOEXEC));
    configure(l, context, source, options);
    return make(l, context, options.set() | options.recursiveSet());
  }

  private static void configure(
      Lowering l, Value context, @Nullable String source, MountOptions options) {
    if (source != null) {
      configure(l, context, "source", source);
    }
    for (String flag : options.superblock()) {
      flag(l, context, flag);
    }
    for (String option : options.data()) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        flag(l, context, option);
      } else {
        configure(l, context, option.substring(0, equals), option.substring(equals + 1));
      }
    }
  }

  private static void propagate(Lowering l, Value mount, MountOptions options) {
    if (options.propagation() != 0) {
      l.setMountAttributes(mount, 0, 0, options.propagation(), options.propagationRecursive());
    }
  }

  /**
   * Changes what is mounted at a path: with {@code bind} the mount alone, else the file system too.
   */
  public static Step remount(String path, MountOptions options) {
    return new Step(
        Group.MOUNTS,
        "remount " + path,
        "asked for",
        l -> {
          Value place = l.open(path, Linux.O_PATH);
          // As mount(2) with MS_REMOUNT: what is not named is off.
          long all =
              Linux.MOUNT_ATTR_RDONLY
                  | Linux.MOUNT_ATTR_NOSUID
                  | Linux.MOUNT_ATTR_NODEV
                  | Linux.MOUNT_ATTR_NOEXEC
                  | Linux.MOUNT_ATTR_NOSYMFOLLOW;
          long clear = all & ~options.set() | options.clear();
          l.setMountAttributes(place, options.set(), clear, 0, false);
          long below = options.recursiveSet() | options.recursiveClear();
          if (below != 0) {
            l.setMountAttributes(place, options.recursiveSet(), options.recursiveClear(), 0, true);
          }
          propagate(l, place, options);
          if (!options.bind()) {
            reconfigure(l, place, options);
          }
          l.close(place);
        });
  }

  private static void reconfigure(Lowering l, Value place, MountOptions options) {
    if (options.data().isEmpty() && options.superblock().isEmpty()) {
      return;
    }
    SegmentBuilder b = l.segment();
    Value context =
        l.syscall(Wire.SYS_FSPICK, place, b.text(""), Value.of(FSPICK_CLOEXEC | FSPICK_EMPTY_PATH));
    configure(l, context, null, options);
    fsconfig(l, context, FSCONFIG_CMD_RECONFIGURE, Value.of(0), Value.of(0));
    l.close(context);
  }

  private static String reason(String type) {
    return switch (type) {
      case "proc" -> "shows the container's own PID namespace only";
      case "devpts" -> "terminals of its own, apart from the host's";
      case "sysfs" -> "devices and classes, as the container's network namespace shows them";
      case "tmpfs" -> "memory that goes when the container does";
      case "mqueue" -> "POSIX message queues of its own IPC namespace";
      default -> "asked for";
    };
  }

  /**
   * Attaches a host path, which was opened and made private before the container existed: what was
   * checked there is what is mounted here.
   *
   * @param source for the message
   * @param tree the detached mount, as it came with the segment
   */
  public static Step bind(String source, String path, boolean directory, Value tree, String why) {
    return new Step(
        Group.MOUNTS,
        "mount " + source + " on " + path,
        why,
        l -> {
          Value place = directory ? l.openOrMakeDirectory(path) : l.openOrMakeFile(path);
          l.attach(tree, place);
          l.close(tree);
        });
  }

  /** Makes a mount read-only once what belongs in it is there. */
  public static Step makeReadOnly(String path) {
    return new Step(
        Group.MOUNTS,
        "make " + path + " read-only",
        "nothing more is mounted there",
        l -> {
          Value place = l.open(path, Linux.O_PATH | Linux.O_DIRECTORY);
          l.setMountAttributes(place, Linux.MOUNT_ATTR_RDONLY, 0, 0, false);
          l.close(place);
        });
  }

  static void configure(Lowering l, Value context, String key, String value) {
    SegmentBuilder b = l.segment();
    fsconfig(l, context, Linux.FSCONFIG_SET_STRING, b.text(key), b.text(value));
  }

  private static void flag(Lowering l, Value context, String key) {
    fsconfig(l, context, Linux.FSCONFIG_SET_FLAG, l.segment().text(key), Value.of(0));
  }

  private static void fsconfig(Lowering l, Value context, int command, Value key, Value value) {
    l.syscall(Wire.SYS_FSCONFIG, context, Value.of(command), key, value, Value.of(0));
  }

  /** Creates the configured file system as a detached mount. */
  static Value make(Lowering l, Value context, long attributes) {
    fsconfig(l, context, Linux.FSCONFIG_CMD_CREATE, Value.of(0), Value.of(0));
    Value mount =
        l.syscall(Wire.SYS_FSMOUNT, context, Value.of(Linux.FSMOUNT_CLOEXEC), Value.of(attributes));
    l.close(context);
    return mount;
  }

  /** Links that programs expect in /dev. */
  public static Step deviceLinks(List<String> names, List<String> targets) {
    return new Step(
        Group.DEVICES,
        "link " + String.join(", ", names),
        "programs expect them",
        l -> {
          Value dev = l.open("/dev", Linux.O_PATH | Linux.O_DIRECTORY);
          for (int i = 0; i < names.size(); i++) {
            SegmentBuilder b = l.segment();
            b.syscall(Wire.SYS_SYMLINKAT, b.text(targets.get(i)), dev, b.text(names.get(i)));
            b.tolerating(Errno.EEXIST);
          }
          l.close(dev);
        });
  }
}
