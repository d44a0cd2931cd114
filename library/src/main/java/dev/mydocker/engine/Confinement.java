package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.runtime.security.CapabilitySet;
import java.util.ArrayList;
import java.util.List;

/**
 * What holds a process back, as /proc shows it. The kernel answers EPERM for many reasons and tells
 * none.
 */
final class Confinement {
  private final FileWorker files;
  private final String process;
  private final String status;

  /**
   * @param process its directory, {@code /proc/self}
   */
  Confinement(FileWorker files, String process) {
    this.files = files;
    this.process = process;
    this.status = text(process + "/status");
  }

  /** Returns an error that says nothing of what to do with all that may be the matter. */
  static KernelException named(FileWorker files, KernelException e) {
    boolean refused = e.error() == Errno.EPERM || e.error() == Errno.EACCES;
    if (!refused || e.suggestion().isPresent()) {
      return e;
    }
    List<String> all = new Confinement(files, "/proc/self").all();
    return e.withSuggestion(
        (all.isEmpty() ? "" : "mydocker " + String.join(", ", all) + " here: ")
            + "with --explain it says which call was refused, and what opens that");
  }

  private List<String> all() {
    List<String> all = new ArrayList<>();
    if (!field("CapEff").isEmpty()) {
      long missing = CapabilitySet.ALL.mask() & ~mask("CapEff");
      if (missing == CapabilitySet.ALL.mask()) {
        all.add("has no capability (it is not run as root)");
      } else if (missing != 0) {
        all.add("lacks " + String.join(" and ", CapabilitySet.ofMask(missing).names()));
      }
    }
    if (inUserNamespace()) {
      all.add("is in a user namespace");
    }
    if (isFiltered()) {
      all.add("has a system call filter");
    }
    if (!profile().isEmpty()) {
      all.add("is confined by " + profile());
    }
    return all;
  }

  /** Whether it does not have a capability now. */
  boolean lacks(String capability) {
    return lacks("CapEff", capability);
  }

  /** Whether it cannot get a capability. */
  boolean isBounded(String capability) {
    return lacks("CapBnd", capability);
  }

  private boolean lacks(String set, String capability) {
    return !capability.isEmpty()
        && !field(set).isEmpty()
        && !CapabilitySet.ofMask(mask(set) & CapabilitySet.ALL.mask()).names().contains(capability);
  }

  private long mask(String set) {
    return Long.parseUnsignedLong(field(set), 16);
  }

  /** Whether capabilities count for its own objects only. */
  boolean inUserNamespace() {
    return !text(process + "/uid_map").strip().matches("0\\s+0\\s+4294967295");
  }

  /** Whether a system call filter is loaded. */
  boolean isFiltered() {
    return field("Seccomp").equals("2");
  }

  /** The AppArmor profile that it is confined by; empty if by none. */
  String profile() {
    String profile = text(process + "/attr/current").strip();
    return profile.startsWith("unconfined") ? "" : profile;
  }

  private String field(String name) {
    for (String line : status.split("\n")) {
      if (line.startsWith(name + ":")) {
        return line.substring(name.length() + 1).strip();
      }
    }
    return "";
  }

  private String text(String path) {
    try {
      return files.readIfThere(FileWorker.HOST, path).map(Bytes::decode).orElse("");
    } catch (MydockerException unreadable) {
      // What cannot be looked at is not spoken of.
      return "";
    }
  }
}
