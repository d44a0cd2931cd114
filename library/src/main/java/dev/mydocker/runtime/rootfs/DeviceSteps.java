package dev.mydocker.runtime.rootfs;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.spec.LinuxDevice;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Lowering;
import dev.mydocker.runtime.plan.Step;

/** Steps that make device nodes and the container's terminal. */
public final class DeviceSteps {
  private static final long TIOCSPTLCK = 0x40045431;
  private static final long TIOCGPTPEER = 0x5441;
  private static final long TIOCSWINSZ = 0x5414;

  private static final int PERMISSIONS = 0xFFF;

  private DeviceSteps() {}

  /** Makes a device node. */
  public static Step node(LinuxDevice device) {
    return new Step(
        Group.DEVICES,
        "create the device " + device.path(),
        "/dev holds only what was asked for, nothing of the host's",
        l -> lowerNode(l, device));
  }

  private static void lowerNode(Lowering l, LinuxDevice device) {
    SegmentBuilder b = l.segment();
    // A trailing slash would ask for a directory.
    String path = "/" + Lowering.relative(device.path());
    int slash = path.lastIndexOf('/');
    Integer fileMode = device.fileMode();
    int permissions = fileMode == null ? 0666 : fileMode;
    Value directory = l.keptDirectory(path.substring(0, Math.max(slash, 1)));
    Label done = new Label();
    Value name = b.text(path.substring(slash + 1));
    Label made = new Label();
    Value result =
        b.syscall(
            Wire.SYS_MKNODAT,
            directory,
            name,
            Value.of(type(device) | permissions & PERMISSIONS),
            Value.of(Linux.device(device.major(), device.minor())));
    b.tolerating(Errno.EEXIST);
    b.jump(made, result, -1, 0);
    checkNode(b, directory, name, device);
    // It may be the host's own, of a /dev that is bound: that keeps its owner and mode.
    b.jump(done, Value.of(0), 0, 0);
    b.here(made);
    Long uid = device.uid();
    Long gid = device.gid();
    if (uid != null && uid != 0 || gid != null && gid != 0) {
      l.syscall(
          Wire.SYS_FCHOWNAT,
          directory,
          name,
          Value.of(uid == null ? 0 : uid),
          Value.of(gid == null ? 0 : gid),
          Value.of(Linux.AT_SYMLINK_NOFOLLOW));
    }
    l.syscall(Wire.SYS_FCHMODAT, directory, name, Value.of(permissions & PERMISSIONS));
    b.here(done);
  }

  /** Binds a device of the host, which came along as a detached mount. */
  public static Step bind(String path, Value tree) {
    return new Step(
        Group.DEVICES,
        "bind the device " + path,
        "device nodes made in a user namespace cannot be opened",
        l -> {
          Value place = l.openOrMakeFile(path);
          l.attach(tree, place);
          l.close(place);
          l.close(tree);
        });
  }

  /** What is there already must be this device, and never a link to another one. */
  private static void checkNode(SegmentBuilder b, Value directory, Value name, LinuxDevice device) {
    Value status = b.room(256);
    b.syscall(
        Wire.SYS_STATX,
        directory,
        name,
        Value.of(Linux.AT_SYMLINK_NOFOLLOW),
        Value.of(0x7FF),
        status);
    b.check(b.load(status.plus(28), 2), Linux.S_IFMT, type(device), Errno.EEXIST);
    if (type(device) != Linux.S_IFIFO) {
      long number = device.major() | device.minor() << 32;
      b.check(b.load(status.plus(128), 8), -1, number, Errno.EEXIST);
    }
  }

  private static int type(LinuxDevice device) {
    return switch (device.type()) {
      case "b" -> Linux.S_IFBLK;
      case "p" -> Linux.S_IFIFO;
      default -> Linux.S_IFCHR;
    };
  }

  /** What {@link #terminal} made; descriptors of the process that performs the plan. */
  public static final class Terminal {
    private Value slave = Value.of(-1);

    /** The slave's end, for the container's standard streams. */
    public Value slave() {
      return slave;
    }
  }

  /**
   * Opens a terminal in the container's own devpts, sends its master along with the reply, and puts
   * its slave on /dev/console. TIOCGPTPEER (Linux 4.13) opens the slave without a path.
   *
   * @param rows of the window, or 0
   * @param console whether it becomes the container's /dev/console too
   */
  public static Step terminal(Terminal terminal, int rows, int columns, boolean console) {
    return new Step(
        Group.DEVICES,
        "open a terminal in the container's devpts",
        "-t: the process gets a real terminal, and the host's terminals stay out of reach",
        l -> lowerTerminal(l, terminal, rows, columns, console));
  }

  private static void lowerTerminal(
      Lowering l, Terminal terminal, int rows, int columns, boolean console) {
    SegmentBuilder b = l.segment();
    Value master = l.open("/dev/pts/ptmx", Linux.O_RDWR | Linux.O_NOCTTY | Linux.O_NONBLOCK);
    l.syscall(Wire.SYS_IOCTL, master, Value.of(TIOCSPTLCK), b.ints(0));
    if (rows > 0 && columns > 0) {
      l.syscall(Wire.SYS_IOCTL, master, Value.of(TIOCSWINSZ), b.ints(rows | columns << 16, 0));
    }
    Value slave =
        l.syscall(
            Wire.SYS_IOCTL,
            master,
            Value.of(TIOCGPTPEER),
            Value.of(Linux.O_RDWR | Linux.O_NOCTTY | Linux.O_CLOEXEC));
    if (console) {
      attachConsole(l, slave);
    }
    b.operation(Wire.OP_SHARE, master);
    b.operation(Wire.OP_SHARE, slave);
    terminal.slave = slave;
  }

  private static void attachConsole(Lowering l, Value slave) {
    SegmentBuilder b = l.segment();
    Value place = l.openOrMakeFile("/dev/console");
    Value tree =
        l.syscall(
            Wire.SYS_OPEN_TREE,
            slave,
            b.text(""),
            Value.of(Linux.OPEN_TREE_CLONE | Linux.OPEN_TREE_CLOEXEC | Linux.AT_EMPTY_PATH));
    l.attach(tree, place);
    l.close(tree);
    l.close(place);
  }
}
