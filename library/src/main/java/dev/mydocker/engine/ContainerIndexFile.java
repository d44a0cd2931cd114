package dev.mydocker.engine;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileLocks;
import dev.mydocker.kernel.FileStamp;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the {@link ContainerIndex} is kept: a file that is replaced as a whole, so that readers
 * take no lock. Writers do, on the file that they fill; of two the second leaves it.
 */
final class ContainerIndexFile {
  private final Workbench bench;
  private final String path;
  private FileStamp directory = FileStamp.NONE;
  private boolean there;

  ContainerIndexFile(Workbench bench) {
    this.bench = bench;
    this.path = bench.directory().engine() + "/index";
  }

  /** Reads it, if there is one; looks at the directory of containers before. */
  @Nullable ContainerIndex read() {
    SegmentBuilder b = Segment.builder();
    FileStamp.Look look =
        FileStamp.add(b, Value.of(FileWorker.HOST), b.text(bench.directory().containers()));
    Label missing = new Label();
    Value opened =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text(path),
            Value.of(Linux.O_RDONLY | Linux.O_NOFOLLOW | Linux.O_CLOEXEC),
            Value.of(0));
    b.jumpingTo(missing);
    Value length = b.syscall(Wire.SYS_LSEEK, opened, Value.of(0), Value.of(Linux.SEEK_END));
    b.syscall(Wire.SYS_LSEEK, opened, Value.of(0), Value.of(0));
    b.here(missing);
    Reply reply = bench.performer().perform(b.build()).orThrow("read " + path);
    directory = FileStamp.of(reply, look);
    int file = (int) reply.result(opened);
    if (file < 0) {
      there = file != -Errno.ENOENT && file != -Errno.ENOTDIR;
      return null;
    }
    there = true;
    long size = reply.result(length);
    try {
      return size > Wire.MAXIMUM_LENGTH / 2
          ? null
          : ContainerIndex.decode(
              bench.files().read(file, (int) size),
              bench.observer().probe().bootId(),
              bench.directory().root());
    } finally {
      bench.files().close(file);
    }
  }

  /** The stamp that the directory of containers had then. */
  FileStamp directory() {
    return directory;
  }

  /** Removes it, if there was one. */
  void remove() {
    if (there) {
      bench.files().unlink(FileWorker.HOST, path);
    }
  }

  /**
   * Replaces it, unless somebody else is doing that.
   *
   * @param stamp of the directory of containers when it held these and nothing else
   */
  void write(FileStamp stamp, List<ContainerIndex.Entry> entries) {
    byte[] content =
        ContainerIndex.encode(
            stamp, entries, bench.observer().probe().bootId(), bench.directory().root());
    if (content.length > Wire.MAXIMUM_LENGTH / 2) {
      return;
    }
    String filled = path + ".new";
    FileLocks.Locked lock =
        new FileLocks(bench.performer())
            .openLocked(filled, Linux.O_RDWR | Linux.O_CREAT | Linux.O_NOFOLLOW, 0600);
    try {
      if (!lock.locked() || !lock.current()) {
        return;
      }
      SegmentBuilder b = Segment.builder();
      Value file = Value.of(lock.file());
      b.syscall(Wire.SYS_FTRUNCATE, file, Value.of(0));
      Value written = b.syscall(Wire.SYS_WRITE, file, b.bytes(content), Value.of(content.length));
      b.check(written, -1, content.length, Errno.ENOSPC);
      b.syscall(
          Wire.SYS_RENAMEAT2,
          Value.of(FileWorker.HOST),
          b.text(filled),
          Value.of(FileWorker.HOST),
          b.text(path),
          Value.of(0));
      bench.performer().perform(b.build()).orThrow("write " + path);
    } finally {
      bench.files().close(lock.file());
    }
  }
}
