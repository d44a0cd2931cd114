package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Containers of {@code mydocker-oci --systemd-cgroup}, with a real systemd. */
@Requires(
    value = {Need.ROOT, Need.BUSYBOX},
    tools = {"systemctl=systemd", "unshare=util-linux", "nsenter=util-linux"})
@ExtendWith(SandboxExtension.class)
@Isolated("systemd's mount namespace has copies of all mounts, those of other tests among them")
class SystemdIT {
  private static final String ID = "box";
  private static final String SCOPE = "pre-box.scope";
  private static final String PLACE = "/a.slice/a-b.slice/" + SCOPE;

  private Sandbox sandbox;
  private OciBundle bundle;

  @BeforeEach
  void take(Sandbox taken) throws IOException {
    sandbox = taken;
    bundle = new OciBundle(sandbox, "exec sleep 100").linux("cgroupsPath", "\"a-b.slice:pre:box\"");
  }

  private SystemdMachine machine() throws IOException {
    Optional<Path> unified = SystemdMachine.unified();
    assumeTrue(unified.isPresent(), "cgroup v2 is not mounted");
    return SystemdMachine.start(sandbox, unified.get());
  }

  @Test
  void aContainerIsAScopeFromItsCreationToItsEnd() throws IOException {
    bundle.with("annotations", "{\"org.systemd.property.TimeoutStopUSec\": \"uint64 7000000\"}");
    bundle.write();
    try (SystemdMachine machine = machine()) {
      machine.oci(sandbox, bundle, "create", ID).orThrow();

      assertThat(
              machine.show(
                  bundle,
                  SCOPE,
                  "ActiveState,Slice,ControlGroup,Delegate,TimeoutStopUSec,Description"))
          .containsExactlyInAnyOrder(
              "ActiveState=active",
              "Slice=a-b.slice",
              "ControlGroup=" + PLACE,
              "Delegate=yes",
              "TimeoutStopUSec=7s",
              "Description=mydocker-oci container box");
      // The container's process alone: the helper that kept the scope has gone.
      assertThat(SystemdMachine.read(machine.cgroup(PLACE + "/cgroup.procs")).lines()).hasSize(1);
      assertThat(SystemdMachine.read(OciBundle.root(sandbox).resolve(ID + "/state.json")))
          .contains("\"systemdUnit\":\"" + SCOPE + "\"");

      machine.oci(sandbox, bundle, "start", ID).orThrow();
      machine.oci(sandbox, bundle, "pause", ID).orThrow();
      assertThat(SystemdMachine.read(machine.cgroup(PLACE + "/cgroup.events")))
          .contains("frozen 1");
      machine.oci(sandbox, bundle, "resume", ID).orThrow();
      assertThat(
              machine.oci(sandbox, bundle, "exec", ID, "cat", "/proc/1/cgroup").orThrow().stdout())
          .contains("0::/\n");

      // Another of this unit is refused, and harms neither.
      Command.Result second = machine.oci(sandbox, bundle, "create", "second");
      assertThat(second.exit()).isEqualTo(1);
      assertThat(second.stderr())
          .isEqualTo("mydocker-oci: start systemd unit pre-box.scope: it exists and is in use\n");
      assertThat(OciBundle.root(sandbox).resolve("second")).doesNotExist();
      assertThat(machine.show(bundle, SCOPE, "ActiveState")).containsExactly("ActiveState=active");
      assertThat(SystemdMachine.read(machine.cgroup(PLACE + "/cgroup.procs")).lines()).hasSize(1);

      machine.oci(sandbox, bundle, "delete", "--force", ID).orThrow();
      assertNothingIsLeft(machine);
    }
  }

  @Test
  void aContainerThatEndsOrDoesNotComeToRunLeavesNoUnit() throws IOException {
    bundle.args("true").write();
    try (SystemdMachine machine = machine()) {
      machine.oci(sandbox, bundle, "run", ID).orThrow();
      // At once, when systemd may not have seen the end of the first.
      machine.oci(sandbox, bundle, "run", ID).orThrow();
      SystemdMachine.await(
          "systemd has removed the scope", () -> !Files.exists(machine.cgroup(PLACE)));

      bundle.args("nonesuch").write();
      Command.Result failed = machine.oci(sandbox, bundle, "run", ID);

      assertThat(failed.exit()).isEqualTo(1);
      assertThat(failed.stderr()).contains("executable file not found in $PATH");
      assertNothingIsLeft(machine);
    }
  }

  private void assertNothingIsLeft(SystemdMachine machine) throws IOException {
    assertThat(machine.show(bundle, SCOPE, "LoadState")).containsExactly("LoadState=not-found");
    assertThat(machine.cgroup(PLACE)).doesNotExist();
    assertThat(OciBundle.root(sandbox).resolve(ID)).doesNotExist();
  }

  @Test
  @Tag(GuestTests.TAG)
  @Requires(Need.CGROUP_V2)
  void limitsAreTheUnitsAndOutliveWhatSystemdDoes() throws IOException {
    bundle.linux(
        "resources",
        """
        {"memory": {"limit": 67108864}, "pids": {"limit": 1},
         "cpu": {"shares": 1024, "quota": 25000, "period": 50000, "cpus": "0"}}\
        """);
    bundle.write();
    try (SystemdMachine machine = machine()) {
      machine.oci(sandbox, bundle, "create", ID).orThrow();

      assertThat(limits(machine)).containsExactly("67108864", "25000 50000", "100", "1", "0");
      assertThat(properties(machine))
          .containsExactlyInAnyOrder(
              "MemoryMax=67108864", "CPUWeight=100", "CPUQuotaPerSecUSec=500ms", "TasksMax=1");

      machine
          .oci(
              sandbox,
              bundle,
              "update",
              "--memory",
              "134217728",
              "--pids-limit",
              "50",
              "--cpu-period",
              "100000",
              ID)
          .orThrow();
      machine.run(bundle.directory(), "systemctl", "--no-pager", "daemon-reload").orThrow();

      assertThat(limits(machine)).containsExactly("134217728", "25000 100000", "100", "50", "0");
      assertThat(properties(machine)).contains("MemoryMax=134217728", "TasksMax=50");

      machine.oci(sandbox, bundle, "delete", "--force", ID).orThrow();
      assertNothingIsLeft(machine);
    }
  }

  private List<String> properties(SystemdMachine machine) throws IOException {
    return machine.show(bundle, SCOPE, "MemoryMax,CPUWeight,CPUQuotaPerSecUSec,TasksMax");
  }

  private static List<String> limits(SystemdMachine machine) {
    return List.of("memory.max", "cpu.max", "cpu.weight", "pids.max", "cpuset.cpus").stream()
        .map(file -> SystemdMachine.read(machine.cgroup(PLACE + "/" + file)).strip())
        .toList();
  }

  @Test
  void whereSystemdDoesNotRunOneLineSaysSo() throws IOException {
    assumeFalse(Files.exists(Path.of("/run/systemd/system")), "systemd runs here");
    bundle.write();

    Command.Result created = bundle.run("--systemd-cgroup", "create", ID);

    assertThat(created.exit()).isEqualTo(1);
    assertThat(created.stderr())
        .isEqualTo(
            "mydocker-oci: --systemd-cgroup: systemd does not run here: there is no"
                + " /run/systemd/system; use the cgroup driver cgroupfs\n");
    assertThat(OciBundle.root(sandbox).resolve(ID)).doesNotExist();
  }

  @Test
  void aPathOfTheCgroupFileSystemIsRefused() throws IOException {
    bundle.linux("cgroupsPath", "\"/a/b\"").write();

    Command.Result created = bundle.run("--systemd-cgroup", "create", ID);

    assertThat(created.exit()).isEqualTo(1);
    assertThat(created.stderr())
        .contains("expected cgroupsPath to be of format \"slice:prefix:name\"")
        .hasLineCount(1);
    assertThat(OciBundle.root(sandbox).resolve(ID)).doesNotExist();
  }
}
