package dev.mydocker.kernel;

/**
 * What statx(2) says of a file.
 *
 * @param mode type and permissions, as st_mode
 * @param deviceMajor of a device node, with {@code deviceMinor}
 * @param modifiedNanos the nanoseconds within {@code modifiedSeconds}
 * @param containerMajor of the device that holds the file, with {@code containerMinor}
 */
public record FileStatus(
    int mode,
    int links,
    int user,
    int group,
    long inode,
    long size,
    long blocks,
    long modifiedSeconds,
    int modifiedNanos,
    int deviceMajor,
    int deviceMinor,
    int containerMajor,
    int containerMinor) {
  static final int SIZE = 256;

  static FileStatus of(Reply reply, Value at) {
    return new FileStatus(
        (int) reply.number(at.plus(28), 2) & 0xFFFF,
        (int) reply.number(at.plus(16), 4),
        (int) reply.number(at.plus(20), 4),
        (int) reply.number(at.plus(24), 4),
        reply.number(at.plus(32), 8),
        reply.number(at.plus(40), 8),
        reply.number(at.plus(48), 8),
        reply.number(at.plus(112), 8),
        (int) reply.number(at.plus(120), 4),
        (int) reply.number(at.plus(128), 4),
        (int) reply.number(at.plus(132), 4),
        (int) reply.number(at.plus(136), 4),
        (int) reply.number(at.plus(140), 4));
  }

  /** The file's type: one of {@code Linux.S_IF*}. */
  public int type() {
    return mode & Linux.S_IFMT;
  }

  /** Permissions with set-id and sticky bits. */
  public int permissions() {
    return mode & 0xFFF;
  }

  public boolean isDirectory() {
    return type() == Linux.S_IFDIR;
  }

  public boolean isRegular() {
    return type() == Linux.S_IFREG;
  }

  public boolean isSymbolicLink() {
    return type() == Linux.S_IFLNK;
  }
}
