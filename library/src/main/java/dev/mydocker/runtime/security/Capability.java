package dev.mydocker.runtime.security;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The capabilities of Linux and their numbers (linux/capability.h, complete for kernels 5.9 to
 * 6.18; see capabilities(7)).
 */
public enum Capability {
  CHOWN(0),
  DAC_OVERRIDE(1),
  DAC_READ_SEARCH(2),
  FOWNER(3),
  FSETID(4),
  KILL(5),
  SETGID(6),
  SETUID(7),
  SETPCAP(8),
  LINUX_IMMUTABLE(9),
  NET_BIND_SERVICE(10),
  NET_BROADCAST(11),
  NET_ADMIN(12),
  NET_RAW(13),
  IPC_LOCK(14),
  IPC_OWNER(15),
  SYS_MODULE(16),
  SYS_RAWIO(17),
  SYS_CHROOT(18),
  SYS_PTRACE(19),
  SYS_PACCT(20),
  SYS_ADMIN(21),
  SYS_BOOT(22),
  SYS_NICE(23),
  SYS_RESOURCE(24),
  SYS_TIME(25),
  SYS_TTY_CONFIG(26),
  MKNOD(27),
  LEASE(28),
  AUDIT_WRITE(29),
  AUDIT_CONTROL(30),
  SETFCAP(31),
  MAC_OVERRIDE(32),
  MAC_ADMIN(33),
  SYSLOG(34),
  WAKE_ALARM(35),
  BLOCK_SUSPEND(36),
  AUDIT_READ(37),
  PERFMON(38),
  BPF(39),
  CHECKPOINT_RESTORE(40);

  private static final Capability[] ALL = values();
  private static final String PREFIX = "CAP_";

  /** By the OCI runtime specification's names, which is how nearly everybody writes them. */
  private static final Map<String, Capability> NAMES = new HashMap<>(128);

  static {
    for (Capability capability : ALL) {
      NAMES.put(capability.capName, capability);
    }
  }

  private final int number;
  private final String capName;

  Capability(int number) {
    this.number = number;
    this.capName = "CAP_".concat(name());
  }

  /** Returns the number that the kernel knows this capability by. */
  public int number() {
    return number;
  }

  /** Returns this capability's bit in the masks of capset(2) and of /proc/PID/status. */
  public long bit() {
    return 1L << number;
  }

  /** Returns the name as the OCI runtime specification has it, such as {@code CAP_CHOWN}. */
  public String capName() {
    return capName;
  }

  /** Returns the capability of that number, or null if this version knows none. */
  public static @Nullable Capability of(int number) {
    return number >= 0 && number < ALL.length ? ALL[number] : null;
  }

  /** Returns whether there is a capability of that name, as an OCI configuration has it. */
  public static boolean isKnown(String name) {
    return NAMES.containsKey(name);
  }

  /**
   * Returns the capability of that name, in any case, with or without {@code CAP_}.
   *
   * @param operation what is being done with it, for the message, such as {@code parse --cap-add}
   * @throws MydockerException if there is none, with the name that was probably meant
   */
  public static Capability parse(String operation, String name) {
    Capability exact = NAMES.get(name);
    if (exact != null) {
      return exact;
    }
    String upper = name.toUpperCase(Locale.ROOT);
    String bare = upper.startsWith(PREFIX) ? upper.substring(PREFIX.length()) : upper;
    for (Capability capability : ALL) {
      if (capability.name().equals(bare)) {
        return capability;
      }
    }
    throw unknown(operation, name, bare);
  }

  private static MydockerException unknown(String operation, String name, String bare) {
    Capability nearest = CHOWN;
    int least = Integer.MAX_VALUE;
    for (Capability capability : ALL) {
      int distance = distance(bare, capability.name());
      if (distance < least) {
        nearest = capability;
        least = distance;
      }
    }
    return MydockerException.said(
        Category.INVALID,
        operation + " " + name + ": no such capability",
        operation,
        name,
        "no such capability",
        least <= Math.max(2, bare.length() / 3)
            ? "did you mean " + nearest.name() + "?"
            : "capabilities(7) lists them; ALL stands for all of them");
  }

  /** The number of insertions, deletions and substitutions between two names (Levenshtein). */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      row[column] = column;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int substituted = from.charAt(i - 1) == to.charAt(j - 1) ? diagonal : diagonal + 1;
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
