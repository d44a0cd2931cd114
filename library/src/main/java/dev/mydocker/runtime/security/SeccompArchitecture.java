package dev.mydocker.runtime.security;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The architectures whose system calls a filter can tell apart, see seccomp(2). */
public enum SeccompArchitecture {
  /** 64-bit x86. */
  X86_64("SCMP_ARCH_X86_64", "amd64", 0xC000003E),
  /** 32-bit x86, which runs on 64-bit x86 too. */
  X86("SCMP_ARCH_X86", "x86", 0x40000003),
  /**
   * 64-bit x86 with 32-bit pointers. The kernel reports it as 64-bit x86; bit 30 of the number is
   * the difference.
   */
  X32("SCMP_ARCH_X32", "x32", 0xC000003E),
  /** 64-bit ARM. */
  AARCH64("SCMP_ARCH_AARCH64", "arm64", 0xC00000B7),
  /** 32-bit ARM, which runs on many 64-bit ones too. */
  ARM("SCMP_ARCH_ARM", "arm", 0x40000028);

  private static final List<SeccompArchitecture> WITH_X86_64 = List.of(X86_64, X86, X32);
  private static final List<SeccompArchitecture> WITH_AARCH64 = List.of(AARCH64, ARM);

  private final String ociName;
  private final String dockerName;
  private final int auditArch;

  SeccompArchitecture(String ociName, String dockerName, int auditArch) {
    this.ociName = ociName;
    this.dockerName = dockerName;
    this.auditArch = auditArch;
  }

  /**
   * Returns the architecture of a machine.
   *
   * @param machine its name by uname(2) or by Java's {@code os.arch}
   * @throws MydockerException if mydocker does not run on such a machine
   */
  public static SeccompArchitecture ofMachine(String machine) {
    return switch (machine) {
      case "x86_64", "amd64" -> X86_64;
      case "aarch64", "arm64" -> AARCH64;
      default ->
          throw MydockerException.of(
              Category.UNSUPPORTED,
              "make a seccomp filter for",
              machine,
              "architecture not supported",
              "mydocker runs on x86_64 and aarch64");
    };
  }

  /** Returns the architecture of that OCI name, or null if it is not among these. */
  public static @Nullable SeccompArchitecture ofOciName(String name) {
    for (SeccompArchitecture architecture : values()) {
      if (architecture.ociName.equals(name)) {
        return architecture;
      }
    }
    return null;
  }

  /**
   * Returns those whose programs a kernel of this architecture can run, this one first; for one
   * that is not a machine's own, just itself.
   */
  public List<SeccompArchitecture> runnable() {
    return switch (this) {
      case X86_64 -> WITH_X86_64;
      case AARCH64 -> WITH_AARCH64;
      case X86, X32, ARM -> List.of(this);
    };
  }

  /** Returns the OCI names of {@link #runnable()}. */
  public List<String> runnableNames() {
    List<String> names = new ArrayList<>();
    for (SeccompArchitecture architecture : runnable()) {
      names.add(architecture.ociName);
    }
    return names;
  }

  /** Returns the name in {@code config.json}, such as {@code SCMP_ARCH_X86_64}. */
  public String ociName() {
    return ociName;
  }

  /** Returns the name in the conditions of Docker's profiles, such as {@code amd64}. */
  public String dockerName() {
    return dockerName;
  }

  /** Returns how the kernel tells a filter (AUDIT_ARCH_* of linux/audit.h). */
  int auditArch() {
    return auditArch;
  }

  /** Whether registers have 64 bits; otherwise the upper halves of arguments are zero. */
  boolean wide() {
    return switch (this) {
      case X86_64, X32, AARCH64 -> true;
      case X86, ARM -> false;
    };
  }
}
