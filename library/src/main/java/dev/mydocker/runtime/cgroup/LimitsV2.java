package dev.mydocker.runtime.cgroup;

import dev.mydocker.oci.spec.LinuxBlockIo;
import dev.mydocker.oci.spec.LinuxCpu;
import dev.mydocker.oci.spec.LinuxMemory;
import dev.mydocker.oci.spec.LinuxPids;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.oci.spec.LinuxThrottleDevice;
import dev.mydocker.oci.spec.LinuxWeightDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OCI limits as writes to the files of cgroup v2, with runc's conversions where the specification's
 * numbers are v1's (the kernel's Documentation/admin-guide/cgroup-v2).
 */
final class LimitsV2 {
  private static final String V2 = "v2";

  private LimitsV2() {}

  /**
   * The writes in an order that is right for a new cgroup; those of {@code unified} come last.
   * Device rules are not among them: on v2 they are a program.
   *
   * @throws dev.mydocker.MydockerException if the limits are out of range, or v1's
   */
  static List<CgroupWrite> of(LinuxResources resources) {
    List<CgroupWrite> writes = new ArrayList<>();
    LinuxMemory memory = resources.memory();
    if (memory != null) {
      addMemory(writes, memory);
    }
    LinuxCpu cpu = resources.cpu();
    if (cpu != null) {
      addCpu(writes, cpu);
    }
    LinuxPids pids = resources.pids();
    Long limit = pids == null ? null : pids.limit();
    if (limit != null) {
      writes.add(LimitChecks.pids(limit));
    }
    LinuxBlockIo blockIo = resources.blockIo();
    if (blockIo != null) {
      addBlockIo(writes, blockIo);
    }
    LimitChecks.addHugepages(writes, resources, "max");
    LimitChecks.addRdma(writes, resources);
    if (resources.network() != null) {
      refuse(resources.network().classId() != null, "network class");
      refuse(!resources.network().priorities().isEmpty(), "network priorities");
    }
    for (Map.Entry<String, String> entry : resources.unified().entrySet()) {
      addUnified(writes, entry.getKey(), entry.getValue());
    }
    return writes;
  }

  private static void addMemory(List<CgroupWrite> writes, LinuxMemory memory) {
    LimitChecks.check(memory);
    refuse(LimitChecks.given(memory.kernelTcp()), "TCP memory limit");
    refuse(memory.swappiness() != null && memory.swappiness() != -1, "swappiness");
    refuse(memory.disableOomKiller() != null && memory.disableOomKiller(), "the OOM killer off");
    Long swap = swapAlone(memory.limit(), memory.swap());
    if (swap != null) {
      CgroupWrite write =
          CgroupWrite.of(
              "memory", "memory.swap.max", swap < 0 ? "max" : swap.toString(), "swap limit");
      // Without swap there is nothing to allow or to forbid, and no file.
      writes.add(swap <= 0 ? write.ifThere() : write);
    }
    CgroupWrite.addLimit(writes, "memory", "memory.max", memory.limit(), "max", "memory limit");
    CgroupWrite.addLimit(
        writes, "memory", "memory.low", memory.reservation(), "max", "memory reservation");
  }

  /**
   * The limit of swap alone, which v2 takes, of memory and swap together, which the specification
   * and v1 have; -1 for no limit, null to leave it.
   */
  static @Nullable Long swapAlone(@Nullable Long memory, @Nullable Long both) {
    if (both == null || both == 0) {
      return memory != null && memory == -1 ? -1L : null;
    }
    if (both < 0) {
      return -1L;
    }
    if (memory == null || memory <= 0) {
      throw CgroupWrite.invalid("memory+swap limit", both, "there is no memory limit beside it");
    }
    return both - memory;
  }

  private static void addCpu(List<CgroupWrite> writes, LinuxCpu cpu) {
    LimitChecks.check(cpu);
    refuse(LimitChecks.given(cpu.realtimePeriod()), "realtime cpu period");
    refuse(LimitChecks.given(cpu.realtimeRuntime()), "realtime cpu runtime");
    Long shares = cpu.shares();
    if (shares != null && shares != 0) {
      writes.add(CgroupWrite.of("cpu", "cpu.weight", weightOfShares(shares), "cpu shares"));
    }
    if (LimitChecks.given(cpu.quota()) || LimitChecks.given(cpu.period())) {
      String quota = cpu.quota() == null || cpu.quota() <= 0 ? "max" : cpu.quota().toString();
      String period = LimitChecks.given(cpu.period()) ? " " + cpu.period() : "";
      writes.add(CgroupWrite.of("cpu", "cpu.max", quota + period, "cpu quota"));
    }
    if (cpu.burst() != null) {
      writes.add(CgroupWrite.of("cpu", "cpu.max.burst", cpu.burst(), "cpu burst"));
    }
    if (cpu.idle() != null) {
      writes.add(CgroupWrite.of("cpu", "cpu.idle", cpu.idle(), "cpu idle"));
    }
    if (cpu.cpus() != null) {
      writes.add(CgroupWrite.of("cpuset", "cpuset.cpus", cpu.cpus(), "cpus"));
    }
    if (cpu.mems() != null) {
      writes.add(CgroupWrite.of("cpuset", "cpuset.mems", cpu.mems(), "memory nodes"));
    }
  }

  /**
   * v1's shares, from 2 over 1024 to 262144, as v2's weight, from 1 over 100 to 10000: the
   * quadratic curve through the three points (kubernetes/kubernetes#131216), which runc and crun
   * use since 2025. The older straight line made 39 of the default.
   */
  static long weightOfShares(long shares) {
    if (shares <= 2) {
      return 1;
    }
    if (shares >= 262144) {
      return 10000;
    }
    double exact = shares;
    double log = Math.log(exact) / Math.log(2);
    double exponent = (log * log + 125 * log) / 612 - 7.0 / 34;
    // The three points come out whole but for rounding errors.
    return (long) Math.ceil(Math.pow(10, exponent) - 1e-6);
  }

  private static void addBlockIo(List<CgroupWrite> writes, LinuxBlockIo blockIo) {
    LimitChecks.check(blockIo);
    refuse(blockIo.leafWeight() != null && blockIo.leafWeight() != 0, "block I/O leaf weight");
    Integer weight = blockIo.weight();
    if (weight != null && weight != 0) {
      writes.add(weight("", weight));
    }
    for (LinuxWeightDevice device : blockIo.weightDevice()) {
      refuse(device.leafWeight() != null && device.leafWeight() != 0, "block I/O leaf weight");
      if (device.weight() != null && device.weight() != 0) {
        writes.add(weight(device.major() + ":" + device.minor() + " ", device.weight()));
      }
    }
    addThrottles(writes, "rbps", blockIo.throttleReadBpsDevice());
    addThrottles(writes, "wbps", blockIo.throttleWriteBpsDevice());
    addThrottles(writes, "riops", blockIo.throttleReadIopsDevice());
    addThrottles(writes, "wiops", blockIo.throttleWriteIopsDevice());
  }

  /** BFQ takes v1's weights; io.weight has its own range, from 1 to 10000. */
  private static CgroupWrite weight(String device, int weight) {
    String what = "block I/O weight";
    long wide = 1 + (weight - 10) * 9999L / 990;
    return CgroupWrite.of("io", "io.bfq.weight", device + weight, what)
        .or(CgroupWrite.of("io", "io.weight", device + wide, what));
  }

  private static void addThrottles(
      List<CgroupWrite> writes, String key, List<LinuxThrottleDevice> devices) {
    for (LinuxThrottleDevice device : devices) {
      String rate = device.rate() == 0 ? "max" : Long.toUnsignedString(device.rate());
      String value = device.major() + ":" + device.minor() + " " + key + "=" + rate;
      writes.add(CgroupWrite.of("io", "io.max", value, "block I/O throttle"));
    }
  }

  private static void addUnified(List<CgroupWrite> writes, String file, String value) {
    int dot = file.indexOf('.');
    if (dot <= 0) {
      throw CgroupWrite.invalid(file, value, "not the name of a cgroup v2 file");
    }
    // Files of many devices take one line in a write.
    for (String line : value.split("\n")) {
      if (!line.isBlank()) {
        writes.add(CgroupWrite.of(file.substring(0, dot), file, line, file));
      }
    }
  }

  private static void refuse(boolean given, String what) {
    if (given) {
      throw CgroupWrite.unsupported(what, V2);
    }
  }
}
