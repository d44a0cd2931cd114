package dev.mydocker.engine;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.runtime.security.CapabilitySet;
import dev.mydocker.runtime.security.SeccompArchitecture;

/**
 * What a container's configuration depends on of the machine.
 *
 * @param hostname its host name
 * @param machine its architecture
 * @param kernelRelease as uname(2) has it
 * @param processors how many it can have
 * @param capabilities what its kernel has and we may give
 * @param appArmor whether AppArmor is on
 */
record Host(
    String hostname,
    SeccompArchitecture machine,
    String kernelRelease,
    int processors,
    CapabilitySet capabilities,
    boolean appArmor) {
  private static final String BOUNDING = "\nCapBnd:\t";

  /** Finds it out. */
  static Host of(FileWorker files) {
    return new Host(
        line(files, "/proc/sys/kernel/hostname"),
        SeccompArchitecture.ofMachine(System.getProperty("os.arch", "")),
        line(files, "/proc/sys/kernel/osrelease"),
        count(line(files, "/sys/devices/system/cpu/possible")),
        bounding(line(files, "/proc/thread-self/status")),
        line(files, "/sys/module/apparmor/parameters/enabled").equals("Y"));
  }

  private static String line(FileWorker files, String path) {
    return files
        .readIfThere(FileWorker.HOST, path)
        .map(bytes -> Bytes.decode(bytes).strip())
        .orElse("");
  }

  /** The number behind the last range of a list such as {@code 0-3}, and one. */
  static int count(String possible) {
    int from = possible.length();
    while (from > 0 && Character.isDigit(possible.charAt(from - 1))) {
      from--;
    }
    return from == possible.length() ? 1 : Integer.parseInt(possible.substring(from)) + 1;
  }

  private static CapabilitySet bounding(String status) {
    int at = status.indexOf(BOUNDING) + BOUNDING.length();
    return at < BOUNDING.length()
        ? CapabilitySet.ALL
        : CapabilitySet.ofMask(Long.parseUnsignedLong(status, at, at + 16, 16));
  }
}
