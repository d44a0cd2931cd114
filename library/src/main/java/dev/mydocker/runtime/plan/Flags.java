package dev.mydocker.runtime.plan;

import dev.mydocker.kernel.Linux;
import java.util.Arrays;

/** Numbers of the kernel's interface by name, as the headers have them. */
final class Flags {
  static final Flags AT =
      new Flags("0")
          .bit(Linux.AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW")
          .bit(Linux.AT_SYMLINK_FOLLOW, "AT_SYMLINK_FOLLOW")
          .bit(Linux.AT_EMPTY_PATH, "AT_EMPTY_PATH")
          .bit(Linux.AT_RECURSIVE, "AT_RECURSIVE");
  static final Flags OPEN =
      new Flags("O_RDONLY")
          .bit(Linux.O_WRONLY, "O_WRONLY")
          .bit(Linux.O_RDWR, "O_RDWR")
          .bit(Linux.O_CREAT, "O_CREAT")
          .bit(Linux.O_EXCL, "O_EXCL")
          .bit(Linux.O_TRUNC, "O_TRUNC")
          .bit(Linux.O_APPEND, "O_APPEND")
          .bit(Linux.O_PATH, "O_PATH")
          .bit(Linux.O_DIRECTORY, "O_DIRECTORY")
          .bit(Linux.O_NOFOLLOW, "O_NOFOLLOW")
          .bit(Linux.O_NOCTTY, "O_NOCTTY")
          .bit(Linux.O_NONBLOCK, "O_NONBLOCK")
          .bit(Linux.O_CLOEXEC, "O_CLOEXEC");
  static final Flags RESOLVE =
      new Flags("0")
          .bit(Linux.RESOLVE_IN_ROOT, "RESOLVE_IN_ROOT")
          .bit(Linux.RESOLVE_BENEATH, "RESOLVE_BENEATH")
          .bit(Linux.RESOLVE_NO_SYMLINKS, "RESOLVE_NO_SYMLINKS")
          .bit(Linux.RESOLVE_NO_MAGICLINKS, "RESOLVE_NO_MAGICLINKS")
          .bit(Linux.RESOLVE_NO_XDEV, "RESOLVE_NO_XDEV");
  static final Flags MOUNT =
      new Flags("0")
          .bit(Linux.MS_RDONLY, "MS_RDONLY")
          .bit(Linux.MS_NOSUID, "MS_NOSUID")
          .bit(Linux.MS_NODEV, "MS_NODEV")
          .bit(Linux.MS_NOEXEC, "MS_NOEXEC")
          .bit(Linux.MS_REMOUNT, "MS_REMOUNT")
          .bit(Linux.MS_BIND, "MS_BIND")
          .bit(Linux.MS_PRIVATE, "MS_PRIVATE")
          .bit(Linux.MS_SLAVE, "MS_SLAVE")
          .bit(Linux.MS_SHARED, "MS_SHARED")
          .bit(Linux.MS_UNBINDABLE, "MS_UNBINDABLE")
          .bit(Linux.MS_REC, "MS_REC");
  static final Flags UNMOUNT = new Flags("0").bit(Linux.MNT_DETACH, "MNT_DETACH");
  static final Flags MOUNT_ATTRIBUTES =
      new Flags("0")
          .bit(Linux.MOUNT_ATTR_RDONLY, "MOUNT_ATTR_RDONLY")
          .bit(Linux.MOUNT_ATTR_NOSUID, "MOUNT_ATTR_NOSUID")
          .bit(Linux.MOUNT_ATTR_NODEV, "MOUNT_ATTR_NODEV")
          .bit(Linux.MOUNT_ATTR_NOEXEC, "MOUNT_ATTR_NOEXEC")
          .bit(Linux.MOUNT_ATTR_ATIME, "MOUNT_ATTR__ATIME")
          .bit(Linux.MOUNT_ATTR_NOATIME, "MOUNT_ATTR_NOATIME")
          .bit(Linux.MOUNT_ATTR_STRICTATIME, "MOUNT_ATTR_STRICTATIME")
          .bit(Linux.MOUNT_ATTR_NODIRATIME, "MOUNT_ATTR_NODIRATIME")
          .bit(Linux.MOUNT_ATTR_IDMAP, "MOUNT_ATTR_IDMAP")
          .bit(Linux.MOUNT_ATTR_NOSYMFOLLOW, "MOUNT_ATTR_NOSYMFOLLOW");
  static final Flags OPEN_TREE =
      new Flags("0")
          .bit(Linux.OPEN_TREE_CLONE, "OPEN_TREE_CLONE")
          .bit(Linux.AT_EMPTY_PATH, "AT_EMPTY_PATH")
          .bit(Linux.AT_RECURSIVE, "AT_RECURSIVE")
          .bit(Linux.OPEN_TREE_CLOEXEC, "OPEN_TREE_CLOEXEC");
  static final Flags MOVE_MOUNT =
      new Flags("0")
          .bit(Linux.MOVE_MOUNT_F_EMPTY_PATH, "MOVE_MOUNT_F_EMPTY_PATH")
          .bit(Linux.MOVE_MOUNT_T_EMPTY_PATH, "MOVE_MOUNT_T_EMPTY_PATH");
  static final Flags FSOPEN = new Flags("0").bit(Linux.FSOPEN_CLOEXEC, "FSOPEN_CLOEXEC");
  static final Flags FSMOUNT = new Flags("0").bit(Linux.FSMOUNT_CLOEXEC, "FSMOUNT_CLOEXEC");
  static final Flags NAMESPACES =
      new Flags("0")
          .bit(Linux.CLONE_NEWUSER, "CLONE_NEWUSER")
          .bit(Linux.CLONE_NEWPID, "CLONE_NEWPID")
          .bit(Linux.CLONE_NEWNS, "CLONE_NEWNS")
          .bit(Linux.CLONE_NEWNET, "CLONE_NEWNET")
          .bit(Linux.CLONE_NEWIPC, "CLONE_NEWIPC")
          .bit(Linux.CLONE_NEWUTS, "CLONE_NEWUTS")
          .bit(Linux.CLONE_NEWCGROUP, "CLONE_NEWCGROUP")
          .bit(Linux.CLONE_NEWTIME, "CLONE_NEWTIME");
  static final Flags SECCOMP =
      new Flags("0")
          .bit(1, "SECCOMP_FILTER_FLAG_TSYNC")
          .bit(2, "SECCOMP_FILTER_FLAG_LOG")
          .bit(4, "SECCOMP_FILTER_FLAG_SPEC_ALLOW")
          .bit(8, "SECCOMP_FILTER_FLAG_NEW_LISTENER");

  static final Flags FILE_TYPE =
      new Flags("")
          .value(Linux.S_IFCHR, "S_IFCHR")
          .value(Linux.S_IFBLK, "S_IFBLK")
          .value(Linux.S_IFIFO, "S_IFIFO")
          .value(Linux.S_IFREG, "S_IFREG")
          .value(Linux.S_IFSOCK, "S_IFSOCK");
  static final Flags FSCONFIG =
      new Flags("FSCONFIG_SET_FLAG")
          .value(Linux.FSCONFIG_SET_STRING, "FSCONFIG_SET_STRING")
          .value(Linux.FSCONFIG_CMD_CREATE, "FSCONFIG_CMD_CREATE");
  static final Flags PRCTL =
      new Flags("0")
          .value(Linux.PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG")
          .value(Linux.PR_SET_DUMPABLE, "PR_SET_DUMPABLE")
          .value(Linux.PR_SET_KEEPCAPS, "PR_SET_KEEPCAPS")
          .value(Linux.PR_CAPBSET_DROP, "PR_CAPBSET_DROP")
          .value(Linux.PR_SET_NAME, "PR_SET_NAME")
          .value(Linux.PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS")
          .value(Linux.PR_CAP_AMBIENT, "PR_CAP_AMBIENT");
  static final Flags IOCTL =
      new Flags("0")
          .value(0x540E, "TIOCSCTTY")
          .value(0x40045431, "TIOCSPTLCK")
          .value(0x5441, "TIOCGPTPEER")
          .value(0x5414, "TIOCSWINSZ")
          .value(0x8914, "SIOCSIFFLAGS");
  static final Flags KEYCTL = new Flags("0").value(1, "KEYCTL_JOIN_SESSION_KEYRING");
  static final Flags SECCOMP_OPERATION = new Flags("0").value(1, "SECCOMP_SET_MODE_FILTER");
  static final Flags ERRORS =
      new Flags("0")
          .value(1, "EPERM")
          .value(2, "ENOENT")
          .value(5, "EIO")
          .value(13, "EACCES")
          .value(16, "EBUSY")
          .value(17, "EEXIST")
          .value(18, "EXDEV")
          .value(19, "ENODEV")
          .value(20, "ENOTDIR")
          .value(21, "EISDIR")
          .value(22, "EINVAL")
          .value(28, "ENOSPC")
          .value(38, "ENOSYS")
          .value(40, "ELOOP")
          .value(95, "EOPNOTSUPP")
          .value(122, "EDQUOT")
          .value(3, "ESRCH")
          .value(4, "EINTR")
          .value(6, "ENXIO")
          .value(7, "E2BIG")
          .value(8, "ENOEXEC")
          .value(9, "EBADF")
          .value(10, "ECHILD")
          .value(11, "EAGAIN")
          .value(12, "ENOMEM")
          .value(14, "EFAULT")
          .value(15, "ENOTBLK")
          .value(23, "ENFILE")
          .value(24, "EMFILE")
          .value(25, "ENOTTY")
          .value(26, "ETXTBSY")
          .value(27, "EFBIG")
          .value(30, "EROFS")
          .value(31, "EMLINK")
          .value(32, "EPIPE")
          .value(34, "ERANGE")
          .value(36, "ENAMETOOLONG")
          .value(39, "ENOTEMPTY")
          .value(71, "EPROTO")
          .value(75, "EOVERFLOW")
          .value(80, "ELIBBAD")
          .value(87, "EUSERS")
          .value(98, "EADDRINUSE")
          .value(104, "ECONNRESET")
          .value(107, "ENOTCONN")
          .value(110, "ETIMEDOUT")
          .value(111, "ECONNREFUSED");
  static final Flags CLONE =
      new Flags("0")
          .bit(Linux.CLONE_NEWUSER, "CLONE_NEWUSER")
          .bit(Linux.CLONE_NEWPID, "CLONE_NEWPID")
          .bit(Linux.CLONE_NEWNS, "CLONE_NEWNS")
          .bit(Linux.CLONE_NEWNET, "CLONE_NEWNET")
          .bit(Linux.CLONE_NEWIPC, "CLONE_NEWIPC")
          .bit(Linux.CLONE_NEWUTS, "CLONE_NEWUTS")
          .bit(Linux.CLONE_NEWCGROUP, "CLONE_NEWCGROUP")
          .bit(Linux.CLONE_NEWTIME, "CLONE_NEWTIME")
          .bit(Linux.CLONE_PARENT, "CLONE_PARENT")
          .bit(Linux.CLONE_PIDFD, "CLONE_PIDFD")
          .bit(Linux.CLONE_INTO_CGROUP, "CLONE_INTO_CGROUP")
          .bit(Linux.CLONE_CLEAR_SIGHAND, "CLONE_CLEAR_SIGHAND");
  static final Flags SOCKET_FAMILY =
      new Flags("0").value(Linux.AF_UNIX, "AF_UNIX").value(Linux.AF_INET, "AF_INET");
  static final Flags UNLINK = new Flags("0").bit(Linux.AT_REMOVEDIR, "AT_REMOVEDIR");
  static final Flags STATX = new Flags("0").value(0x7FF, "STATX_BASIC_STATS");
  static final Flags MEMFD =
      new Flags("0")
          .bit(Linux.MFD_CLOEXEC, "MFD_CLOEXEC")
          .bit(Linux.MFD_ALLOW_SEALING, "MFD_ALLOW_SEALING")
          .bit(Linux.MFD_EXEC, "MFD_EXEC");
  static final Flags FCNTL =
      new Flags("0")
          .value(Linux.F_GETFD, "F_GETFD")
          .value(Linux.F_SETFD, "F_SETFD")
          .value(Linux.F_ADD_SEALS, "F_ADD_SEALS");
  static final Flags SEALS =
      new Flags("0")
          .bit(1, "F_SEAL_SEAL")
          .bit(2, "F_SEAL_SHRINK")
          .bit(4, "F_SEAL_GROW")
          .bit(8, "F_SEAL_WRITE");
  static final Flags AMBIENT =
      new Flags("0")
          .value(Linux.PR_CAP_AMBIENT_RAISE, "PR_CAP_AMBIENT_RAISE")
          .value(Linux.PR_CAP_AMBIENT_CLEAR_ALL, "PR_CAP_AMBIENT_CLEAR_ALL");
  static final Flags BPF = new Flags("0").value(5, "BPF_PROG_LOAD").value(8, "BPF_PROG_ATTACH");

  private final String none;
  private long[] values = new long[0];
  private String[] names = new String[0];

  private Flags(String none) {
    this.none = none;
  }

  private Flags bit(long value, String name) {
    return value(value, name);
  }

  private Flags value(long value, String name) {
    values = Arrays.copyOf(values, values.length + 1);
    names = Arrays.copyOf(names, names.length + 1);
    values[values.length - 1] = value;
    names[names.length - 1] = name;
    return this;
  }

  /** The name of exactly this number, or the number. */
  String name(long number) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] == number) {
        return names[i];
      }
    }
    return number == 0 ? none : Long.toString(number);
  }

  /** The names of the bits, with what has no name in hexadecimal. */
  String names(long number) {
    StringBuilder out = new StringBuilder();
    long rest = number;
    for (int i = 0; i < values.length; i++) {
      if ((number & values[i]) == values[i] && (rest & values[i]) != 0) {
        append(out, names[i]);
        rest &= ~values[i];
      }
    }
    if (rest != 0) {
      append(out, "0x" + Long.toHexString(rest));
    }
    return out.isEmpty() ? none : out.toString();
  }

  private static void append(StringBuilder out, String name) {
    if (!out.isEmpty()) {
      out.append('|');
    }
    out.append(name);
  }
}
