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

  /** Runs a container inside of a lock: by a command that puts on it, and then executes. */
  private Result explainedIn(String... lock) {
    List<String> line = new ArrayList<>(List.of(lock));
    line.addAll(sandbox.mydocker("run", "--rm", "--explain", "busybox", "true").line());
    Result result = new Command(line).environment(sandbox.environment()).run();
    assertThat(result.exit()).isEqualTo(125);
    return result;
  }

  private static String hints(Result result) {
    return result.stderr().replaceAll("\\s+", " ");
  }

  @Test
  void whatALockedDownProcessLacksIsSaid() {
    Result result = explainedIn("setpriv", "--bounding-set", "-sys_admin");
    assertThat(result.stderr()).contains("= EPERM: operation not permitted");
    assertThat(hints(result))
        .containsSubsequence(
            "! ",
            " takes CAP_SYS_ADMIN, which this process does not have",
            "bounding set",
            "--cap-add SYS_ADMIN")
        .doesNotContain("a system call filter is loaded", "user namespace");
  }

  @ParameterizedTest
  @CsvSource({
    "'setpriv --bounding-set -mknod', create the device /dev/null, 'CAP_MKNOD here: '",
    "'unshare --user --map-root-user', /devices.deny, 'is in a user namespace here'"
  })
  void theOneLineOfAnErrorNamesTheLocksToo(String lock, String what, String why) {
    List<String> line = new ArrayList<>(List.of(lock.split(" ")));
    line.addAll(sandbox.mydocker("run", "--rm", "busybox", "true").line());
    Result result = new Command(line).environment(sandbox.environment()).run();
    assertThat(result.exit()).isEqualTo(125);
    assertThat(result.stderr().lines().toList().getLast())
        .containsSubsequence("mydocker: ", what, ": operation not permitted; ", why, "--explain");
  }

  @Test
  void whatCountsInAUserNamespaceOnlyIsSaid() {
    Result result = explainedIn("unshare", "--user", "--map-root-user");
    assertThat(hints(result))
        .containsSubsequence("EPERM", "in a user namespace", "run as root outside of it")
        .doesNotContain("takes CAP_", "a system call filter is loaded");
  }

  @Test
  @Requires(tools = "perl")
  void aSystemCallFilterThatRefusesIsNamed() {
    // In the kernel's own numbers: load the call's; is it fsopen(2)? then EPERM; else allow.
    int fsopen = 430;
    int prctl = System.getProperty("os.arch").equals("aarch64") ? 167 : 157;
    String filter =
        "my $f = pack('SCCL' x 4, 0x20,0,0,0, 0x15,0,1,%d, 6,0,0,0x50001, 6,0,0,0x7fff0000);"
                .formatted(fsopen)
            + "my $p = pack('S x![P] P', 4, $f);"
            + "syscall(%d, 22, 2, $p) == 0 or die \"prctl: $!\"; exec @ARGV or die"
                .formatted(prctl);
    Result result = explainedIn("perl", "-e", filter);
    assertThat(hints(result))
        .containsSubsequence(
            "fsopen(",
            "= EPERM: operation not permitted",
            "! a system call filter is loaded (Seccomp: 2 in /proc/",
            "may refuse fsopen",
            "--security-opt seccomp=")
        .doesNotContain("takes CAP_", "user namespace");
  }

  @Test
  void cgroupsThatAreReadOnlyAreNamed() {
    String lock =
        "awk '$3 ~ /^cgroup/ {print $2}' /proc/mounts | while read m; do"
            + " mount -o remount,bind,ro $m || exit 1; done && exec \"$@\"";
    Result result = explainedIn("unshare", "--mount", "sh", "-c", lock, "sh");
    assertThat(hints(result))
        .containsSubsequence(
            "mkdirat(",
            "= EROFS: read-only file system",
            "! cgroups are mounted read-only here",
            "--privileged");
    // Once for the container's, once for its monitor's; not for each cgroup of them.
    assertThat(hints(result).split("! cgroups are", -1)).hasSizeLessThanOrEqualTo(3);
    assertThat(result.stderr().lines().toList().getLast())
        .startsWith("mydocker: create cgroup /sys/fs/cgroup/")
        .contains(": read-only file system; mount cgroups for writing");
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
    "chdir, '', chdir to the working directory /",
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
