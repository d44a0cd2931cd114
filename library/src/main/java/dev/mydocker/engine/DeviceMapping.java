package dev.mydocker.engine;

import dev.mydocker.MydockerException;

/**
 * A device of the host that a container gets.
 *
 * @param source the device's absolute path on the host
 * @param destination the absolute path in the container
 * @param access some of r (read), w (write) and m (mknod)
 */
public record DeviceMapping(String source, String destination, String access) {
  /** Checks paths and access. */
  public DeviceMapping {
    if (!source.startsWith("/") || !destination.startsWith("/")) {
      throw MydockerException.invalid(
          "device",
          source + ":" + destination,
          "invalid device " + source + ":" + destination + ": the paths must be absolute",
          null);
    }
    if (!isAccess(access)) {
      throw MydockerException.invalid(
          "mode of device " + source,
          access,
          "bad mode specified: " + access,
          "it is some of r, w and m");
    }
  }

  /** Reads {@code source[:destination][:access]}; access is rwm if it is not said. */
  public static DeviceMapping parse(String text) {
    String[] parts = text.split(":", -1);
    return switch (parts.length) {
      case 1 -> new DeviceMapping(parts[0], parts[0], "rwm");
      case 2 ->
          isAccess(parts[1])
              ? new DeviceMapping(parts[0], parts[0], parts[1])
              : new DeviceMapping(parts[0], parts[1], "rwm");
      case 3 -> new DeviceMapping(parts[0], parts[1].isEmpty() ? parts[0] : parts[1], parts[2]);
      default ->
          throw MydockerException.invalid(
              "device",
              text,
              "invalid device specification: " + text,
              "expected source[:destination][:rwm]");
    };
  }

  private static boolean isAccess(String text) {
    for (int i = 0; i < text.length(); i++) {
      if ("rwm".indexOf(text.charAt(i)) < 0 || text.indexOf(text.charAt(i)) != i) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Returns {@code source:destination:access}. */
  @Override
  public String toString() {
    return source + ":" + destination + ":" + access;
  }
}
