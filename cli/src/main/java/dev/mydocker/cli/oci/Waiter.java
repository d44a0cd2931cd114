package dev.mydocker.cli.oci;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.lifecycle.Foreground;
import java.util.List;

/**
 * What this process becomes for a container in the foreground: a small program that waits, passes
 * signals on, and copies the terminal's bytes.
 */
final class Waiter implements Foreground {
  /** It starts the container first: a signal that comes meanwhile finds it, and not us. */
  static final int START = 1;

  /** It performs the container's cleanup.plan at the end. */
  static final int CLEAN_UP = 2;

  private static final int PR_SET_CHILD_SUBREAPER = 36;

  private static final long TIOCGWINSZ = 0x5413;
  private static final long TIOCSWINSZ = 0x5414;

  private final FileWorker files;
  private int master = -1;
  private int guard = -1;

  Waiter(FileWorker files) {
    this.files = files;
  }

  /** Has orphans below us, the container's process among them, become our children. */
  void adopt() {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_PRCTL, Value.of(PR_SET_CHILD_SUBREAPER), Value.of(1));
    files.performer().perform(b.build()).orThrow("become the reaper of the container's process");
  }

  @Override
  public void takeTerminal(int terminal) {
    SegmentBuilder b = Segment.builder();
    Value copy =
        b.syscall(Wire.SYS_FCNTL, Value.of(terminal), Value.of(Linux.F_DUPFD_CLOEXEC), Value.of(3));
    // The command may ask for the window's size before we have become the program that copies it.
    Value size = b.room(8);
    b.syscall(Wire.SYS_IOCTL, Value.of(0), Value.of(TIOCGWINSZ), size);
    b.ignoringErrors();
    b.syscall(Wire.SYS_IOCTL, copy, Value.of(TIOCSWINSZ), size);
    b.ignoringErrors();
    master = (int) files.performer().perform(b.build()).orThrow("keep the terminal").result(copy);
  }

  @Override
  public void takeGuard(int descriptor) {
    guard = descriptor;
  }

  /**
   * Becomes that program, which ends with the process's exit code; does not return.
   *
   * @param directory the container's, or -1
   * @param flags {@link #START}, {@link #CLEAN_UP} or both
   * @param what begins the message if it cannot be started
   */
  void become(long pid, int directory, int flags, String what) {
    keepOverExec(master);
    keepOverExec(directory);
    keepOverExec(guard);
    Helper.become(
        files.performer(),
        List.of(
            "mydocker-foreground",
            Long.toString(pid),
            Integer.toString(master),
            Integer.toString(directory),
            Integer.toString(flags),
            Integer.toString(guard),
            what));
  }

  private void keepOverExec(int descriptor) {
    if (descriptor >= 0) {
      SegmentBuilder b = Segment.builder();
      b.syscall(Wire.SYS_FCNTL, Value.of(descriptor), Value.of(Linux.F_SETFD), Value.of(0));
      files.performer().perform(b.build()).orThrow("keep a descriptor");
    }
  }
}
