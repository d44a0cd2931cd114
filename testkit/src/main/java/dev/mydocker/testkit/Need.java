package dev.mydocker.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Something of the machine that a test cannot do without. */
public enum Need {
  /**
   * User 0 with every capability but CAP_SYS_RESOURCE, which many virtual machines withhold and
   * nothing needs that runs within its limits.
   */
  ROOT(true) {
    @Override
    Optional<String> missing() {
      return holdsEveryCapability()
          ? Optional.empty()
          : Optional.of("not root with all capabilities");
    }
  },
  /** Any user but 0. */
  NOT_ROOT(false) {
    @Override
    Optional<String> missing() {
      return "root".equals(System.getProperty("user.name"))
          ? Optional.of("running as root")
          : Optional.empty();
    }
  },
  /** A statically linked busybox, from which images are assembled. */
  BUSYBOX(true) {
    @Override
    Optional<String> missing() {
      return Tools.missing("busybox", "busybox-static");
    }
  },
  /** A kernel that mounts overlay file systems. */
  OVERLAY(true) {
    @Override
    Optional<String> missing() {
      return read("/proc/filesystems").contains("\toverlay\n")
          ? Optional.empty()
          : Optional.of("the kernel has no overlay file system (modprobe overlay)");
    }
  },
  /** Controllers on cgroup v1 hierarchies. */
  CGROUP_V1(false) {
    @Override
    Optional<String> missing() {
      return read("/proc/self/mountinfo").contains(" - cgroup ")
          ? Optional.empty()
          : Optional.of("no cgroup v1 hierarchy is mounted");
    }
  },
  /** Controllers on the cgroup v2 hierarchy. */
  CGROUP_V2(false) {
    @Override
    Optional<String> missing() {
      Path controllers = Path.of("/sys/fs/cgroup/cgroup.controllers");
      return Files.exists(controllers) && !read(controllers.toString()).isBlank()
          ? Optional.empty()
          : Optional.of("cgroup v2 has no controllers here");
    }
  },
  /** AppArmor, switched on. */
  APPARMOR(false) {
    @Override
    Optional<String> missing() {
      Path enabled = Path.of("/sys/module/apparmor/parameters/enabled");
      return Files.exists(enabled) && read(enabled.toString()).startsWith("Y")
          ? Optional.empty()
          : Optional.of("AppArmor is off");
    }
  },
  /** The library that unpacks gzip quickly. */
  ISA_L(true) {
    @Override
    Optional<String> missing() {
      for (String directory : List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib")) {
        if (Files.exists(Path.of(directory, "libisal.so.2"))) {
          return Optional.empty();
        }
      }
      return Optional.of("no libisal.so.2 found (package libisal2)");
    }
  },
  /** skopeo and umoci, to exchange images with. */
  SKOPEO(true) {
    @Override
    Optional<String> missing() {
      return Tools.missing("skopeo", "skopeo").or(() -> Tools.missing("umoci", "umoci"));
    }
  },
  /** Podman, to exchange images with. */
  PODMAN(true) {
    @Override
    Optional<String> missing() {
      return Tools.missing("podman", "podman");
    }
  },
  /** Docker with its daemon, to exchange images with. */
  DOCKER(true) {
    @Override
    Optional<String> missing() {
      return Tools.missing("dockerd", "docker.io")
          .or(() -> Tools.missing("docker", "docker.io or docker-cli"));
    }
  },
  /** A registry, and openssl to make certificates for it. */
  REGISTRY(true) {
    @Override
    Optional<String> missing() {
      return Tools.missing("docker-registry", "docker-registry")
          .or(() -> Tools.missing("openssl", "openssl"));
    }
  },
  /** A processor of the kind x86-64. */
  X86_64(false) {
    @Override
    Optional<String> missing() {
      return "amd64".equals(System.getProperty("os.arch"))
          ? Optional.empty()
          : Optional.of("not an x86-64 machine");
    }
  };

  private static final int CAP_SYS_RESOURCE = 24;

  private final boolean everywhere;

  Need(boolean everywhere) {
    this.everywhere = everywhere;
  }

  /**
   * Whether a machine that is to run all tests must have it. The others exclude each other, or are
   * a property of the machine that no package brings, so they skip under MYDOCKER_MUST_WORK too.
   */
  boolean everywhere() {
    return everywhere;
  }

  /** Returns what is missing, or empty. */
  abstract Optional<String> missing();

  private static boolean holdsEveryCapability() {
    String status = read("/proc/self/status");
    long effective = Long.parseUnsignedLong(field(status, "CapEff:"), 16);
    int last = Integer.parseInt(read("/proc/sys/kernel/cap_last_cap").strip());
    return field(status, "Uid:").startsWith("0")
        && Long.bitCount(effective | 1L << CAP_SYS_RESOURCE) == last + 1;
  }

  private static String field(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst()
        .orElse("");
  }

  private static String read(String file) {
    // In one go: files below /proc/sys give their value to the first read(2) only.
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return new String(in.readNBytes(1 << 16), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Programs on the PATH. */
  static final class Tools {
    private Tools() {}

    static Optional<String> missing(String program, String debianPackage) {
      for (String directory :
          (System.getenv("PATH") + ":/usr/sbin:/sbin").split(File.pathSeparator)) {
        if (Files.isExecutable(Path.of(directory, program))) {
          return Optional.empty();
        }
      }
      return Optional.of("no " + program + " found (package " + debianPackage + ")");
    }
  }
}
