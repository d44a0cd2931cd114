package dev.mydocker.kernel;

/** What concerns the whole file system that an open file is on. */
public final class FileSystems {
  /** {@code sizeof (struct statfs)}. */
  private static final int STATFS = 120;

  private FileSystems() {}

  /** syncfs(2): returns once all that was written to it will outlive the power. */
  public static void sync(FileWorker files, int file) {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_SYNCFS, Value.of(file));
    files.performer().perform(b.build()).orThrow("sync the file system of descriptor " + file);
  }

  /** fstatfs(2): how many bytes may still be written to it by those who are not root. */
  public static long availableBytes(FileWorker files, int file) {
    SegmentBuilder b = Segment.builder();
    Value buffer = b.returned(STATFS);
    b.syscall(Wire.SYS_FSTATFS, Value.of(file), buffer);
    Reply reply =
        files
            .performer()
            .perform(b.build())
            .orThrow("look for space on the file system of descriptor " + file);
    // Type, size of a block, blocks, free blocks, blocks that are free for everybody.
    long blockSize = reply.number(buffer.plus(8), 8);
    long blocks = reply.number(buffer.plus(32), 8);
    return blockSize > 0 && blocks > Long.MAX_VALUE / blockSize
        ? Long.MAX_VALUE
        : blocks * blockSize;
  }
}
