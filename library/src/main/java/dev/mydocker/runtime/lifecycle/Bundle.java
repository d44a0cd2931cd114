package dev.mydocker.runtime.lifecycle;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.spec.LinuxCapabilities;
import dev.mydocker.oci.spec.LinuxDevice;
import dev.mydocker.oci.spec.LinuxDeviceCgroup;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.MountSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RootSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.security.DefaultDevices;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A bundle: a directory with a configuration and a root file system (bundle.md).
 *
 * @param path absolute
 * @param rootfs absolute
 * @param spec with absolute paths of the host, and what every container has
 */
public record Bundle(String path, String rootfs, RuntimeSpec spec) {
  private static final String CONFIG = "config.json";
  private static final int LIMIT = 1 << 24;

  /**
   * Reads a bundle.
   *
   * @param path absolute
   * @throws MydockerException naming what is missing or wrong
   */
  public static Bundle read(FileWorker files, String path) {
    String config = path + "/" + CONFIG;
    byte[] text =
        files
            .readIfThere(FileWorker.HOST, config)
            .orElseThrow(() -> invalid("read " + config + ": no such file or directory"));
    if (text.length > LIMIT) {
      throw invalid("read " + config + ": it has more than " + LIMIT + " bytes");
    }
    RuntimeSpec spec = RuntimeSpec.parse(text, config);
    if (!spec.ociVersion().startsWith("1.")) {
      throw invalid(config + ": ociVersion " + spec.ociVersion() + " is not supported, 1.x is");
    }
    ProcessSpec process = spec.process();
    if (process == null) {
      throw invalid(config + ": process is missing");
    }
    checkProcess(config, process);
    RootSpec root = spec.root();
    if (root == null) {
      throw invalid(config + ": root is missing");
    }
    LinuxSpec linux = spec.linux();
    if (linux == null) {
      throw invalid(config + ": linux is missing");
    }
    String rootfs = absolute(path, root.path());
    Optional<FileStatus> status = files.statusFollowing(FileWorker.HOST, rootfs);
    if (status.isEmpty() || !status.get().isDirectory()) {
      throw invalid(
          "open root file system "
              + rootfs
              + (status.isEmpty() ? ": no such file or directory" : ": not a directory"));
    }
    return new Bundle(path, rootfs, completed(path, spec, linux));
  }

  /** Refuses what no process can be started with. */
  static void checkProcess(String config, ProcessSpec process) {
    if (process.args().isEmpty()) {
      throw invalid(config + ": process.args must not be empty");
    }
    if (!process.cwd().startsWith("/")) {
      throw invalid(config + ": process.cwd must be an absolute path, found " + process.cwd());
    }
  }

  private static RuntimeSpec completed(String path, RuntimeSpec spec, LinuxSpec linux) {
    List<MountSpec> mounts = new ArrayList<>();
    boolean ownDevices = true;
    for (MountSpec mount : spec.mounts()) {
      boolean bind = isBind(mount);
      ownDevices &= !(bind && mount.destination().equals("/dev"));
      String source = mount.source();
      mounts.add(
          bind && source != null && !source.startsWith("/")
              ? mount.withSource(absolute(path, source))
              : mount);
    }
    LinuxSpec.Builder more = linux.toBuilder();
    if (ownDevices) {
      for (LinuxDevice device : DefaultDevices.NODES) {
        if (!has(linux.devices(), device.path())) {
          more.device(device);
        }
      }
    }
    LinuxResources resources = linux.resources() == null ? LinuxResources.NONE : linux.resources();
    // As runc: what is not allowed is denied, and what every container needs is allowed.
    List<LinuxDeviceCgroup> rules = new ArrayList<>();
    rules.add(LinuxDeviceCgroup.denyAll());
    rules.addAll(resources.devices());
    rules.addAll(DefaultDevices.RULES.subList(1, DefaultDevices.RULES.size()));
    more.resources(resources.toBuilder().devices(rules).build());
    RuntimeSpec.Builder all = spec.toBuilder().replaceMounts(mounts).linux(more.build());
    ProcessSpec process = spec.process();
    if (process != null && process.capabilities() == null) {
      // As runc: a process whose capabilities are not listed has none.
      all.process(process.toBuilder().capabilities(LinuxCapabilities.NONE).build());
    }
    return all.build();
  }

  private static boolean has(List<LinuxDevice> devices, String path) {
    for (LinuxDevice device : devices) {
      if (device.path().equals(path)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBind(MountSpec mount) {
    return "bind".equals(mount.type())
        || mount.options().contains("bind")
        || mount.options().contains("rbind");
  }

  private static String absolute(String bundle, String path) {
    return path.startsWith("/") ? path : bundle + "/" + path;
  }

  private static MydockerException invalid(String message) {
    return new MydockerException(Category.INVALID, message);
  }
}
