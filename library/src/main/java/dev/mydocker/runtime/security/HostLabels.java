package dev.mydocker.runtime.security;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Performer;
import dev.mydocker.oci.spec.ProcessSpec;

/** Whether the kernel has the security module by whose rules a process is to be confined. */
public final class HostLabels {
  private static final String APPARMOR = "/sys/module/apparmor/parameters/enabled";
  private static final String SELINUX = "/sys/fs/selinux/enforce";

  private HostLabels() {}

  /**
   * Refuses a label or profile that nobody would look at. The engine's own profile is not asked
   * for: the engine has looked already.
   *
   * @throws MydockerException UNSUPPORTED, naming the label and the module
   */
  public static void require(Performer performer, ProcessSpec process) {
    String label = process.selinuxLabel();
    if (label != null && !isThere(performer, SELINUX)) {
      throw absent("label the process", label, "SELinux", "process.selinuxLabel");
    }
    String profile = process.apparmorProfile();
    if (profile != null && !profile.equals(AppArmorProfile.NAME) && !isThere(performer, APPARMOR)) {
      throw absent(
          "confine by the AppArmor profile", profile, "AppArmor", "process.apparmorProfile");
    }
  }

  /**
   * Refuses a label for mounts where SELinux is not on.
   *
   * @throws MydockerException UNSUPPORTED
   */
  public static void requireMountLabel(Performer performer, String label) {
    if (!isThere(performer, SELINUX)) {
      throw absent("label mounts", label, "SELinux", "linux.mountLabel");
    }
  }

  private static boolean isThere(Performer performer, String path) {
    return new FileWorker(performer)
        .readIfThere(FileWorker.HOST, path)
        .map(bytes -> bytes.length > 0 && bytes[0] != 'N')
        .orElse(false);
  }

  private static MydockerException absent(
      String operation, String label, String module, String member) {
    return MydockerException.of(
        Category.UNSUPPORTED,
        operation,
        label,
        module + " is not on",
        "leave " + member + " out of the configuration");
  }
}
