package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code --explain} says of locks that a start runs into. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
class RefusalIT {
  private final Sandbox sandbox;

  RefusalIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @Test
  void whatALockedDownProcessLacksIsSaid() {
    List<String> line = new ArrayList<>(List.of("setpriv", "--bounding-set", "-sys_admin"));
    line.addAll(sandbox.mydocker("run", "--rm", "--explain", "busybox", "true").line());
    Result result = new Command(line).environment(sandbox.environment()).run();
    assertThat(result.exit()).isEqualTo(125);
    assertThat(result.stderr()).contains("= EPERM: operation not permitted", "takes CAP_SYS_ADMIN");
  }

  @Test
  void whatCountsInAUserNamespaceOnlyIsSaid() {
    List<String> line = new ArrayList<>(List.of("unshare", "--user", "--map-root-user"));
    line.addAll(sandbox.mydocker("run", "--rm", "--explain", "busybox", "true").line());
    Result result = new Command(line).environment(sandbox.environment()).run();
    assertThat(result.exit()).isEqualTo(125);
    assertThat(result.stderr()).contains("EPERM", "in a user namespace");
  }

  @ParameterizedTest
  @CsvSource({
    "clock_gettime, ''",
    "write, ''",
    "clock_gettime, no-new-privileges",
    "write, no-new-privileges"
  })
  void whatOnlyExplainingTakesNoFilterKillsFor(String call, String more) throws IOException {
    Result result = runUnder(call, more);
    assertThat(result.exit()).isZero();
    assertThat(result.stderr()).contains("pivot_root(", "execve(").doesNotContain("✗");
  }

  @ParameterizedTest
  @CsvSource({
    "capset, '', keep only the container's capabilities",
    "chdir, '', enter the working directory /",
    "execve, no-new-privileges, execute sleep"
  })
  void theCallThatTheContainersOwnFilterKillsForIsShown(String call, String more, String step)
      throws IOException {
    Result result = runUnder(call, more);
    assertThat(result.exit()).isEqualTo(159);
    assertThat(result.stderr())
        .containsSubsequence(
            "✗ " + step, call + "(", "= SIGSYS: killed by the system call filter", "allow")
        .endsWith("failed: " + step + "\n");
  }

  /** Runs what makes none of these calls itself, by a filter that kills for one of them. */
  private Result runUnder(String call, String more) throws IOException {
    Path profile = Files.createTempFile("mydocker-profile-", ".json");
    try {
      Files.writeString(
          profile,
          "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\""
              + call
              + "\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"}]}");
      List<String> line = new ArrayList<>(List.of("run", "--rm", "--explain"));
      line.addAll(List.of("--security-opt", "seccomp=" + profile));
      if (!more.isEmpty()) {
        line.addAll(List.of("--security-opt", more));
      }
      line.addAll(List.of("busybox", "sleep", "0"));
      return sandbox.mydocker(line.toArray(new String[0])).run();
    } finally {
      Files.delete(profile);
    }
  }
}
