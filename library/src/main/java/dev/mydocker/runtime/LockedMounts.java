package dev.mydocker.runtime;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxSpec;

/** What the kernel keeps from those who mount in a user namespace (mount_namespaces(7)). */
final class LockedMounts {
  private LockedMounts() {}

  /** Returns the error, with the lock's name and what opens it where that is known. */
  static KernelException explained(KernelException e, LinuxSpec linux) {
    if (e.error() != Errno.EPERM || linux.namespace(LinuxNamespace.Type.USER) == null) {
      return e;
    }
    String message = String.valueOf(e.getMessage());
    String tried = message.substring(0, message.lastIndexOf(": "));
    String why = lock(tried, linux);
    return why.isEmpty() ? e : e.withSuggestion(why);
  }

  private static String lock(String tried, LinuxSpec linux) {
    // mount_too_revealing() of the kernel: one that nothing covers must be there already.
    if (tried.startsWith("mount proc on ")) {
      return "in a user namespace a new proc may show no more than the one here, which is covered in"
          + " parts (see /proc/self/mountinfo): uncover it, if this is a container by starting it"
          + " with --privileged, or leave the user namespace out";
    }
    if (tried.startsWith("mount sysfs on ")) {
      return Specs.isNew(linux, LinuxNamespace.Type.NETWORK)
          ? "in a user namespace a new sysfs may show no more than the one here, which is covered in"
              + " parts (see /proc/self/mountinfo): uncover it, or leave the user namespace out"
          : "sysfs shows a network namespace, which has to belong to the container's user namespace:"
              + " add a network namespace, or bind /sys in place of a new one";
    }
    return "";
  }
}
