package dev.mydocker.runtime.plan;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where steps put their instructions, and what they share: the root file system's descriptor.
 *
 * <p>A path inside the container is only ever resolved from that descriptor, in full, by openat2(2)
 * with RESOLVE_IN_ROOT (Linux 5.6), whatever symbolic links the image holds; what is mounted is
 * mounted on the descriptor that this gave, never by a second look-up (CVE-2021-30465).
 */
public final class Lowering {
  private final SegmentBuilder b;
  private final Value root;

  private @Nullable Value nullDevice;
  private String kept = "";
  private @Nullable Value keptDirectory;

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
    return openOrMake(path, 1);
  }

  /**
   * Opens a directory inside the root, as {@link #openOrMakeDirectory} does, and fails with {@code
   * ELOOP} if a symbolic link is on the way to it.
   */
  public Value openOrMakeOrdinaryDirectory(String path) {
    return openOrMake(path, 2);
  }

  /** Opens a file inside the root as a place to mount on, and makes an empty one if missing. */
  public Value openOrMakeFile(String path) {
    return openOrMake(path, 0);
  }

  private Value openOrMake(String path, int kind) {
    String relative = relative(path);
    return relative.equals(".")
        ? root
        : b.operation(Wire.OP_OPEN_OR_MAKE, root, b.text(relative), Value.of(kind));
  }

  /**
   * The container's null device, which is opened once for all steps that need it.
   *
   * @param open adds the instructions that open it; they must not be jumped over
   */
  public Value nullDevice(Supplier<Value> open) {
    Value device = nullDevice;
    if (device == null) {
      device = open.get();
      nullDevice = device;
    }
    return device;
  }

  /**
   * Opens a directory inside the root, and makes it if it is missing; once for all steps that ask
   * for the same one behind each other. Nothing may be mounted in between.
   */
  public Value keptDirectory(String path) {
    Value directory = keptDirectory;
    if (directory == null || !kept.equals(path)) {
      directory = openOrMakeDirectory(path);
      keptDirectory = directory;
      kept = path;
    }
    return directory;
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

  /** The path without leading, doubled and trailing slashes and single dots; "." for the root. */
  public static String relative(String path) {
    // Nearly all paths are in order.
    if (path.length() > 1
        && path.charAt(0) == '/'
        && path.indexOf("//") < 0
        && path.indexOf("/.") < 0
        && !path.endsWith("/")) {
      return path.substring(1);
    }
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
