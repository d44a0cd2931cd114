package dev.mydocker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.InProcess;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.spec.LinuxCpu;
import dev.mydocker.oci.spec.LinuxDeviceCgroup;
import dev.mydocker.oci.spec.LinuxMemory;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.runtime.cgroup.CgroupDirectory;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import dev.mydocker.runtime.cgroup.CgroupLayout;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.cgroup.CgroupStats;
import dev.mydocker.runtime.cgroup.CgroupVersion;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import dev.mydocker.runtime.cgroup.NewCgroup;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Cgroups on the kernel that is there: v1 or hybrid on most machines of ours, v2 in the guest. */
@Tag(GuestTests.TAG)
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class CgroupIT {
  private static final long MIB = 1 << 20;

  private final FileWorker files =
      new FileWorker(new InProcess(System.getProperty("mydocker.home")));
  private final CgroupLayout layout = CgroupLayout.discover(files);
  private final List<ContainerCgroup> made = new ArrayList<>();
  private final List<Process> started = new ArrayList<>();
  private String parent;

  @BeforeEach
  void takeSandbox(Sandbox sandbox) {
    parent = sandbox.cgroupParent();
  }

  @AfterEach
  void cleanUp() {
    made.forEach(ContainerCgroup::kill);
    started.forEach(Process::destroyForcibly);
    made.forEach(ContainerCgroup::remove);
  }

  @Test
  void aCgroupIsMadeInEveryHierarchyAndRemovedWithWhatWasMadeAboveIt() {
    ContainerCgroup cgroup = make("c1", LinuxResources.NONE);

    assertThat(cgroup.paths().directories())
        .allSatisfy(each -> assertThat(Path.of(each.path())).isDirectory());
    assertThat(cgroup.pids()).isEmpty();

    cgroup.remove();
    assertThat(cgroup.paths().directories())
        .allSatisfy(each -> assertThat(Path.of(each.path()).getParent()).doesNotExist());
    cgroup.remove();
    assertThat(cgroup.pids()).isEmpty();
  }

  @Test
  void limitsAreInTheKernelsFiles() {
    ContainerCgroup cgroup =
        make(
            "limits",
            LinuxResources.builder()
                .memory(LinuxMemory.of(64 * MIB, null, 32 * MIB))
                .cpu(LinuxCpu.of(512L, 20_000L, 50_000L, "0", "0"))
                .pids(77L)
                .build());

    if (v2()) {
      assertThat(read(cgroup, "memory", "memory.max")).isEqualTo("67108864");
      assertThat(read(cgroup, "memory", "memory.low")).isEqualTo("33554432");
      assertThat(read(cgroup, "cpu", "cpu.max")).isEqualTo("20000 50000");
      assertThat(read(cgroup, "cpu", "cpu.weight")).isEqualTo("59");
    } else {
      assertThat(read(cgroup, "memory", "memory.limit_in_bytes")).isEqualTo("67108864");
      assertThat(read(cgroup, "memory", "memory.soft_limit_in_bytes")).isEqualTo("33554432");
      assertThat(read(cgroup, "cpu", "cpu.cfs_quota_us")).isEqualTo("20000");
      assertThat(read(cgroup, "cpu", "cpu.cfs_period_us")).isEqualTo("50000");
      assertThat(read(cgroup, "cpu", "cpu.shares")).isEqualTo("512");
    }
    assertThat(read(cgroup, "cpuset", "cpuset.cpus")).isEqualTo("0");
    assertThat(read(cgroup, "pids", "pids.max")).isEqualTo("77");
    CgroupStats stats = cgroup.stats();
    assertThat(stats.memoryLimit()).isEqualTo(64 * MIB);
    assertThat(stats.pidsLimit()).isEqualTo(77);
  }

  @Test
  void aRefusedLimitNamesFileValueAndCauseAndLeavesNothing() {
    CgroupPaths place = layout.place(parent + "/refused");
    CgroupPaths monitors = layout.placeMonitors(parent + "/monitors");
    LinuxResources resources =
        LinuxResources.builder().cpu(LinuxCpu.of(null, null, null, "4000", null)).build();

    assertThatThrownBy(() -> NewCgroup.create(files, place, monitors, resources))
        .isInstanceOfSatisfying(
            MydockerException.class,
            e -> assertThat(e.category()).isEqualTo(MydockerException.Category.INVALID))
        .message()
        .matches(
            "set cpus of container refused: write \"4000\" to /\\S+/cpuset.cpus: "
                + "(invalid argument|numerical result out of range)");
    assertThat(place.directories())
        .allSatisfy(each -> assertThat(Path.of(each.path()).getParent()).doesNotExist());
  }

  @Test
  void aControllerThatIsNotThereIsNamed() {
    LinuxResources resources =
        LinuxResources.parse(
            "{\"rdma\":{\"mlx5_0\":{\"hcaHandles\":1}}}".getBytes(UTF_8), "resources");
    CgroupPaths place = layout.place(parent + "/missing");
    assumeTrue(place.directory("rdma").isEmpty(), "this machine has the rdma controller");

    assertThatThrownBy(() -> NewCgroup.create(files, place, null, resources))
        .hasMessageStartingWith("set RDMA limit of container missing: ")
        .hasMessageContaining("cgroup controller rdma");
  }

  @Test
  void aProcessThatJoinsIsCountedStoppedAndEnded() throws Exception {
    try (NewCgroup created = create("busy", LinuxResources.NONE)) {
      ContainerCgroup cgroup = track(created);
      Process process = start(cgroup, "while :; do :; done");

      assertThat(cgroup.pids()).containsExactly((int) process.pid());
      cgroup.freeze();
      assertThat(cgroup.frozen()).isTrue();
      long before = cgroup.stats().cpuNanos();
      assertThat(cgroup.stats().cpuNanos()).isEqualTo(before).isPositive();
      cgroup.thaw();
      assertThat(cgroup.frozen()).isFalse();
      cgroup.kill();
      assertThat(process.waitFor()).isEqualTo(137);
      cgroup.remove();
      assertThat(cgroup.pids()).isEmpty();
      assertThat(cgroup.freeze()).isFalse();
      assertThat(cgroup.thaw()).isFalse();
      assertThat(cgroup.frozen()).isFalse();
    }
  }

  @Test
  void aFrozenContainerCanBeEnded() throws Exception {
    ContainerCgroup cgroup = make("frozen", LinuxResources.NONE);
    Process process = start(cgroup, "exec sleep 1000");

    cgroup.freeze();
    cgroup.kill();
    assertThat(process.waitFor()).isEqualTo(137);
  }

  @Test
  void aKillReachesProcessesThatForkAndCgroupsBelow() throws Exception {
    ContainerCgroup cgroup = make("tree", LinuxResources.NONE);
    CgroupDirectory members = memberDirectory(cgroup);
    String below = members.path() + "/below";
    start(
        cgroup,
        "mkdir "
            + below
            + "; echo $$ > "
            + below
            + "/cgroup.procs;"
            + " while :; do sleep 1000 & sleep 0.001; done");
    start(cgroup, "while :; do sh -c 'sleep 1000 & :' & wait $!; done");

    cgroup.kill();
    cgroup.remove();

    assertThat(Path.of(members.path())).doesNotExist();
    assertThat(cgroup.pids()).isEmpty();
  }

  @Test
  void memoryBeyondTheLimitEndsAProcessAndIsCounted() throws Exception {
    ContainerCgroup cgroup =
        make(
            "oom",
            LinuxResources.builder().memory(LinuxMemory.of(16 * MIB, 16 * MIB, null)).build());
    Process process = start(cgroup, "x=$(head -c 100000000 /dev/zero | tr '\\0' x); echo ${#x}");

    assertThat(process.waitFor()).isNotZero();
    assertThat(cgroup.oomKills()).isPositive();
  }

  @Test
  void moreTasksThanAllowedAreRefused() throws Exception {
    ContainerCgroup cgroup = make("pids", LinuxResources.builder().pids(1L).build());
    Process process = start(cgroup, "/bin/true & wait $!; echo unreachable");

    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
        .doesNotContain("unreachable");
    assertThat(process.waitFor()).isNotZero();
  }

  @Test
  void devicesAreThoseOfTheRules() throws Exception {
    ContainerCgroup cgroup =
        make(
            "devices",
            LinuxResources.builder()
                .devices(
                    List.of(
                        LinuxDeviceCgroup.denyAll(), LinuxDeviceCgroup.allow("c", 1L, 3L, "rw")))
                .build());

    assertThat(start(cgroup, "echo > /dev/null").waitFor()).isZero();
    Process process = start(cgroup, "head -c 1 /dev/zero");
    assertThat(process.waitFor()).isNotZero();
    assertThat(process.errorReader().readLine()).contains("Operation not permitted");
  }

  @Test
  void limitsChangeInEitherDirectionAndOthersStay() {
    ContainerCgroup cgroup =
        make(
            "update",
            LinuxResources.builder()
                .memory(LinuxMemory.of(32 * MIB, 32 * MIB, null))
                .cpu(LinuxCpu.of(null, 10_000L, 20_000L, null, null))
                .pids(9L)
                .build());
    for (long mib : new long[] {256, 16}) {
      cgroup.update(
          LinuxResources.builder().memory(LinuxMemory.of(mib * MIB, mib * MIB, null)).build());
      assertThat(cgroup.stats().memoryLimit()).isEqualTo(mib * MIB);
    }
    cgroup.update(
        LinuxResources.builder().cpu(LinuxCpu.of(null, null, 40_000L, null, null)).build());

    assertThat(cgroup.stats().pidsLimit()).isEqualTo(9);
    assertThat(v2() ? read(cgroup, "cpu", "cpu.max") : read(cgroup, "cpu", "cpu.cfs_quota_us"))
        .startsWith("10000");
    assertThatThrownBy(
            () ->
                cgroup.update(
                    LinuxResources.builder()
                        .cpu(LinuxCpu.of(null, null, null, "4000", null))
                        .pids(11L)
                        .build()))
        .hasMessageStartingWith("set cpus of container update: write \"4000\" to ");
  }

  @Test
  void aLaterCommandFindsItByTheStateAlone() throws Exception {
    ContainerCgroup cgroup = make("state", LinuxResources.NONE);
    Process process = start(cgroup, "exec sleep 1000");

    byte[] state = Json.encode(cgroup.paths().toJson());
    CgroupPaths paths = Json.decode(state, "state", CgroupPaths::read);

    assertThat(new ContainerCgroup(files, paths).pids()).containsExactly((int) process.pid());
    try (CgroupJoin join = CgroupJoin.openBeside(files, paths, (int) process.pid())) {
      assertThat(join.files().size() + (join.directory() < 0 ? 0 : 1))
          .isEqualTo(paths.directories().size());
    }
  }

  @Test
  void aCgroupThatIsInUseIsNotTakenAndOneThatWasLeftBehindIs() throws Exception {
    ContainerCgroup cgroup = make("twice", LinuxResources.builder().pids(5L).build());
    make("twice", LinuxResources.NONE);
    assertThat(cgroup.stats().pidsLimit()).isEqualTo(-1);

    start(cgroup, "exec sleep 1000");
    assertThatThrownBy(() -> create("twice", LinuxResources.NONE))
        .hasMessageEndingWith("/twice: it exists and is in use");
    assertThat(cgroup.pids()).hasSize(1);
  }

  @Test
  void aPlanEndsAndRemovesAContainerAndTheMonitorsCgroupWithTheLast() throws Exception {
    CgroupPaths monitors = layout.placeMonitors(parent + "/monitors");
    try (NewCgroup created =
        NewCgroup.create(files, layout.place(parent + "/last"), monitors, LinuxResources.NONE)) {
      ContainerCgroup cgroup = new ContainerCgroup(files, created.paths());
      CgroupJoin join = created.monitorJoin().orElseThrow();
      assertThat(join.files()).hasSameSizeAs(monitors.directories());
      assertThat(join.directory()).isEqualTo(-1);
      Process process = start(cgroup, "exec sleep 1000");

      SegmentBuilder b = Segment.builder();
      cgroup.addCleanup(b);
      ContainerCgroup.addMonitorsCleanup(b, monitors);
      files.performer().perform(b.build()).orThrow("clean up");

      assertThat(process.waitFor()).isEqualTo(137);
      for (CgroupDirectory each : created.paths().directories()) {
        assertThat(Path.of(each.path()).getParent()).doesNotExist();
      }
    }
  }

  @Test
  void containersComeAndGoAtTheSameTimeUnderOneParent() throws Exception {
    CgroupPaths monitors = layout.placeMonitors(parent + "/monitors");
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        String name = parent + "/thread" + t;
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 50; i++) {
                    CgroupPaths place = layout.place(name);
                    NewCgroup.create(files, place, monitors, LinuxResources.NONE).close();
                    ContainerCgroup cgroup = new ContainerCgroup(files, place);
                    cgroup.remove();
                    for (CgroupDirectory each : monitors.directories()) {
                      remove(each.path());
                    }
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    new ContainerCgroup(files, monitors).remove();
  }

  private void remove(String path) {
    try {
      files.removeDirectory(Linux.AT_FDCWD, path);
    } catch (KernelException e) {
      assertThat(e.error()).isEqualTo(16);
    }
  }

  private boolean v2() {
    return layout.version() == CgroupVersion.V2;
  }

  private ContainerCgroup make(String name, LinuxResources resources) {
    try (NewCgroup created = create(name, resources)) {
      return track(created);
    }
  }

  private NewCgroup create(String name, LinuxResources resources) {
    return NewCgroup.create(files, layout.place(parent + "/" + name), null, resources);
  }

  private ContainerCgroup track(NewCgroup created) {
    ContainerCgroup cgroup = new ContainerCgroup(files, created.paths());
    made.add(cgroup);
    return cgroup;
  }

  private static CgroupDirectory memberDirectory(ContainerCgroup cgroup) {
    CgroupPaths paths = cgroup.paths();
    return paths.unified().or(() -> paths.directory("freezer")).orElseThrow();
  }

  private static String read(ContainerCgroup cgroup, String controller, String file) {
    CgroupPaths paths = cgroup.paths();
    CgroupDirectory directory = paths.directory(controller).or(paths::unified).orElseThrow();
    try {
      return Files.readString(Path.of(directory.file(file))).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A shell that has joined the cgroup when this returns. */
  private Process start(ContainerCgroup cgroup, String script) throws IOException {
    StringBuilder join = new StringBuilder("set -e; ");
    for (CgroupDirectory each : cgroup.paths().directories()) {
      join.append("echo 0 > ").append(each.file("cgroup.procs")).append("; ");
    }
    Process process =
        new ProcessBuilder("/bin/sh", "-c", join + "set +e; echo joined; " + script).start();
    started.add(process);
    BufferedReader out = process.inputReader();
    assertThat(out.readLine()).isEqualTo("joined");
    return process;
  }
}
