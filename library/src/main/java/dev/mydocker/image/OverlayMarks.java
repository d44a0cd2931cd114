package dev.mydocker.image;

import dev.mydocker.kernel.FileWorker;
import java.util.Optional;

/**
 * How overlay's marks are kept in files, which differs by who makes them. Attributes named {@code
 * trusted.} are for root of the initial user namespace; in another one overlay takes {@code user.}
 * in their place (mount option userxattr, Linux 5.11), and nobody makes devices but its 0/0.
 */
final class OverlayMarks {
  private static final String OVERLAY = "overlay.";

  /** PROC_USER_INIT_INO of the kernel. A map of all ids would not tell: another may have it too. */
  private static final String INITIAL = "user:[4026531837]";

  private final boolean initial;
  private final String prefix;

  private OverlayMarks(boolean initial) {
    this.initial = initial;
    this.prefix = (initial ? "trusted." : "user.") + OVERLAY;
  }

  /** Those of whoever performs for {@code files}. */
  static OverlayMarks of(FileWorker files) {
    Optional<String> namespace = files.readLink(FileWorker.HOST, "/proc/self/ns/user");
    // A kernel without user namespaces shows none.
    return new OverlayMarks(namespace.orElse(INITIAL).equals(INITIAL));
  }

  /** The attribute of a directory that hides those below it. */
  String opaque() {
    return prefix + "opaque";
  }

  /** Whether devices can be made, other than overlay's mark of what is removed. */
  boolean haveDevices() {
    return initial;
  }

  /**
   * Whether an archive's attribute is kept. SELinux labels are this machine's own, and {@code
   * trusted.} ones cannot be set in a user namespace.
   */
  boolean isKept(String xattr) {
    return !xattr.equals("security.selinux") && (initial || !xattr.startsWith("trusted."));
  }

  /** An archive's own marks are data; the kernel shows the escaped ones as such (6.7). */
  String stored(String xattr) {
    return xattr.startsWith(prefix) ? prefix + OVERLAY + xattr.substring(prefix.length()) : xattr;
  }

  /** Whether a stored attribute is overlay's own, and not an archive's that is escaped. */
  boolean isMark(String stored) {
    return stored.startsWith(prefix) && !stored.startsWith(prefix + OVERLAY);
  }

  /** The name that an archive gave to a stored attribute. */
  String shown(String stored) {
    return stored.startsWith(prefix + OVERLAY)
        ? prefix + stored.substring((prefix + OVERLAY).length())
        : stored;
  }
}
