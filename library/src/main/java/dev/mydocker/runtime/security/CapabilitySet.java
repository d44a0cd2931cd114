package dev.mydocker.runtime.security;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A set of capabilities.
 *
 * <p>It may hold numbers above those that {@link Capability} names, as a newer kernel has them, so
 * that "all" on such a kernel means all.
 */
public final class CapabilitySet {
  /** No capability. */
  public static final CapabilitySet NONE = new CapabilitySet(0);

  /** Every capability that has a name here. */
  public static final CapabilitySet ALL = new CapabilitySet((1L << Capability.values().length) - 1);

  /** What root in a container has unless told otherwise: Docker's fourteen. */
  public static final CapabilitySet DEFAULT =
      of(
          Capability.CHOWN,
          Capability.DAC_OVERRIDE,
          Capability.FSETID,
          Capability.FOWNER,
          Capability.MKNOD,
          Capability.NET_RAW,
          Capability.SETGID,
          Capability.SETUID,
          Capability.SETFCAP,
          Capability.SETPCAP,
          Capability.NET_BIND_SERVICE,
          Capability.SYS_CHROOT,
          Capability.KILL,
          Capability.AUDIT_WRITE);

  private final long mask;

  private CapabilitySet(long mask) {
    this.mask = mask;
  }

  /** Returns the set of the capabilities whose bits are set in {@code mask}. */
  public static CapabilitySet ofMask(long mask) {
    return new CapabilitySet(mask);
  }

  /** Returns the set of {@code capabilities}. */
  public static CapabilitySet of(Capability... capabilities) {
    long mask = 0;
    for (Capability capability : capabilities) {
      mask |= capability.bit();
    }
    return new CapabilitySet(mask);
  }

  /**
   * Returns what a kernel offers.
   *
   * @param lastNumber the content of /proc/sys/kernel/cap_last_cap
   */
  public static CapabilitySet upTo(int lastNumber) {
    return new CapabilitySet(lastNumber >= 63 ? -1L : (1L << (lastNumber + 1)) - 1);
  }

  /**
   * Reads the names of an OCI configuration.
   *
   * @param operation what is being done, for the message
   * @throws MydockerException if a name is unknown
   */
  public static CapabilitySet parse(String operation, List<String> names) {
    long mask = 0;
    for (String name : names) {
      mask |= Capability.parse(operation, name).bit();
    }
    return new CapabilitySet(mask);
  }

  /**
   * Returns this set changed by {@code --cap-add} and {@code --cap-drop}, as Docker does it: the
   * order of the flags does not matter. {@code --cap-add ALL} is everything but what is dropped;
   * {@code --cap-drop ALL} leaves exactly what is added; otherwise what is dropped goes first, and
   * then what is added comes.
   *
   * @param add names or {@code ALL}
   * @param drop names or {@code ALL}
   * @param available what the kernel offers and the caller may give; {@code ALL} means these
   * @throws MydockerException if a name is unknown or a capability to add is not available
   */
  public CapabilitySet adjusted(List<String> add, List<String> drop, CapabilitySet available) {
    Change added = Change.parse("parse --cap-add", add);
    Change dropped = Change.parse("parse --cap-drop", drop);
    Capability missing = new CapabilitySet(added.mask & ~available.mask).first();
    if (missing != null) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "add capability",
          missing.capName(),
          "not available here",
          "the kernel does not have it, or mydocker itself runs without it");
    }
    if (added.all) {
      return new CapabilitySet(available.mask & ~(dropped.all ? 0 : dropped.mask));
    }
    if (dropped.all) {
      return new CapabilitySet(added.mask);
    }
    return new CapabilitySet(mask & ~dropped.mask | added.mask);
  }

  /** Returns whether {@code capability} is in this set. */
  public boolean contains(Capability capability) {
    return (mask & capability.bit()) != 0;
  }

  /** Returns whether all of {@code other} is in this set. */
  public boolean containsAll(CapabilitySet other) {
    return (other.mask & ~mask) == 0;
  }

  /** Returns this set and {@code other} together. */
  public CapabilitySet plus(CapabilitySet other) {
    return new CapabilitySet(mask | other.mask);
  }

  /** Returns this set without {@code other}. */
  public CapabilitySet minus(CapabilitySet other) {
    return new CapabilitySet(mask & ~other.mask);
  }

  /** Returns what is in both this set and {@code other}. */
  public CapabilitySet and(CapabilitySet other) {
    return new CapabilitySet(mask & other.mask);
  }

  /** Returns whether nothing is in this set. */
  public boolean isEmpty() {
    return mask == 0;
  }

  /** Returns one bit for each capability, as capset(2) and /proc/PID/status have them. */
  public long mask() {
    return mask;
  }

  /** Returns the names, {@code CAP_} in front, in the order of the numbers. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (long rest = mask; rest != 0; rest &= rest - 1) {
      Capability capability = Capability.of(Long.numberOfTrailingZeros(rest));
      if (capability != null) {
        names.add(capability.capName());
      }
    }
    return names;
  }

  private @Nullable Capability first() {
    return mask == 0 ? null : Capability.of(Long.numberOfTrailingZeros(mask));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CapabilitySet set && mask == set.mask;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(mask);
  }

  @Override
  public String toString() {
    return String.join(",", names());
  }

  /** What one of the two flags says, all its occurrences together. */
  private record Change(boolean all, long mask) {
    static Change parse(String operation, List<String> names) {
      boolean all = false;
      long mask = 0;
      for (String name : names) {
        String upper = name.toUpperCase(Locale.ROOT);
        if (upper.equals("ALL") || upper.equals("CAP_ALL")) {
          all = true;
        } else {
          mask |= Capability.parse(operation, name).bit();
        }
      }
      return new Change(all, mask);
    }
  }
}
