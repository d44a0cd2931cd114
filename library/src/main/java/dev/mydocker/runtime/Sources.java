package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.rootfs.MountOptions;

/**
 * Host paths as detached mounts with their attributes set (open_tree(2) and mount_setattr(2), Linux
 * 5.12), made before the container exists: a source that is missing or forbidden fails the command
 * early, and what was opened is what is mounted.
 */
final class Sources {
  private Sources() {}

  /** A detached mount of the host, and whether it is a directory. */
  record Tree(int descriptor, boolean directory) {}

  static Tree open(Performer performer, String source, MountOptions options) {
    SegmentBuilder b = Segment.builder();
    int flags =
        Linux.OPEN_TREE_CLONE
            | Linux.OPEN_TREE_CLOEXEC
            | (options.recursive() ? Linux.AT_RECURSIVE : 0);
    Value tree =
        b.syscall(Wire.SYS_OPEN_TREE, Value.of(FileWorker.HOST), b.text(source), Value.of(flags));
    long propagation = options.propagation() == 0 ? Linux.MS_PRIVATE : options.propagation();
    boolean below = options.propagation() == 0 || options.propagationRecursive();
    setAttributes(b, tree, 0, 0, propagation, below);
    if (options.set() != 0 || options.clear() != 0) {
      setAttributes(b, tree, options.set(), options.clear(), 0, false);
    }
    if (options.recursiveSet() != 0 || options.recursiveClear() != 0) {
      setAttributes(b, tree, options.recursiveSet(), options.recursiveClear(), 0, true);
    }
    Value status = b.returned(256);
    b.syscall(
        Wire.SYS_STATX, tree, b.text(""), Value.of(Linux.AT_EMPTY_PATH), Value.of(0x7FF), status);
    Reply reply = performer.perform(b.build());
    if (reply.error() == Errno.ENOENT || reply.error() == Errno.ENOTDIR) {
      throw new MydockerException(
          Category.INVALID,
          "mount " + source + ": bind source path does not exist",
          "create it first");
    }
    if (!reply.succeeded()) {
      throw new KernelException("open " + source + " to mount it", reply.error());
    }
    int mode = (int) reply.number(status.plus(28), 2) & Linux.S_IFMT;
    return new Tree((int) reply.result(tree), mode == Linux.S_IFDIR);
  }

  private static void setAttributes(
      SegmentBuilder b, Value tree, long set, long clear, long propagation, boolean below) {
    b.syscall(
        Wire.SYS_MOUNT_SETATTR,
        tree,
        b.text(""),
        Value.of(Linux.AT_EMPTY_PATH | (below ? Linux.AT_RECURSIVE : 0)),
        b.longs(set, clear, propagation, 0),
        Value.of(32));
  }
}
