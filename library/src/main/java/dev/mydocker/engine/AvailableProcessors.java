package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.spec.NumberList;

/** Docker's checks of limits that this machine cannot give, in Docker's words. */
final class AvailableProcessors {
  private static final long BILLION = 1_000_000_000;

  private AvailableProcessors() {}

  static void require(FileWorker files, ResourceLimits limits) {
    Long nano = limits.nanoCpus();
    int there = Runtime.getRuntime().availableProcessors();
    // The kernel would take any quota.
    if (nano != null && nano > there * BILLION) {
      throw MydockerException.invalid(
          "number of CPUs",
          nano + " thousand-millionths",
          "range of CPUs is from 0.01 to "
              + there
              + ".00, as there are only "
              + there
              + " CPUs available",
          null);
    }
    String cpus = limits.cpusetCpus();
    if (cpus != null) {
      require(files, "CPUs", cpus, "/sys/devices/system/cpu/online");
    }
    String nodes = limits.cpusetMems();
    if (nodes != null) {
      require(files, "memory nodes", nodes, "/sys/devices/system/node/online");
    }
  }

  private static void require(FileWorker files, String what, String asked, String file) {
    String available = new Facts(files).text(file).strip();
    if (available.isEmpty()) {
      return;
    }
    byte[] there = NumberList.parse(file, available);
    byte[] wanted = NumberList.parse(what, asked);
    for (int i = 0; i < wanted.length; i++) {
      if ((wanted[i] & ~(i < there.length ? there[i] : 0)) != 0) {
        throw MydockerException.invalid(
            what,
            asked,
            "Requested "
                + what
                + " are not available - requested "
                + asked
                + ", available: "
                + available,
            null);
      }
    }
  }
}
