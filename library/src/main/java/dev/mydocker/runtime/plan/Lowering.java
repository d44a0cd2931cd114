package dev.mydocker.runtime.plan;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/**
 * Where steps put their instructions, and what they share: the root file system's descriptor.
 *
 * <p>A path inside the container is only ever resolved from that descriptor, in full, by openat2(2)
 * with RESOLVE_IN_ROOT (Linux 5.6), whatever symbolic links the image holds; what is mounted is
 * mounted on the descriptor that this gave, never by a second look-up (CVE-2021-30465).
 */
public final class Lowering {
  private static final int OPEN_PATH = Linux.O_PATH | Linux.O_CLOEXEC;

  private final SegmentBuilder b;
  private final Value root;

  /**
   * @param root the root file system, or a value that no step of this plan uses
   */
  public Lowering(SegmentBuilder b, Value root) {
    this.b = b;
    this.root = root;
  }

  /** The segment under construction. */
  public SegmentBuilder segment() {
    return b;
  }

  /** The descriptor of the container's root. */
  public Value root() {
    return root;
  }

  /** A system call that must succeed. */
  public Value syscall(int number, Value... arguments) {
    return b.syscall(number, arguments);
  }

  /** Opens a path inside the root. */
  public Value open(String path, int flags) {
    return FileWorker.addOpen2(
        b, root, relative(path), flags | Linux.O_CLOEXEC, 0, Linux.RESOLVE_IN_ROOT);
  }

  /** Opens a directory inside the root as a place to mount on, and makes it if it is missing. */
  public Value openOrMakeDirectory(String path) {
    return openOrMake(path, Linux.O_DIRECTORY, true);
  }

  /** Opens a file inside the root as a place to mount on, and makes an empty one if missing. */
  public Value openOrMakeFile(String path) {
    return openOrMake(path, 0, false);
  }

  private Value openOrMake(String path, int flags, boolean directory) {
    String relative = relative(path);
    if (relative.equals(".")) {
      return root;
    }
    Value slot = b.room(8);
    Label missing = new Label();
    Label done = new Label();
    Value there =
        FileWorker.addOpen2(b, root, relative, OPEN_PATH | flags, 0, Linux.RESOLVE_IN_ROOT);
    b.jumpingTo(missing, Errno.ENOENT);
    b.store(slot, there, 4);
    b.jump(done, Value.of(0), 0, 0);
    b.here(missing);
    makeDirectories(directory ? relative : parent(relative));
    if (!directory) {
      Value file =
          FileWorker.addOpen2(
              b,
              root,
              relative,
              Linux.O_CREAT | Linux.O_CLOEXEC | Linux.O_NONBLOCK,
              0755,
              Linux.RESOLVE_IN_ROOT);
      b.syscall(Wire.SYS_CLOSE, file);
    }
    Value made =
        FileWorker.addOpen2(b, root, relative, OPEN_PATH | flags, 0, Linux.RESOLVE_IN_ROOT);
    b.store(slot, made, 4);
    b.here(done);
    return b.load(slot, 4);
  }

  /** Makes each directory of a relative path that is missing. */
  private void makeDirectories(String relative) {
    for (int end = relative.indexOf('/'); ; end = relative.indexOf('/', end + 1)) {
      String prefix = end < 0 ? relative : relative.substring(0, end);
      if (prefix.isEmpty()) {
        return;
      }
      String name = prefix.substring(prefix.lastIndexOf('/') + 1);
      Value parent =
          FileWorker.addOpen2(
              b,
              root,
              parent(prefix).isEmpty() ? "." : parent(prefix),
              OPEN_PATH | Linux.O_DIRECTORY,
              0,
              Linux.RESOLVE_IN_ROOT);
      b.syscall(Wire.SYS_MKDIRAT, parent, b.text(name), Value.of(0755));
      b.tolerating(Errno.EEXIST);
      b.syscall(Wire.SYS_CLOSE, parent);
      if (end < 0) {
        return;
      }
    }
  }

  /** Attaches a detached mount on an opened place. */
  public void attach(Value mount, Value place) {
    syscall(
        Wire.SYS_MOVE_MOUNT,
        mount,
        b.text(""),
        place,
        b.text(""),
        Value.of(Linux.MOVE_MOUNT_F_EMPTY_PATH | Linux.MOVE_MOUNT_T_EMPTY_PATH));
  }

  public void close(Value descriptor) {
    syscall(Wire.SYS_CLOSE, descriptor);
  }

  /** mount_setattr(2) on an opened mount. */
  public void setMountAttributes(
      Value mount, long set, long clear, long propagation, boolean recursive) {
    syscall(
        Wire.SYS_MOUNT_SETATTR,
        mount,
        b.text(""),
        Value.of(Linux.AT_EMPTY_PATH | (recursive ? Linux.AT_RECURSIVE : 0)),
        b.longs(set, clear, propagation, 0),
        Value.of(32));
  }

  private static String parent(String relative) {
    int slash = relative.lastIndexOf('/');
    return slash < 0 ? "" : relative.substring(0, slash);
  }

  /** The path without leading, doubled and trailing slashes and single dots; "." for the root. */
  public static String relative(String path) {
    StringBuilder out = new StringBuilder(path.length());
    int from = 0;
    while (from <= path.length()) {
      int slash = path.indexOf('/', from);
      int end = slash < 0 ? path.length() : slash;
      if (end > from && !(end == from + 1 && path.charAt(from) == '.')) {
        if (!out.isEmpty()) {
          out.append('/');
        }
        out.append(path, from, end);
      }
      from = end + 1;
    }
    return out.isEmpty() ? "." : out.toString();
  }
}
