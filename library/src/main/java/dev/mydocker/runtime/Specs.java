package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RootSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import org.jspecify.annotations.Nullable;

/** What a container's start asks of a specification: its parts, which must be there. */
final class Specs {
  private Specs() {}

  static LinuxSpec linux(RuntimeSpec spec) {
    return present(spec.linux(), "linux");
  }

  static ProcessSpec process(RuntimeSpec spec) {
    return present(spec.process(), "process");
  }

  static RootSpec root(RuntimeSpec spec) {
    return present(spec.root(), "root");
  }

  private static <T> T present(@Nullable T part, String name) {
    if (part == null) {
      throw MydockerException.of(
          Category.INVALID, "start a container", "", "config.json has no \"" + name + "\"");
    }
    return part;
  }

  /** Whether the container gets a new namespace of this type. */
  static boolean isNew(LinuxSpec linux, LinuxNamespace.Type type) {
    LinuxNamespace namespace = linux.namespace(type);
    return namespace != null && namespace.path() == null;
  }

  /** The flags of clone3(2) for all namespaces that are new from the beginning. */
  static long cloneFlags(LinuxSpec linux) {
    long flags = Linux.CLONE_CLEAR_SIGHAND;
    for (LinuxNamespace namespace : linux.namespaces()) {
      LinuxNamespace.Type type = namespace.type();
      boolean later =
          type == LinuxNamespace.Type.CGROUP
              || type == LinuxNamespace.Type.TIME && TimeOffsets.needed(linux);
      if (namespace.path() == null && !later) {
        flags |= flag(type);
      }
    }
    return flags;
  }

  /** The CLONE_NEW flag of a type. */
  static long flag(LinuxNamespace.Type type) {
    return switch (type) {
      case PID -> Linux.CLONE_NEWPID;
      case NETWORK -> Linux.CLONE_NEWNET;
      case MOUNT -> Linux.CLONE_NEWNS;
      case IPC -> Linux.CLONE_NEWIPC;
      case UTS -> Linux.CLONE_NEWUTS;
      case USER -> Linux.CLONE_NEWUSER;
      case CGROUP -> Linux.CLONE_NEWCGROUP;
      case TIME -> Linux.CLONE_NEWTIME;
    };
  }

  /**
   * What the whole tree becomes before anything is mounted; slaves let host mounts arrive. Never
   * shared: what is mounted while the container is made would reach the host.
   */
  static long propagationBefore(LinuxSpec linux) {
    String propagation = linux.rootfsPropagation();
    boolean apart =
        propagation != null && (propagation.equals("private") || propagation.equals("rprivate"));
    return apart ? Linux.MS_PRIVATE : Linux.MS_SLAVE;
  }

  /**
   * How mounts travel to what is bound of the host, where nothing else is asked for: as to the
   * whole tree. The engine says it for each.
   */
  static String propagationOfMounts(LinuxSpec linux) {
    return propagationBefore(linux) == Linux.MS_SLAVE ? "rslave" : "rprivate";
  }

  /** What the container's root becomes once it is that; 0 to leave it. */
  static long propagationAfter(LinuxSpec linux) {
    String propagation = linux.rootfsPropagation();
    if (propagation == null) {
      return 0;
    }
    return switch (propagation) {
      case "shared", "rshared" -> Linux.MS_SHARED;
      case "slave", "rslave" -> Linux.MS_SLAVE;
      case "unbindable", "runbindable" -> Linux.MS_UNBINDABLE;
      default -> 0;
    };
  }

  /** Whether that is for the mounts below the root too. */
  static boolean propagatesBelow(LinuxSpec linux) {
    String propagation = linux.rootfsPropagation();
    return propagation != null && propagation.startsWith("r");
  }
}
