package dev.mydocker.engine;

import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.RuntimeSpec;

/** Which namespaces a container has of its own, or of another container. */
final class Namespaces {
  private Namespaces() {}

  /** CLONE_NEW flags of all namespaces that differ from the host's, for setns(2). */
  static long flags(RuntimeSpec spec) {
    LinuxSpec linux = spec.linux();
    long flags = Linux.CLONE_NEWNS;
    if (linux == null) {
      return flags;
    }
    for (LinuxNamespace namespace : linux.namespaces()) {
      flags |= flag(namespace.type());
    }
    return flags;
  }

  private static long flag(LinuxNamespace.Type type) {
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
}
