package dev.mydocker.runtime.cgroup;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds the processes of a container still, and lets them go on. Each may find that the cgroup is
 * gone: the container has ended then.
 */
final class Freezer {
  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final long PAUSE_NANOS = 100_000;
  private static final int POLL_MS = 50;
  private static final int POLLPRI = 2;
  private static final int EVENTS_SIZE = 256;

  private final FileWorker files;
  private final CgroupPaths paths;

  Freezer(FileWorker files, CgroupPaths paths) {
    this.files = files;
    this.paths = paths;
  }

  /** Returns when all are still (false if they have ended); else lets them go on and throws. */
  boolean freeze() {
    CgroupDirectory directory = directory(paths);
    boolean still;
    try {
      still = directory.unified() ? change(directory, "1") : freezeV1(directory);
    } catch (KernelException e) {
      if (isGone(e)) {
        return false;
      }
      try {
        thaw();
      } catch (KernelException next) {
        e.addSuppressed(next);
      }
      throw e;
    }
    if (!still) {
      thaw();
      throw MydockerException.of(
          Category.CONFLICT,
          "freeze cgroup",
          directory.path(),
          "a process of it cannot be held still",
          "it may be waiting for a disk or a network file system");
    }
    return true;
  }

  /** Lets them go on; false if they have ended. */
  boolean thaw() {
    CgroupDirectory directory = directory(paths);
    try {
      if (!directory.unified()) {
        files.writeExisting(Linux.AT_FDCWD, directory.file("freezer.state"), "THAWED");
      } else {
        change(directory, "0");
      }
      return true;
    } catch (KernelException e) {
      if (isGone(e)) {
        return false;
      }
      throw e;
    }
  }

  /** ENODEV is the answer of a file whose cgroup was removed after it was opened. */
  private static boolean isGone(KernelException e) {
    return e.error() == Errno.ENOENT || e.error() == Errno.ENODEV;
  }

  /** The file that tells whether they are held still. */
  static String stateFile(CgroupPaths paths) {
    CgroupDirectory directory = directory(paths);
    return directory.file(directory.unified() ? "cgroup.freeze" : "freezer.state");
  }

  /** Whether the {@link #stateFile} of a container says so. */
  static boolean frozen(FileWorker files, String file) {
    return files.readIfThere(Linux.AT_FDCWD, file).map(Freezer::saysFrozen).orElse(false);
  }

  /** Whether this is what such a file says then. */
  static boolean saysFrozen(byte[] content) {
    String state = Bytes.decode(content).strip();
    // Freezing is as good as frozen to who asks: somebody wanted it, and thawing ends it.
    return state.equals("1") || state.equals("FROZEN") || state.equals("FREEZING");
  }

  private static CgroupDirectory directory(CgroupPaths paths) {
    // With both versions a process may be frozen by either; the one with a controller is ours.
    if (paths.version() != CgroupVersion.V2) {
      return paths
          .directory("freezer")
          .orElseThrow(
              () ->
                  MydockerException.of(
                      Category.UNSUPPORTED,
                      "freeze container",
                      paths.name(),
                      "the cgroup controller freezer is not mounted"));
    }
    return paths.members();
  }

  /**
   * v1 gives no sign when it is done, and a process that forks meanwhile may have to be told again
   * (the kernel's cgroup-v1/freezer-subsystem: FREEZING), so this looks, and looks again.
   */
  private boolean freezeV1(CgroupDirectory directory) {
    String file = directory.file("freezer.state");
    long start = System.nanoTime();
    do {
      SegmentBuilder b = Segment.builder();
      Value open = addOpen(b, file, Linux.O_RDWR);
      b.syscall(Wire.SYS_WRITE, open, b.text("FROZEN"), Value.of(6));
      Value state = b.returned(16);
      Value length = b.syscall(Wire.SYS_PREAD64, open, state, Value.of(16), Value.of(0));
      b.syscall(Wire.SYS_CLOSE, open);
      Reply reply = files.performer().perform(b.build()).orThrow("freeze cgroup " + file);
      if (reply.text(state, (int) reply.result(length)).startsWith("FROZEN")) {
        return true;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    } while (System.nanoTime() - start < PATIENCE_NANOS);
    return false;
  }

  /** Writes cgroup.freeze and waits until cgroup.events agrees, woken by the kernel. */
  private boolean change(CgroupDirectory directory, String wanted) {
    String path = directory.path();
    SegmentBuilder first = Segment.builder();
    Value freeze = addOpen(first, path + "/cgroup.freeze", Linux.O_WRONLY);
    first.syscall(Wire.SYS_WRITE, freeze, first.text(wanted), Value.of(1));
    first.syscall(Wire.SYS_CLOSE, freeze);
    Value opened = addOpen(first, path + "/cgroup.events", Linux.O_RDONLY);
    String operation = (wanted.equals("1") ? "freeze cgroup " : "thaw cgroup ") + path;
    int events = (int) files.performer().perform(first.build()).orThrow(operation).result(opened);
    try {
      long start = System.nanoTime();
      do {
        SegmentBuilder b = Segment.builder();
        Value text = b.returned(EVENTS_SIZE);
        Value length =
            b.syscall(Wire.SYS_PREAD64, Value.of(events), text, Value.of(EVENTS_SIZE), Value.of(0));
        Reply reply = files.performer().perform(b.build()).orThrow(operation);
        if (reply.text(text, (int) reply.result(length)).contains("frozen " + wanted)) {
          return true;
        }
        awaitChange(events, operation);
      } while (System.nanoTime() - start < PATIENCE_NANOS);
      return false;
    } finally {
      files.close(events);
    }
  }

  private void awaitChange(int events, String operation) {
    SegmentBuilder b = Segment.builder();
    b.syscall(
        Wire.SYS_PPOLL,
        b.ints(events, POLLPRI),
        Value.of(1),
        b.longs(0, POLL_MS * 1_000_000L),
        Value.of(0),
        Value.of(8));
    b.ignoringErrors();
    files.performer().perform(b.build()).orThrow(operation);
  }

  private static Value addOpen(SegmentBuilder b, String path, int flags) {
    return b.syscall(
        Wire.SYS_OPENAT,
        Value.of(Linux.AT_FDCWD),
        b.text(path),
        Value.of(flags | Linux.O_CLOEXEC),
        Value.of(0));
  }
}
