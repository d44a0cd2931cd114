package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What members of {@code process} in a config.json do, as the container's process sees it. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class ProcessFieldsIT {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private static SpecContainer container(Sandbox sandbox) throws IOException {
    return new SpecContainer(sandbox.directory().resolve("process-" + COUNT.incrementAndGet()));
  }

  @Test
  void oomScoreAdjIsTheProcessesFromTheBeginning(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .process("oomScoreAdj", "321")
            .run("busybox cat /proc/self/oom_score_adj");
    assertThat(seen).isEqualTo("321\n");
  }

  @Test
  void withoutOomScoreAdjItIsTheCallers(Sandbox sandbox) throws IOException {
    String seen = container(sandbox).run("busybox cat /proc/self/oom_score_adj");
    assertThat(seen).isEqualTo("0\n");
  }

  @Test
  void theSchedulerHasPolicyAndNiceValue(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .process("scheduler", "{\"policy\": \"SCHED_BATCH\", \"nice\": 7}")
            .run("busybox cut -d' ' -f19,41 /proc/self/stat");
    assertThat(seen).isEqualTo("7 3\n");
  }

  @Test
  void resetOnForkGivesChildrenTheUsualPriority(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .process(
                "scheduler",
                "{\"policy\": \"SCHED_OTHER\", \"nice\": -5,"
                    + " \"flags\": [\"SCHED_FLAG_RESET_ON_FORK\"]}")
            .run(
                "read a </proc/self/stat; echo $a | busybox cut -d' ' -f19;"
                    + " busybox cut -d' ' -f19 /proc/self/stat; true");
    assertThat(seen).isEqualTo("-5\n0\n");
  }

  @Test
  void theIoPriorityIsInherited(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .process("ioPriority", "{\"class\": \"IOPRIO_CLASS_BE\", \"priority\": 6}")
            .run("busybox ionice");
    assertThat(seen).isEqualTo("best-effort: prio 6\n");
  }

  @Test
  void thirtyTwoBitPersonalityShowsAnOtherMachine(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .linux("personality", "{\"domain\": \"LINUX32\"}")
            .run("busybox uname -m");
    assertThat(seen).isIn("i686\n", "armv8l\n");
  }

  @Test
  void theMemoryPolicyIsTheKernels(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .linux(
                "memoryPolicy",
                "{\"mode\": \"MPOL_BIND\", \"nodes\": \"0\", \"flags\": [\"MPOL_F_STATIC_NODES\"]}")
            .run("busybox head -1 /proc/self/numa_maps");
    assertThat(seen).contains(" bind=static:0 ");
  }

  @Test
  void aLabelWithoutSelinuxFailsBeforeTheCommandRuns(Sandbox sandbox) throws IOException {
    SpecContainer container = container(sandbox).process("selinuxLabel", "\"u:r:t:s0\"");
    assertThatThrownBy(() -> container.run("echo ran"))
        .isInstanceOf(MydockerException.class)
        .hasMessage("label the process u:r:t:s0: SELinux is not on");
  }

  @Test
  void aProfileWithoutAppArmorFailsBeforeTheCommandRuns(Sandbox sandbox) throws IOException {
    SpecContainer container = container(sandbox).process("apparmorProfile", "\"some\"");
    assertThatThrownBy(() -> container.run("echo ran"))
        .isInstanceOf(MydockerException.class)
        .hasMessage("confine by the AppArmor profile some: AppArmor is not on");
  }
}
