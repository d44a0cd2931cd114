package dev.mydocker.runtime.rootfs;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Lowering;

/** How paths of /proc and /sys are hidden or made read-only. */
final class MaskLowering {
  private static final int TREE = Linux.OPEN_TREE_CLONE | Linux.OPEN_TREE_CLOEXEC;
  private static final int LOCKED =
      Linux.MOUNT_ATTR_RDONLY
          | Linux.MOUNT_ATTR_NOSUID
          | Linux.MOUNT_ATTR_NODEV
          | Linux.MOUNT_ATTR_NOEXEC;

  private MaskLowering() {}

  static void mask(Lowering l, String path) {
    SegmentBuilder b = l.segment();
    Label absent = new Label();
    Label directory = new Label();
    Value source = l.nullDevice(() -> openNull(l));
    Value place = l.open(path, Linux.O_PATH);
    b.jumpingTo(absent, Errno.ENOENT, Errno.ENOTDIR);
    Value status = b.room(256);
    status(l, place, status);
    Value mode = b.load(status.plus(28), 2);
    b.jump(directory, mode, Linux.S_IFMT, Linux.S_IFDIR);
    Value tree =
        l.syscall(Wire.SYS_OPEN_TREE, source, b.text(""), Value.of(TREE | Linux.AT_EMPTY_PATH));
    l.attach(tree, place);
    l.close(tree);
    b.jump(absent, Value.of(0), 0, 0);
    b.here(directory);
    maskDirectory(l, place);
    b.here(absent);
  }

  /** The image could have put anything at /dev/null, so it is looked at (CVE-2025-31133). */
  private static Value openNull(Lowering l) {
    SegmentBuilder b = l.segment();
    Value source = l.open("/dev/null", Linux.O_PATH | Linux.O_NOFOLLOW);
    Value status = b.room(256);
    status(l, source, status);
    b.check(b.load(status.plus(28), 2), Linux.S_IFMT, Linux.S_IFCHR, Errno.ELOOP);
    b.check(b.load(status.plus(128), 8), -1, 1 | 3L << 32, Errno.ELOOP);
    return source;
  }

  private static void maskDirectory(Lowering l, Value place) {
    SegmentBuilder b = l.segment();
    Value context = l.syscall(Wire.SYS_FSOPEN, b.text("tmpfs"), Value.of(Linux.FSOPEN_CLOEXEC));
    MountSteps.configure(l, context, "size", "0k");
    MountSteps.configure(l, context, "nr_inodes", "2");
    Value mount = MountSteps.make(l, context, LOCKED);
    l.attach(mount, place);
    l.close(mount);
  }

  static void protect(Lowering l, String path) {
    SegmentBuilder b = l.segment();
    Label absent = new Label();
    Value place = l.open(path, Linux.O_PATH);
    b.jumpingTo(absent, Errno.ENOENT, Errno.ENOTDIR);
    Value tree =
        l.syscall(
            Wire.SYS_OPEN_TREE,
            place,
            b.text(""),
            Value.of(TREE | Linux.AT_EMPTY_PATH | Linux.AT_RECURSIVE));
    l.setMountAttributes(tree, LOCKED, 0, 0, true);
    l.attach(tree, place);
    l.close(tree);
    b.here(absent);
  }

  private static void status(Lowering l, Value file, Value to) {
    l.syscall(
        Wire.SYS_STATX,
        file,
        l.segment().text(""),
        Value.of(Linux.AT_EMPTY_PATH),
        Value.of(0x7FF),
        to);
  }
}
