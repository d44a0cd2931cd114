package dev.mydocker.runtime.cgroup;

import dev.mydocker.oci.spec.LinuxBlockIo;
import dev.mydocker.oci.spec.LinuxCpu;
import dev.mydocker.oci.spec.LinuxHugepageLimit;
import dev.mydocker.oci.spec.LinuxMemory;
import dev.mydocker.oci.spec.LinuxRdma;
import dev.mydocker.oci.spec.LinuxResources;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What holds for limits on both versions; mostly values that the kernel would change silently. */
final class LimitChecks {
  private LimitChecks() {}

  static boolean given(@Nullable Long value) {
    return value != null && value != 0;
  }

  static void check(LinuxMemory memory) {
    Long limit = memory.limit();
    Long swap = memory.swap();
    if (limit != null && limit > 0 && swap != null && swap > 0 && swap < limit) {
      throw CgroupWrite.invalid(
          "memory+swap limit", swap, "smaller than the memory limit of " + limit);
    }
  }

  static void check(LinuxCpu cpu) {
    Long shares = cpu.shares();
    if (shares != null && shares != 0 && (shares < 2 || shares > 262144)) {
      throw CgroupWrite.invalid(
          "cpu shares", Long.toUnsignedString(shares), "expected a number from 2 to 262144");
    }
  }

  static void check(LinuxBlockIo blockIo) {
    Integer weight = blockIo.weight();
    if (weight != null && weight != 0 && (weight < 10 || weight > 1000)) {
      throw CgroupWrite.invalid("block I/O weight", weight, "expected a number from 10 to 1000");
    }
  }

  /**
   * A container always has one task. So runc writes 1 for the 0 of a configuration, which means
   * just that since version 1.3 of the specification: no further one.
   */
  static CgroupWrite pids(long limit) {
    String value = limit < 0 ? "max" : Long.toString(Math.max(1, limit));
    return CgroupWrite.of("pids", "pids.max", value, "pids limit");
  }

  static void addHugepages(List<CgroupWrite> to, LinuxResources resources, String suffix) {
    for (LinuxHugepageLimit limit : resources.hugepageLimits()) {
      String value = Long.toUnsignedString(limit.limit());
      String what = "limit of " + limit.pageSize() + " pages";
      String file = "hugetlb." + limit.pageSize() + ".";
      to.add(CgroupWrite.of("hugetlb", file + suffix, value, what));
      // Reservations are counted apart since Linux 5.7; without this mmap would exceed the limit.
      to.add(CgroupWrite.of("hugetlb", file + "rsvd." + suffix, value, what).ifThere());
    }
  }

  static void addRdma(List<CgroupWrite> to, LinuxResources resources) {
    for (Map.Entry<String, LinuxRdma> entry : resources.rdma().entrySet()) {
      String value = entry.getKey();
      Long handles = entry.getValue().hcaHandles();
      Long objects = entry.getValue().hcaObjects();
      value += handles == null ? "" : " hca_handle=" + handles;
      value += objects == null ? "" : " hca_object=" + objects;
      to.add(CgroupWrite.of("rdma", "rdma.max", value, "RDMA limit"));
    }
  }
}
