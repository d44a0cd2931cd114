package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.spec.LinuxDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Devices of the host, found by their nodes below /dev. */
final class HostDevices {
  /** Parts of /dev that a container has its own of, or that hold no devices. */
  private static final Set<String> OWN = Set.of("pts", "shm", "fd", "mqueue", "console");

  private static final int DEEPEST = 16;

  private final FileWorker files;

  HostDevices(FileWorker files) {
    this.files = files;
  }

  /**
   * A device that a container gets.
   *
   * @param access some of r, w and m
   */
  record Given(LinuxDevice device, String access) {}

  /**
   * Finds what a mapping means: a device, or all devices of a directory.
   *
   * @throws MydockerException in Docker's words if there is none
   */
  List<Given> resolve(DeviceMapping mapping) {
    FileStatus status =
        files
            .statusFollowing(FileWorker.HOST, mapping.source())
            .orElseThrow(() -> cannot(mapping, "no such file or directory"));
    List<LinuxDevice> found = new ArrayList<>();
    if (status.isDirectory()) {
      walk(mapping.source(), mapping.destination(), found, 0);
    } else if (isDevice(status)) {
      found.add(device(mapping.destination(), status));
    }
    if (found.isEmpty()) {
      throw cannot(mapping, "not a device node");
    }
    return found.stream().map(device -> new Given(device, mapping.access())).toList();
  }

  private static MydockerException cannot(DeviceMapping mapping, String cause) {
    return MydockerException.said(
        Category.INVALID,
        "error gathering device information while adding custom device \""
            + mapping.source()
            + "\": "
            + cause,
        "add device",
        mapping.source(),
        cause,
        null);
  }

  /** Returns all devices, which a privileged container gets. */
  List<LinuxDevice> all() {
    List<LinuxDevice> found = new ArrayList<>();
    walk("/dev", "/dev", found, 0);
    return found;
  }

  private void walk(String directory, String destination, List<LinuxDevice> found, int depth) {
    int opened = files.open(FileWorker.HOST, directory, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      for (FileWorker.Entry entry : files.list(opened)) {
        String name = entry.name();
        if (depth == 0 && (OWN.contains(name) || name.startsWith("."))) {
          continue;
        }
        FileStatus status = files.status(opened, name).orElse(null);
        if (status == null) {
          continue;
        }
        if (isDevice(status)) {
          found.add(device(destination + "/" + name, status));
        } else if (status.isDirectory() && depth < DEEPEST) {
          walk(directory + "/" + name, destination + "/" + name, found, depth + 1);
        }
      }
    } finally {
      files.close(opened);
    }
  }

  private static boolean isDevice(FileStatus status) {
    return status.type() == Linux.S_IFCHR || status.type() == Linux.S_IFBLK;
  }

  private static LinuxDevice device(String path, FileStatus status) {
    return new LinuxDevice(
        path,
        status.type() == Linux.S_IFBLK ? "b" : "c",
        status.deviceMajor(),
        status.deviceMinor(),
        status.permissions(),
        Integer.toUnsignedLong(status.user()),
        Integer.toUnsignedLong(status.group()),
        JsonObject.empty());
  }
}
