package dev.mydocker.kernel;

/**
 * flock(2) on files of the host: what it takes to lock one, or to see that it is locked, in one
 * segment.
 */
public final class FileLocks {
  private final Performer performer;

  public FileLocks(Performer performer) {
    this.performer = performer;
  }

  /**
   * A file that was opened for its lock.
   *
   * @param file its descriptor
   * @param locked whether it could be locked at once
   * @param current whether the path still leads to it
   */
  public record Locked(int file, boolean locked, boolean current) {}

  /** Opens a file on the host and tries to lock it (flock(2)), without waiting, in one go. */
  public Locked openLocked(String path, int flags, int mode) {
    SegmentBuilder b = Segment.builder();
    Value name = b.text(path);
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            name,
            Value.of(flags | Linux.O_CLOEXEC),
            Value.of(mode));
    Value locked = b.syscall(Wire.SYS_FLOCK, file, Value.of(Linux.LOCK_EX | Linux.LOCK_NB));
    b.ignoringErrors();
    Value held = b.returned(FileStatus.SIZE);
    b.syscall(
        Wire.SYS_STATX,
        file,
        b.text(""),
        Value.of(Linux.AT_EMPTY_PATH),
        Value.of(FileWorker.STATX_BASIC),
        held);
    b.ignoringErrors();
    Value there = b.returned(FileStatus.SIZE);
    Value found =
        b.syscall(
            Wire.SYS_STATX,
            Value.of(FileWorker.HOST),
            name,
            Value.of(Linux.AT_SYMLINK_NOFOLLOW),
            Value.of(FileWorker.STATX_BASIC),
            there);
    b.ignoringErrors();
    Reply reply = performer.perform(b.build()).orThrow("open " + path);
    boolean current =
        reply.result(found) == 0
            && FileStatus.of(reply, held).inode() == FileStatus.of(reply, there).inode();
    return new Locked((int) reply.result(file), reply.result(locked) == 0, current);
  }

  /** Whether a file of the host is there and locked by somebody (flock(2)). */
  public boolean isLocked(String path) {
    SegmentBuilder b = Segment.builder();
    Label missing = new Label();
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text(path),
            Value.of(Linux.O_RDONLY | Linux.O_CLOEXEC),
            Value.of(0));
    b.jumpingTo(missing, Errno.ENOENT, Errno.ENOTDIR);
    Value locked = b.syscall(Wire.SYS_FLOCK, file, Value.of(Linux.LOCK_EX | Linux.LOCK_NB));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, file);
    b.here(missing);
    Reply reply = performer.perform(b.build()).orThrow("open " + path);
    return reply.result(file) >= 0 && reply.result(locked) == -Errno.EAGAIN;
  }
}
