package dev.mydocker.engine;

import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/** The directory that holds what a container changed, and another that takes its place. */
final class UpperLayer {
  private static final int RENAME_EXCHANGE = 2;

  private UpperLayer() {}

  /**
   * Makes an empty directory that can take the place of another: the topmost one is whose owner and
   * mode an overlay's root directory has.
   */
  static void makeLike(FileWorker files, String upper, String empty) {
    FileStatus status =
        files.status(FileWorker.HOST, upper).orElseThrow(() -> new IllegalStateException(upper));
    SegmentBuilder b = Segment.builder();
    Value path = b.text(empty);
    Value here = Value.of(FileWorker.HOST);
    b.syscall(Wire.SYS_MKDIRAT, here, path, Value.of(0700));
    b.syscall(
        Wire.SYS_FCHOWNAT,
        here,
        path,
        Value.of(status.user()),
        Value.of(status.group()),
        Value.of(Linux.AT_SYMLINK_NOFOLLOW));
    b.syscall(Wire.SYS_FCHMODAT, here, path, Value.of(status.permissions()));
    files.performer().perform(b.build()).orThrow("create directory " + empty);
  }

  /** Gives each of two directories the other's name, in one step (renameat2(2)). */
  static void exchange(FileWorker files, String one, String other) {
    SegmentBuilder b = Segment.builder();
    b.syscall(
        Wire.SYS_RENAMEAT2,
        Value.of(FileWorker.HOST),
        b.text(one),
        Value.of(FileWorker.HOST),
        b.text(other),
        Value.of(RENAME_EXCHANGE));
    files.performer().perform(b.build()).orThrow("exchange " + one + " and " + other);
  }
}
