package dev.mydocker.kernel;

import java.util.Arrays;

/**
 * What tells that a file is the one that was looked at before, and unchanged: its inode, its size
 * and the time of its last change (stx_ctime of statx(2)), which nobody can set but the clock.
 *
 * <p>Kept as the kernel writes it, since lists of containers compare thousands in a cold JVM.
 */
public final class FileStamp {
  /** How many bytes a stamp has. */
  public static final int SIZE = 28;

  /** Of a file that is not there. */
  public static final FileStamp NONE = new FileStamp(new byte[SIZE], 0);

  /** Of a file that could not be looked at: like no other, itself included. */
  private static final FileStamp UNKNOWN = new FileStamp(new byte[SIZE], 0);

  private static final Value NO_FOLLOW = Value.of(Linux.AT_SYMLINK_NOFOLLOW);
  private static final Value BASIC = Value.of(FileWorker.STATX_BASIC);
  private static final int STX_INO = 32;
  private static final int STX_CTIME = 96;
  private static final int INODE_AND_SIZE = 16;
  private static final int CHANGED = SIZE - INODE_AND_SIZE;

  private final byte[] bytes;
  private final int at;

  private FileStamp(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  /** A statx(2) whose answer comes with the reply. */
  public record Look(Value result, Value buffer) {}

  /** Adds a look at a file, which does not follow a last symbolic link and never fails. */
  public static Look add(SegmentBuilder b, Value directory, Value name) {
    Value buffer = b.returned(FileStatus.SIZE);
    Value result = b.syscall(Wire.SYS_STATX, directory, name, NO_FOLLOW, BASIC, buffer);
    b.ignoringErrors();
    return new Look(result, buffer);
  }

  /** What a look saw. */
  public static FileStamp of(Reply reply, Look look) {
    long result = reply.result(look.result);
    if (result < 0) {
      return result == -Errno.ENOENT || result == -Errno.ENOTDIR ? NONE : UNKNOWN;
    }
    byte[] stamp = new byte[SIZE];
    reply.copy(look.buffer.plus(STX_INO), stamp, 0, INODE_AND_SIZE);
    reply.copy(look.buffer.plus(STX_CTIME), stamp, INODE_AND_SIZE, CHANGED);
    return new FileStamp(stamp, 0);
  }

  /** The stamp that is kept in {@code bytes[at..at+SIZE)}, which is not copied. */
  public static FileStamp of(byte[] bytes, int at) {
    return new FileStamp(bytes, at);
  }

  /** A copy of it, to be kept. */
  public byte[] bytes() {
    return Arrays.copyOfRange(bytes, at, at + SIZE);
  }

  /** Returns whether it is of the same file, and that has not been changed in between. */
  public boolean isSame(FileStamp other) {
    return this != UNKNOWN
        && other != UNKNOWN
        && Arrays.equals(bytes, at, at + SIZE, other.bytes, other.at, other.at + SIZE);
  }

  /** Returns whether a look saw the same: {@code isSame(of(reply, look))}, without a copy. */
  public boolean isSame(Reply reply, Look look) {
    long result = reply.result(look.result);
    if (result < 0) {
      return isSame(of(reply, look));
    }
    int changed = at + INODE_AND_SIZE;
    return this != UNKNOWN
        && reply.holds(look.buffer.plus(STX_INO), bytes, at, INODE_AND_SIZE)
        && reply.holds(look.buffer.plus(STX_CTIME), bytes, changed, CHANGED);
  }

  /** When the file was last changed, in nanoseconds since 1970. */
  public long changed() {
    return number(INODE_AND_SIZE, 8) * Timestamp.SECOND + number(INODE_AND_SIZE + 8, 4);
  }

  private long number(int offset, int width) {
    long number = 0;
    for (int i = width - 1; i >= 0; i--) {
      number = number << 8 | bytes[at + offset + i] & 0xFF;
    }
    return number;
  }
}
