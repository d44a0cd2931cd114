package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.rootfs.MountOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * Host paths as detached mounts with their attributes set (open_tree(2) and mount_setattr(2), Linux
 * 5.12), made before the container exists: a source that is missing or forbidden fails the command
 * early, and what was opened is what is mounted.
 */
final class Sources {
  private static final String WHY =
      "copies of mounts, attached nowhere yet: opened once, used once";

  private Sources() {}

  /** A detached mount of the host, and whether it is a directory. */
  record Tree(int descriptor, boolean directory) {}

  /** Opens several in one go; what is wrong with one of them is found out by {@link #open}. */
  static List<Tree> openAll(
      Performer performer, List<String> sources, MountOptions options, String what) {
    SegmentBuilder b = Segment.builder();
    b.about(Group.MOUNTS.title(), what, WHY);
    List<Value> trees = new ArrayList<>();
    List<Value> statuses = new ArrayList<>();
    for (String source : sources) {
      Value tree =
          b.syscall(
              Wire.SYS_OPEN_TREE,
              Value.of(FileWorker.HOST),
              b.text(source),
              Value.of(flags(options)));
      trees.add(tree);
      statuses.add(addAttributes(b, tree, options, -1));
    }
    Reply reply = performer.perform(b.build());
    List<Tree> opened = new ArrayList<>();
    if (!reply.succeeded()) {
      List<Integer> some = new ArrayList<>();
      for (Value tree : trees) {
        if (reply.result(tree) > 0) {
          some.add((int) reply.result(tree));
        }
      }
      new FileWorker(performer).close(some);
      for (String source : sources) {
        opened.add(open(performer, source, options, -1, what));
      }
      return opened;
    }
    for (int i = 0; i < trees.size(); i++) {
      opened.add(new Tree((int) reply.result(trees.get(i)), isDirectory(reply, statuses.get(i))));
    }
    return opened;
  }

  private static int flags(MountOptions options) {
    return Linux.OPEN_TREE_CLONE
        | Linux.OPEN_TREE_CLOEXEC
        | (options.recursive() ? Linux.AT_RECURSIVE : 0);
  }

  private static boolean isDirectory(Reply reply, Value status) {
    return ((int) reply.number(status.plus(28), 2) & Linux.S_IFMT) == Linux.S_IFDIR;
  }

  /**
   * Opens one.
   *
   * @param users a user namespace by which its files have other owners, or -1
   * @param what the operation, for people
   */
  static Tree open(
      Performer performer, String source, MountOptions options, int users, String what) {
    SegmentBuilder b = Segment.builder();
    b.about(Group.MOUNTS.title(), what, WHY);
    int flags = flags(options);
    int elsewhere = rootOfProcess(source);
    int opened = elsewhere < 0 ? -1 : openElsewhere(performer, source, elsewhere, flags);
    Value tree =
        opened >= 0
            ? Value.of(opened)
            : b.syscall(
                Wire.SYS_OPEN_TREE, Value.of(FileWorker.HOST), b.text(source), Value.of(flags));
    Value status = addAttributes(b, tree, options, users);
    Reply reply = performer.perform(b.build());
    if (reply.error() == Errno.ENOENT || reply.error() == Errno.ENOTDIR) {
      throw MydockerException.of(
          Category.INVALID, "mount", source, "bind source path does not exist", "create it first");
    }
    if (!reply.succeeded()) {
      throw new KernelException("open " + source + " to mount it", reply.error());
    }
    return new Tree(opened >= 0 ? opened : (int) reply.result(tree), isDirectory(reply, status));
  }

  /** Sets a tree's attributes, and asks what it is; where the answer will be. */
  private static Value addAttributes(
      SegmentBuilder b, Value tree, MountOptions options, int users) {
    long propagation = options.propagation() == 0 ? Linux.MS_PRIVATE : options.propagation();
    boolean below = options.propagation() == 0 || options.propagationRecursive();
    setAttributes(b, tree, 0, 0, propagation, below);
    if (options.set() != 0 || options.clear() != 0) {
      setAttributes(b, tree, options.set(), options.clear(), 0, false);
    }
    if (options.recursiveSet() != 0 || options.recursiveClear() != 0) {
      setAttributes(b, tree, options.recursiveSet(), options.recursiveClear(), 0, true);
    }
    if (users >= 0) {
      boolean all = options.idMappedRecursive();
      setAttributes(b, tree, Linux.MOUNT_ATTR_IDMAP, 0, 0, users, all);
    }
    Value status = b.returned(256);
    b.syscall(
        Wire.SYS_STATX, tree, b.text(""), Value.of(Linux.AT_EMPTY_PATH), Value.of(0x7FF), status);
    return status;
  }

  /** Where {@code /proc/PID/root} ends, if the path begins so and goes on; else -1. */
  private static int rootOfProcess(String source) {
    int end = source.startsWith("/proc/") ? source.indexOf("/root/") : -1;
    for (int i = "/proc/".length(); i < end; i++) {
      if (source.charAt(i) < '0' || source.charAt(i) > '9') {
        return -1;
      }
    }
    return end;
  }

  /**
   * Opens what another container has mounted. open_tree(2) copies mounts of the caller's own mount
   * namespace only, so a helper that has a single thread enters the other one, which a JVM cannot.
   */
  private static int openElsewhere(Performer performer, String source, int end, int flags) {
    String what = "open " + source + " to mount it";
    Helper.Started helper = Helper.monitor(performer);
    try (Session session = helper.session()) {
      SegmentBuilder b = Segment.builder();
      b.about(
          Group.MOUNTS.title(),
          "open " + source + " in the other container",
          "mounts can be copied from inside their own mount namespace only");
      // Before any setns, else whoever is inside could look into the helper (CVE-2016-9962).
      b.syscall(Wire.SYS_PRCTL, Value.of(Linux.PR_SET_DUMPABLE), Value.of(0));
      Value namespace =
          b.syscall(
              Wire.SYS_OPENAT,
              Value.of(FileWorker.HOST),
              b.text(source.substring(0, end) + "/ns/mnt"),
              Value.of(Linux.O_RDONLY | Linux.O_CLOEXEC),
              Value.of(0));
      b.syscall(Wire.SYS_SETNS, namespace, Value.of(Linux.CLONE_NEWNS));
      Value place =
          FileWorker.addOpen2(
              b,
              Value.of(FileWorker.HOST),
              source.substring(end + "/root".length()),
              Linux.O_PATH | Linux.O_CLOEXEC,
              0,
              Linux.RESOLVE_NO_SYMLINKS);
      Value tree =
          b.syscall(Wire.SYS_OPEN_TREE, place, b.text(""), Value.of(flags | Linux.AT_EMPTY_PATH));
      b.operation(Wire.OP_SHARE, tree);
      int opened = session.call(b.build()).orThrow(what).descriptors()[0];
      session.endAndAwait();
      return opened;
    } finally {
      reap(performer, helper.pid());
    }
  }

  private static void reap(Performer performer, long pid) {
    SegmentBuilder b = Segment.builder();
    Value process = b.syscall(Wire.SYS_PIDFD_OPEN, Value.of(pid), Value.of(0));
    b.operation(Wire.OP_WAIT, process, Value.of(1000), b.room(4));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, process);
    performer.perform(b.build());
  }

  private static void setAttributes(
      SegmentBuilder b, Value tree, long set, long clear, long propagation, boolean below) {
    setAttributes(b, tree, set, clear, propagation, 0, below);
  }

  private static void setAttributes(
      SegmentBuilder b,
      Value tree,
      long set,
      long clear,
      long propagation,
      long users,
      boolean below) {
    b.syscall(
        Wire.SYS_MOUNT_SETATTR,
        tree,
        b.text(""),
        Value.of(Linux.AT_EMPTY_PATH | (below ? Linux.AT_RECURSIVE : 0)),
        b.longs(set, clear, propagation, users),
        Value.of(32));
  }
}
