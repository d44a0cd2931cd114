package dev.mydocker.runtime.security;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.spec.LinuxDevice;
import dev.mydocker.oci.spec.LinuxDeviceCgroup;
import java.util.List;

/**
 * The devices that every container has (config-linux.md of the OCI runtime specification, "Default
 * Devices"), and what it may do with devices unless told otherwise: Docker's rules.
 */
public final class DefaultDevices {
  /**
   * The nodes of /dev; the rest of it are links: ptmx to pts/ptmx, fd, stdin, stdout and stderr to
   * /proc/self/fd. /dev/console is the container's own terminal.
   */
  public static final List<LinuxDevice> NODES =
      List.of(
          node("/dev/null", 1, 3),
          node("/dev/zero", 1, 5),
          node("/dev/full", 1, 7),
          node("/dev/random", 1, 8),
          node("/dev/urandom", 1, 9),
          node("/dev/tty", 5, 0));

  /**
   * The rules: any node may be made, but none used except those of {@link #NODES}, the console, and
   * pseudo terminals with their multiplexer.
   */
  public static final List<LinuxDeviceCgroup> RULES =
      List.of(
          LinuxDeviceCgroup.denyAll(),
          LinuxDeviceCgroup.allow("c", null, null, "m"),
          LinuxDeviceCgroup.allow("b", null, null, "m"),
          use(1, 3L),
          use(1, 5L),
          use(1, 7L),
          use(1, 8L),
          use(1, 9L),
          use(5, 0L),
          use(5, 1L),
          use(5, 2L),
          LinuxDeviceCgroup.allow("c", 136L, null, "rwm"));

  /** The rules of a privileged container. */
  public static final List<LinuxDeviceCgroup> PRIVILEGED_RULES =
      List.of(LinuxDeviceCgroup.allow("a", null, null, "rwm"));

  private DefaultDevices() {}

  private static LinuxDevice node(String path, long major, long minor) {
    return new LinuxDevice(path, "c", major, minor, 0666, 0L, 0L, JsonObject.empty());
  }

  private static LinuxDeviceCgroup use(long major, long minor) {
    return LinuxDeviceCgroup.allow("c", major, minor, "rwm");
  }
}
