package dev.mydocker.runtime.rootfs;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Lowering;
import org.jspecify.annotations.Nullable;

/**
 * A tmpfs that takes after the directory of the root file system that it is mounted on, as with
 * runc: it has its mode, unless another one is given, and with {@code tmpcopyup} its content. What
 * earlier mounts of the configuration have put there is not seen.
 */
public final class Tmpfs {
  private Tmpfs() {}

  /** The options, with the mode of that directory where there is one and no other is given. */
  public static MountOptions withMode(
      FileWorker files, int root, String destination, MountOptions options) {
    for (String option : options.data()) {
      if (option.startsWith("mode=")) {
        return options;
      }
    }
    int below = open(files, root, destination, Linux.O_PATH);
    if (below < 0) {
      return options;
    }
    try {
      FileStatus status = files.status(below);
      return options.withData("mode=" + Integer.toOctalString(status.mode() & ~Linux.S_IFMT));
    } finally {
      files.close(below);
    }
  }

  /**
   * Makes one with the directory's content.
   *
   * @return a detached mount
   */
  public static int copyUp(
      FileWorker files,
      int root,
      String destination,
      @Nullable String source,
      MountOptions options) {
    SegmentBuilder b = Segment.builder();
    b.about(
        Group.MOUNTS.title(),
        "make a tmpfs with what " + destination + " holds",
        "tmpcopyup: the container finds what its image has there, and may change it");
    Value mount = MountSteps.fileSystem(new Lowering(b, Value.of(-1)), "tmpfs", source, options);
    int made = (int) files.performer().perform(b.build()).orThrow("make a tmpfs").result(mount);
    int from = open(files, root, destination, Linux.O_RDONLY);
    if (from >= 0) {
      try {
        int to = files.open(made, ".", Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
        try {
          new TreeCopy(files).copy(from, to);
        } finally {
          files.close(to);
        }
      } finally {
        files.close(from);
      }
    }
    return made;
  }

  private static int open(FileWorker files, int root, String destination, int flags) {
    try {
      return files.open(
          root,
          Lowering.relative(destination),
          flags | Linux.O_DIRECTORY,
          0,
          Linux.RESOLVE_IN_ROOT);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT || e.error() == Errno.ENOTDIR) {
        return -1;
      }
      throw e;
    }
  }
}
