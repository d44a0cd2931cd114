package dev.mydocker.runtime.security;

import java.util.ArrayList;
import java.util.List;

/**
 * The paths of /proc and /sys that a container does not see or cannot write, unless it is
 * privileged: Docker's list.
 */
public final class Isolation {
  /**
   * Paths that are read-only: through them the kernel takes orders that concern the whole machine.
   * {@code /proc/sys} apart, where the container's own namespaces are set up before this.
   */
  public static final List<String> READ_ONLY_PATHS =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  // Why some are not as harmless as they look: interrupts and powercap are side channels
  // (GHSA-6fw5-f8r9-fgfm, GHSA-jq35-85cj-fj4p); scsi takes commands that remove the host's disks
  // (CVE-2017-16539).
  private static final List<String> MASKED_PATHS =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/devices/virtual/powercap",
          "/sys/firmware");

  private Isolation() {}

  /** Returns the paths to mask on every machine; one that does not exist is to be skipped. */
  public static List<String> maskedPaths() {
    return MASKED_PATHS;
  }

  /**
   * Returns the paths to mask where processors report thermal throttling (x86 without a
   * hypervisor); one that does not exist is to be skipped.
   *
   * @param processors how many processors the machine can have (/sys/devices/system/cpu/possible)
   */
  public static List<String> maskedPaths(int processors) {
    List<String> paths = new ArrayList<>(MASKED_PATHS);
    for (int processor = 0; processor < processors; processor++) {
      paths.add("/sys/devices/system/cpu/cpu" + processor + "/thermal_throttle");
    }
    return List.copyOf(paths);
  }
}
