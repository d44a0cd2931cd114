package dev.mydocker.engine;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.runtime.security.CapabilitySet;
import dev.mydocker.runtime.security.SeccompArchitecture;
import java.util.List;

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
  private static final List<String> FILES =
      List.of(
          "/proc/sys/kernel/hostname",
          "/proc/sys/kernel/osrelease",
          "/sys/devices/system/cpu/possible",
          "/proc/thread-self/status",
          "/sys/module/apparmor/parameters/enabled");

  /** More than any of them has; of a status, CapBnd stands in the first half. */
  private static final int LIMIT = 1 << 12;

  private static final String BOUNDING = "\nCapBnd:\t";

  /** Finds it out. */
  static Host of(FileWorker files) {
    List<byte[]> found = files.beginnings(FILES, LIMIT);
    return new Host(
        line(found, 0),
        SeccompArchitecture.ofMachine(System.getProperty("os.arch", "")),
        line(found, 1),
        count(line(found, 2)),
        bounding(line(found, 3)),
        line(found, 4).equals("Y"));
  }

  private static String line(List<byte[]> found, int file) {
    return Bytes.decode(found.get(file)).strip();
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
