package dev.mydocker.runtime.cgroup;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.spec.LinuxBlockIo;
import dev.mydocker.oci.spec.LinuxCpu;
import dev.mydocker.oci.spec.LinuxInterfacePriority;
import dev.mydocker.oci.spec.LinuxMemory;
import dev.mydocker.oci.spec.LinuxNetwork;
import dev.mydocker.oci.spec.LinuxPids;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.oci.spec.LinuxThrottleDevice;
import dev.mydocker.oci.spec.LinuxWeightDevice;
import dev.mydocker.runtime.security.DeviceFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * OCI limits as writes to the files of cgroup v1, with runc's meanings: 0 is as good as not given,
 * -1 is no limit (the kernel's Documentation/admin-guide/cgroup-v1).
 */
final class LimitsV1 {
  private LimitsV1() {}

  /**
   * The writes in an order that is right for a new cgroup; {@code kernel} memory, which the kernel
   * no longer limits, and {@code useHierarchy}, which is always so since 5.11, are left out.
   *
   * @throws MydockerException if the limits are out of range, or v2's
   */
  static List<CgroupWrite> of(LinuxResources resources) {
    List<CgroupWrite> writes = new ArrayList<>();
    if (!resources.unified().isEmpty()) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "set",
          resources.unified().keySet().iterator().next(),
          "this machine uses cgroup v1",
          "use the limits of cgroup v1 instead of \"unified\"");
    }
    for (DeviceFilter.Line line : DeviceFilter.lines(resources.devices())) {
      String file = line.allow() ? "devices.allow" : "devices.deny";
      writes.add(CgroupWrite.of("devices", file, line.text(), "device rule"));
    }
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
    LimitChecks.addHugepages(writes, resources, "limit_in_bytes");
    LinuxNetwork network = resources.network();
    if (network != null) {
      addNetwork(writes, network);
    }
    LimitChecks.addRdma(writes, resources);
    return writes;
  }

  private static void addMemory(List<CgroupWrite> writes, LinuxMemory memory) {
    LimitChecks.check(memory);
    Long swap = memory.swap();
    if (memory.limit() != null && memory.limit() == -1 && !LimitChecks.given(swap)) {
      // Memory without a limit, but with one on memory and swap together, is not what was meant.
      swap = -1L;
    }
    add(writes, "memory.limit_in_bytes", memory.limit(), "memory limit");
    add(writes, "memory.memsw.limit_in_bytes", swap, "memory+swap limit");
    add(writes, "memory.soft_limit_in_bytes", memory.reservation(), "memory reservation");
    add(writes, "memory.kmem.tcp.limit_in_bytes", memory.kernelTcp(), "TCP memory limit");
    Long swappiness = memory.swappiness();
    if (swappiness != null && swappiness != -1) {
      if (swappiness < 0 || swappiness > 100) {
        throw CgroupWrite.invalid(
            "swappiness", Long.toUnsignedString(swappiness), "expected a number from 0 to 100");
      }
      writes.add(CgroupWrite.of("memory", "memory.swappiness", swappiness, "swappiness"));
    }
    Boolean keep = memory.disableOomKiller();
    if (keep != null && keep) {
      writes.add(CgroupWrite.of("memory", "memory.oom_control", 1, "the OOM killer off"));
    }
  }

  private static void add(
      List<CgroupWrite> writes, String file, @Nullable Long value, String what) {
    CgroupWrite.addLimit(writes, "memory", file, value, "-1", what);
  }

  private static void addCpu(List<CgroupWrite> writes, LinuxCpu cpu) {
    LimitChecks.check(cpu);
    CgroupWrite.addLimit(writes, "cpu", "cpu.shares", cpu.shares(), "0", "cpu shares");
    CgroupWrite.addLimit(writes, "cpu", "cpu.cfs_period_us", cpu.period(), "0", "cpu period");
    CgroupWrite.addLimit(writes, "cpu", "cpu.cfs_quota_us", cpu.quota(), "-1", "cpu quota");
    if (cpu.burst() != null) {
      writes.add(CgroupWrite.of("cpu", "cpu.cfs_burst_us", cpu.burst(), "cpu burst"));
    }
    if (cpu.idle() != null) {
      writes.add(CgroupWrite.of("cpu", "cpu.idle", cpu.idle(), "cpu idle"));
    }
    CgroupWrite.addLimit(
        writes, "cpu", "cpu.rt_period_us", cpu.realtimePeriod(), "0", "realtime cpu period");
    CgroupWrite.addLimit(
        writes, "cpu", "cpu.rt_runtime_us", cpu.realtimeRuntime(), "-1", "realtime cpu runtime");
    if (cpu.cpus() != null) {
      writes.add(CgroupWrite.of("cpuset", "cpuset.cpus", cpu.cpus(), "cpus"));
    }
    if (cpu.mems() != null) {
      writes.add(CgroupWrite.of("cpuset", "cpuset.mems", cpu.mems(), "memory nodes"));
    }
  }

  private static void addBlockIo(List<CgroupWrite> writes, LinuxBlockIo blockIo) {
    LimitChecks.check(blockIo);
    Integer weight = blockIo.weight();
    if (weight != null && weight != 0) {
      writes.add(weight("weight", weight.toString()));
    }
    Integer leaf = blockIo.leafWeight();
    if (leaf != null && leaf != 0) {
      writes.add(CgroupWrite.of("blkio", "blkio.leaf_weight", leaf, "block I/O leaf weight"));
    }
    for (LinuxWeightDevice device : blockIo.weightDevice()) {
      String number = device.major() + ":" + device.minor() + " ";
      if (device.weight() != null && device.weight() != 0) {
        writes.add(weight("weight_device", number + device.weight()));
      }
      if (device.leafWeight() != null && device.leafWeight() != 0) {
        String value = number + device.leafWeight();
        writes.add(
            CgroupWrite.of("blkio", "blkio.leaf_weight_device", value, "block I/O leaf weight"));
      }
    }
    addThrottles(writes, "read_bps_device", blockIo.throttleReadBpsDevice());
    addThrottles(writes, "write_bps_device", blockIo.throttleWriteBpsDevice());
    addThrottles(writes, "read_iops_device", blockIo.throttleReadIopsDevice());
    addThrottles(writes, "write_iops_device", blockIo.throttleWriteIopsDevice());
  }

  /** Since Linux 5.0 only the BFQ scheduler has weights on v1. */
  private static CgroupWrite weight(String file, String value) {
    String what = "block I/O weight";
    return CgroupWrite.of("blkio", "blkio.bfq." + file, value, what)
        .or(CgroupWrite.of("blkio", "blkio." + file, value, what));
  }

  private static void addThrottles(
      List<CgroupWrite> writes, String file, List<LinuxThrottleDevice> devices) {
    for (LinuxThrottleDevice device : devices) {
      String value =
          device.major() + ":" + device.minor() + " " + Long.toUnsignedString(device.rate());
      writes.add(CgroupWrite.of("blkio", "blkio.throttle." + file, value, "block I/O throttle"));
    }
  }

  private static void addNetwork(List<CgroupWrite> writes, LinuxNetwork network) {
    if (network.classId() != null) {
      writes.add(CgroupWrite.of("net_cls", "net_cls.classid", network.classId(), "network class"));
    }
    for (LinuxInterfacePriority priority : network.priorities()) {
      String value = priority.name() + " " + priority.priority();
      writes.add(CgroupWrite.of("net_prio", "net_prio.ifpriomap", value, "network priority"));
    }
  }
}
