package dev.mydocker.kernel;

import dev.mydocker.MydockerException.Category;
import org.jspecify.annotations.Nullable;

/** Error numbers of Linux (errno(3); the same on x86-64 and aarch64) and what they mean. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int E2BIG = 7;
  public static final int ENOEXEC = 8;
  public static final int EBADF = 9;
  public static final int ECHILD = 10;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EFAULT = 14;
  public static final int ENOTBLK = 15;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int EXDEV = 18;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int ENOTTY = 25;
  public static final int ETXTBSY = 26;
  public static final int EFBIG = 27;
  public static final int ENOSPC = 28;
  public static final int ESPIPE = 29;
  public static final int EROFS = 30;
  public static final int EMLINK = 31;
  public static final int EPIPE = 32;
  public static final int ERANGE = 34;
  public static final int ENAMETOOLONG = 36;
  public static final int ENOSYS = 38;
  public static final int ENOTEMPTY = 39;
  public static final int ELOOP = 40;
  public static final int ENODATA = 61;
  public static final int EPROTO = 71;
  public static final int EBADMSG = 74;
  public static final int EOVERFLOW = 75;
  public static final int ELIBBAD = 80;
  public static final int EUSERS = 87;
  public static final int EMSGSIZE = 90;
  public static final int EOPNOTSUPP = 95;
  public static final int EAFNOSUPPORT = 97;
  public static final int EADDRINUSE = 98;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ENOBUFS = 105;
  public static final int ECONNRESET = 104;
  public static final int ENOTCONN = 107;
  public static final int ETIMEDOUT = 110;
  public static final int ECONNREFUSED = 111;
  public static final int EHOSTUNREACH = 113;
  public static final int ESTALE = 116;
  public static final int EDQUOT = 122;
  public static final int ENOKEY = 126;
  public static final int EKEYREJECTED = 129;

  private Errno() {}

  /** The error in words, in lower case: {@code no such file or directory}. */
  public static String message(int error) {
    return switch (error) {
      case EPERM -> "operation not permitted";
      case ENOENT -> "no such file or directory";
      case ESRCH -> "no such process";
      case EINTR -> "interrupted system call";
      case EIO -> "input/output error";
      case ENXIO -> "no such device or address";
      case E2BIG -> "argument list too long";
      case ENOEXEC -> "exec format error";
      case EBADF -> "bad file descriptor";
      case ECHILD -> "no child processes";
      case EAGAIN -> "resource temporarily unavailable";
      case ENOMEM -> "cannot allocate memory";
      case EACCES -> "permission denied";
      case EFAULT -> "bad address";
      case ENOTBLK -> "block device required";
      case EBUSY -> "device or resource busy";
      case EEXIST -> "file exists";
      case EXDEV -> "invalid cross-device link";
      case ENODEV -> "no such device";
      case ENOTDIR -> "not a directory";
      case EISDIR -> "is a directory";
      case EINVAL -> "invalid argument";
      case ENFILE -> "too many open files in system";
      case EMFILE -> "too many open files";
      case ENOTTY -> "inappropriate ioctl for device";
      case ETXTBSY -> "text file busy";
      case EFBIG -> "file too large";
      case ENOSPC -> "no space left on device";
      case ESPIPE -> "illegal seek";
      case EROFS -> "read-only file system";
      case EMLINK -> "too many links";
      case EPIPE -> "broken pipe";
      case ERANGE -> "numerical result out of range";
      case ENAMETOOLONG -> "file name too long";
      case ENOSYS -> "function not implemented";
      case ENOTEMPTY -> "directory not empty";
      case ELOOP -> "too many levels of symbolic links";
      case ENODATA -> "no data available";
      case EPROTO -> "protocol error";
      case EBADMSG -> "bad message";
      case EOVERFLOW -> "value too large";
      case ELIBBAD -> "accessing a corrupted shared library";
      case EUSERS -> "too many users";
      case EMSGSIZE -> "message too long";
      case EOPNOTSUPP -> "operation not supported";
      case EAFNOSUPPORT -> "address family not supported";
      case EADDRINUSE -> "address already in use";
      case EADDRNOTAVAIL -> "cannot assign requested address";
      case ENOBUFS -> "no buffer space available";
      case ECONNRESET -> "connection reset by peer";
      case ENOTCONN -> "not connected";
      case ETIMEDOUT -> "timed out";
      case ECONNREFUSED -> "connection refused";
      case EHOSTUNREACH -> "no route to host";
      case ESTALE -> "stale file handle";
      case EDQUOT -> "disk quota exceeded";
      case ENOKEY -> "required key not available";
      case EKEYREJECTED -> "key was rejected by service";
      default -> "error " + error;
    };
  }

  /** The error's symbolic name: {@code ENOENT}. */
  public static String name(int error) {
    return switch (error) {
      case EPERM -> "EPERM";
      case ENOENT -> "ENOENT";
      case ESRCH -> "ESRCH";
      case EINTR -> "EINTR";
      case EIO -> "EIO";
      case ENXIO -> "ENXIO";
      case E2BIG -> "E2BIG";
      case ENOEXEC -> "ENOEXEC";
      case EBADF -> "EBADF";
      case ECHILD -> "ECHILD";
      case EAGAIN -> "EAGAIN";
      case ENOMEM -> "ENOMEM";
      case EACCES -> "EACCES";
      case EFAULT -> "EFAULT";
      case ENOTBLK -> "ENOTBLK";
      case EBUSY -> "EBUSY";
      case EEXIST -> "EEXIST";
      case EXDEV -> "EXDEV";
      case ENODEV -> "ENODEV";
      case ENOTDIR -> "ENOTDIR";
      case EISDIR -> "EISDIR";
      case EINVAL -> "EINVAL";
      case ENFILE -> "ENFILE";
      case EMFILE -> "EMFILE";
      case ENOTTY -> "ENOTTY";
      case ETXTBSY -> "ETXTBSY";
      case EFBIG -> "EFBIG";
      case ENOSPC -> "ENOSPC";
      case ESPIPE -> "ESPIPE";
      case EROFS -> "EROFS";
      case EMLINK -> "EMLINK";
      case EPIPE -> "EPIPE";
      case ERANGE -> "ERANGE";
      case ENAMETOOLONG -> "ENAMETOOLONG";
      case ENOSYS -> "ENOSYS";
      case ENOTEMPTY -> "ENOTEMPTY";
      case ELOOP -> "ELOOP";
      case ENODATA -> "ENODATA";
      case EPROTO -> "EPROTO";
      case EBADMSG -> "EBADMSG";
      case EOVERFLOW -> "EOVERFLOW";
      case ELIBBAD -> "ELIBBAD";
      case EUSERS -> "EUSERS";
      case EMSGSIZE -> "EMSGSIZE";
      case EOPNOTSUPP -> "EOPNOTSUPP";
      case EAFNOSUPPORT -> "EAFNOSUPPORT";
      case EADDRINUSE -> "EADDRINUSE";
      case EADDRNOTAVAIL -> "EADDRNOTAVAIL";
      case ENOBUFS -> "ENOBUFS";
      case ECONNRESET -> "ECONNRESET";
      case ENOTCONN -> "ENOTCONN";
      case ETIMEDOUT -> "ETIMEDOUT";
      case ECONNREFUSED -> "ECONNREFUSED";
      case EHOSTUNREACH -> "EHOSTUNREACH";
      case ESTALE -> "ESTALE";
      case EDQUOT -> "EDQUOT";
      case ENOKEY -> "ENOKEY";
      case EKEYREJECTED -> "EKEYREJECTED";
      default -> "E" + error;
    };
  }

  /** Whose turn it is to act on an error, where nothing more is known. */
  static Category category(int error) {
    return switch (error) {
      case ENOENT, ESRCH -> Category.NOT_FOUND;
      case EPERM, EACCES, ENOSYS, EOPNOTSUPP -> Category.UNSUPPORTED;
      case EISDIR, ENOTDIR -> Category.INVALID;
      case EIO, EROFS, ENOSPC, EDQUOT, ENOMEM, EMFILE, ENFILE, EAGAIN, ENOBUFS, EUSERS ->
          Category.RESOURCE;
      case EEXIST, EBUSY, ENOTEMPTY, ETXTBSY -> Category.CONFLICT;
      default -> Category.INTERNAL;
    };
  }

  /** What to do about an error, whatever was tried; null where that depends. */
  static @Nullable String suggestion(int error) {
    return switch (error) {
      case ENOSPC, EDQUOT -> "free some space, or see what mydocker doctor says of it";
      case EROFS -> "mount it for writing";
      case ENOSYS -> "Linux 5.14 or later is needed, see mydocker doctor";
      case EMFILE -> "raise the limit of open files (ulimit -n)";
      default -> null;
    };
  }
}
