package dev.mydocker.engine;

import dev.mydocker.oci.spec.LinuxCpu;
import dev.mydocker.oci.spec.LinuxDevice;
import dev.mydocker.oci.spec.LinuxDeviceCgroup;
import dev.mydocker.oci.spec.LinuxMemory;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.runtime.security.DefaultDevices;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the cgroup part of a specification. */
final class ResourceMaker {
  // Microseconds, the kernel's default and Docker's.
  private static final long PERIOD = 100_000;
  private static final long BILLION = 1_000_000_000;

  private ResourceMaker() {}

  static LinuxResources resources(ContainerSpec spec, List<HostDevices.Given> devices) {
    ResourceLimits limits = spec.limits();
    return LinuxResources.builder()
        .devices(rules(spec.security().privileged(), devices))
        .memory(memory(limits))
        .cpu(cpu(limits))
        .pids(limits.pidsLimit())
        .build();
  }

  private static List<LinuxDeviceCgroup> rules(
      boolean privileged, List<HostDevices.Given> devices) {
    if (privileged) {
      return DefaultDevices.PRIVILEGED_RULES;
    }
    List<LinuxDeviceCgroup> rules = new ArrayList<>(DefaultDevices.RULES);
    for (HostDevices.Given given : devices) {
      LinuxDevice device = given.device();
      rules.add(
          LinuxDeviceCgroup.allow(device.type(), device.major(), device.minor(), given.access()));
    }
    return rules;
  }

  private static @Nullable LinuxMemory memory(ResourceLimits limits) {
    ByteSize memory = limits.memory();
    ByteSize swap = limits.memorySwap();
    ByteSize reservation = limits.memoryReservation();
    if (memory == null && swap == null && reservation == null) {
      return null;
    }
    Long together = swap == null ? null : (Long) swap.bytes();
    if (memory != null && swap == null) {
      together = twice(memory.bytes());
    }
    return LinuxMemory.of(
        memory == null ? null : (Long) memory.bytes(),
        together,
        reservation == null ? null : (Long) reservation.bytes());
  }

  private static long twice(long bytes) {
    return bytes > Long.MAX_VALUE / 2 ? -1 : 2 * bytes;
  }

  private static @Nullable LinuxCpu cpu(ResourceLimits limits) {
    Long nano = limits.nanoCpus();
    if (nano == null
        && limits.cpuShares() == null
        && limits.cpusetCpus() == null
        && limits.cpusetMems() == null) {
      return null;
    }
    Long quota = nano == null ? null : (Long) (nano / (BILLION / PERIOD));
    return LinuxCpu.of(
        limits.cpuShares(),
        quota,
        nano == null ? null : (Long) PERIOD,
        limits.cpusetCpus(),
        limits.cpusetMems());
  }
}
