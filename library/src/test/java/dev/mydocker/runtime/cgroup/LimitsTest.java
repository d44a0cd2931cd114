package dev.mydocker.runtime.cgroup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.spec.LinuxResources;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"memory":{"limit":1048576}}               | memory.limit_in_bytes=1048576
          {"memory":{"limit":0}}                     |
          {"memory":{"limit":-1}}                    | memory.limit_in_bytes=-1 memory.memsw.limit_in_bytes=-1
          {"memory":{"limit":9,"swap":12}}           | memory.limit_in_bytes=9 memory.memsw.limit_in_bytes=12
          {"memory":{"limit":9,"swap":-1}}           | memory.limit_in_bytes=9 memory.memsw.limit_in_bytes=-1
          {"memory":{"reservation":7}}               | memory.soft_limit_in_bytes=7
          {"memory":{"kernelTCP":8,"kernel":8}}      | memory.kmem.tcp.limit_in_bytes=8
          {"memory":{"swappiness":0}}                | memory.swappiness=0
          {"memory":{"swappiness":18446744073709551615}} |
          {"memory":{"disableOOMKiller":true}}       | memory.oom_control=1
          {"memory":{"disableOOMKiller":false}}      |
          {"cpu":{"shares":512}}                     | cpu.shares=512
          {"cpu":{"shares":0}}                       |
          {"cpu":{"quota":-1}}                       | cpu.cfs_quota_us=-1
          {"cpu":{"quota":20000,"period":50000,"burst":1000}} | cpu.cfs_period_us=50000 cpu.cfs_quota_us=20000 cpu.cfs_burst_us=1000
          {"cpu":{"idle":1}}                         | cpu.idle=1
          {"cpu":{"realtimeRuntime":950,"realtimePeriod":1000}} | cpu.rt_period_us=1000 cpu.rt_runtime_us=950
          {"cpu":{"cpus":"0-1,3","mems":"0"}}        | cpuset.cpus=0-1,3 cpuset.mems=0
          {"pids":{"limit":100}}                     | pids.max=100
          {"pids":{"limit":-1}}                      | pids.max=max
          {"pids":{"limit":0}}                       | pids.max=1
          {"blockIO":{"weight":500}}                 | blkio.bfq.weight=500/blkio.weight=500
          {"blockIO":{"leafWeight":500}}             | blkio.leaf_weight=500
          {"blockIO":{"weightDevice":[{"major":8,"minor":0,"weight":10}]}} | blkio.bfq.weight_device=8:0~10/blkio.weight_device=8:0~10
          {"blockIO":{"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":1024}]}} | blkio.throttle.read_bps_device=8:0~1024
          {"blockIO":{"throttleWriteIOPSDevice":[{"major":8,"minor":0,"rate":18446744073709551615}]}} | blkio.throttle.write_iops_device=8:0~18446744073709551615
          {"hugepageLimits":[{"pageSize":"2MB","limit":0}]} | hugetlb.2MB.limit_in_bytes=0 hugetlb.2MB.rsvd.limit_in_bytes=0?
          {"network":{"classID":7,"priorities":[{"name":"eth0","priority":5}]}} | net_cls.classid=7 net_prio.ifpriomap=eth0~5
          {"rdma":{"mlx5_1":{"hcaHandles":3,"hcaObjects":4}}} | rdma.max=mlx5_1~hca_handle=3~hca_object=4
          {"devices":[{"allow":false,"access":"rwm"}]} | devices.deny=a~*:*~rwm
          {"devices":[{"allow":true}]}               | devices.allow=a~*:*~rwm
          {"devices":[{"allow":true,"type":"c","major":1,"minor":3,"access":"rw"}]} | devices.allow=c~1:3~rw
          {"devices":[{"allow":true,"type":"b","major":8,"access":"r"}]} | devices.allow=b~8:*~r
          {"devices":[{"allow":true,"type":"c","major":-1,"minor":-1,"access":"m"}]} | devices.allow=c~*:*~m
          {"devices":[{"allow":false,"type":"a","access":"w"}]} | devices.deny=b~*:*~w devices.deny=c~*:*~w
          """)
  void v1(String resources, String writes) {
    assertThat(text(LimitsV1::of, resources)).isEqualTo(words(writes));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"memory":{"limit":1048576}}               | memory.max=1048576
          {"memory":{"limit":0,"swap":0}}            |
          {"memory":{"limit":-1}}                    | memory.swap.max=max? memory.max=max
          {"memory":{"limit":9,"swap":12}}           | memory.swap.max=3 memory.max=9
          {"memory":{"limit":9,"swap":9}}            | memory.swap.max=0? memory.max=9
          {"memory":{"limit":9,"swap":-1}}           | memory.swap.max=max? memory.max=9
          {"memory":{"reservation":7}}               | memory.low=7
          {"memory":{"disableOOMKiller":false}}      |
          {"cpu":{"shares":2}}                       | cpu.weight=1
          {"cpu":{"shares":1024}}                    | cpu.weight=100
          {"cpu":{"shares":512}}                     | cpu.weight=59
          {"cpu":{"shares":262144}}                  | cpu.weight=10000
          {"cpu":{"quota":20000}}                    | cpu.max=20000
          {"cpu":{"quota":20000,"period":50000,"burst":1000}} | cpu.max=20000~50000 cpu.max.burst=1000
          {"cpu":{"quota":-1,"period":50000}}        | cpu.max=max~50000
          {"cpu":{"idle":1,"shares":1024}}           | cpu.weight=100 cpu.idle=1
          {"cpu":{"cpus":"0-1,3","mems":"0"}}        | cpuset.cpus=0-1,3 cpuset.mems=0
          {"pids":{"limit":100}}                     | pids.max=100
          {"pids":{"limit":-1}}                      | pids.max=max
          {"blockIO":{"weight":10}}                  | io.bfq.weight=10/io.weight=1
          {"blockIO":{"weight":1000}}                | io.bfq.weight=1000/io.weight=10000
          {"blockIO":{"weightDevice":[{"major":8,"minor":0,"weight":1000}]}} | io.bfq.weight=8:0~1000/io.weight=8:0~10000
          {"blockIO":{"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":1024}]}} | io.max=8:0~rbps=1024
          {"blockIO":{"throttleWriteIOPSDevice":[{"major":8,"minor":0,"rate":0}]}} | io.max=8:0~wiops=max
          {"hugepageLimits":[{"pageSize":"2MB","limit":4}]} | hugetlb.2MB.max=4 hugetlb.2MB.rsvd.max=4?
          {"rdma":{"mlx5_1":{"hcaObjects":4}}}       | rdma.max=mlx5_1~hca_object=4
          {"devices":[{"allow":false,"access":"rwm"}]} |
          {"unified":{"memory.high":"5","io.max":"8:0 rbps=1\\n8:16 wbps=2\\n"}} | memory.high=5 io.max=8:0~rbps=1 io.max=8:16~wbps=2
          """)
  void v2(String resources, String writes) {
    assertThat(text(LimitsV2::of, resources)).isEqualTo(words(writes));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          v1 | {"unified":{"memory.high":"5"}} | set memory.high: this machine uses cgroup v1
          v1 | {"memory":{"limit":9,"swap":8}} | set memory+swap limit to 8: smaller than the memory limit of 9
          v2 | {"memory":{"limit":9,"swap":8}} | set memory+swap limit to 8: smaller than the memory limit of 9
          v2 | {"memory":{"swap":8}}           | set memory+swap limit to 8: there is no memory limit beside it
          v2 | {"memory":{"limit":-1,"swap":8}} | set memory+swap limit to 8: there is no memory limit beside it
          v1 | {"memory":{"swappiness":101}}   | set swappiness to 101: expected a number from 0 to 100
          v2 | {"memory":{"swappiness":60}}    | set swappiness: cgroup v2 does not have it
          v2 | {"memory":{"kernelTCP":60}}     | set TCP memory limit: cgroup v2 does not have it
          v2 | {"memory":{"disableOOMKiller":true}} | set the OOM killer off: cgroup v2 does not have it
          v1 | {"cpu":{"shares":1}}            | set cpu shares to 1: expected a number from 2 to 262144
          v2 | {"cpu":{"shares":262145}}       | set cpu shares to 262145: expected a number from 2 to 262144
          v2 | {"cpu":{"realtimeRuntime":9}}   | set realtime cpu runtime: cgroup v2 does not have it
          v1 | {"blockIO":{"weight":9}}        | set block I/O weight to 9: expected a number from 10 to 1000
          v2 | {"blockIO":{"leafWeight":99}}   | set block I/O leaf weight: cgroup v2 does not have it
          v2 | {"network":{"classID":7}}       | set network class: cgroup v2 does not have it
          v2 | {"unified":{"memory":"5"}}  | set memory to 5: not the name of a cgroup v2 file
          """)
  void aLimitThatCannotBeIsRefusedBeforeTheKernelIsAsked(
      String version, String resources, String message) {
    LinuxResources parsed = LinuxResources.parse(resources.getBytes(UTF_8), "test");
    assertThatThrownBy(
            () -> {
              if (version.equals("v1")) {
                LimitsV1.of(parsed);
              } else {
                LimitsV2.of(parsed);
              }
            })
        .isInstanceOf(MydockerException.class)
        .hasMessage(message);
  }

  @Test
  void statisticsAreFoundByLineAndByKey() {
    String text = "low 1\noom_kill 3\nlow_oom_kill 9\n";
    assertThat(CgroupStats.field(text, "oom_kill ")).isEqualTo(3);
    assertThat(CgroupStats.field(text, "low ")).isEqualTo(1);
    assertThat(CgroupStats.field(text, "kill ")).isZero();
    assertThat(CgroupStats.sum("8:0 rbytes=5 wbytes=7\n8:16 rbytes=2 wbytes=1\n", " rbytes="))
        .isEqualTo(7);
    assertThat(CgroupStats.number("max\n")).isEqualTo(-1);
  }

  @Test
  void theMembersOfAStateAreNamed() {
    assertThatThrownBy(
            () -> Json.decode("{\"version\":\"v3\"}".getBytes(UTF_8), "state", CgroupPaths::read))
        .hasMessage("parse state: version: expected v1, v2 or hybrid, found v3");
  }

  private static List<String> text(
      Function<LinuxResources, List<CgroupWrite>> limits, String resources) {
    List<String> lines = new ArrayList<>();
    for (CgroupWrite write :
        limits.apply(LinuxResources.parse(resources.getBytes(UTF_8), "test"))) {
      String line = write.file() + "=" + write.value();
      CgroupWrite elsewhere = write.elsewhere();
      line += elsewhere == null ? "" : "/" + elsewhere.file() + "=" + elsewhere.value();
      lines.add(line + (write.optional() ? "?" : ""));
    }
    return lines;
  }

  private static List<String> words(String writes) {
    List<String> lines = new ArrayList<>();
    for (String word : writes == null ? new String[0] : writes.split(" ")) {
      lines.add(word.replace('~', ' '));
    }
    return lines;
  }
}
