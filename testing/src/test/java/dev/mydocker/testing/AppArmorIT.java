package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The default AppArmor profile, where the kernel has AppArmor: in the guest, if not here. */
@ExtendWith(SandboxExtension.class)
@Requires(
    value = {Need.ROOT, Need.OVERLAY, Need.BUSYBOX, Need.APPARMOR},
    tools = "apparmor_parser=apparmor")
@Tag(GuestTests.TAG)
class AppArmorIT {
  private static final String PROFILE = "/proc/self/attr/current";

  private final Sandbox sandbox;

  AppArmorIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  @Test
  void containersAndTheirFurtherCommandsAreConfined() {
    assertThat(run("run", "--rm", "busybox", "cat", PROFILE).orThrow().stdout())
        .isEqualTo("mydocker-default (enforce)\n");

    run("run", "-d", "--name", "bird", "busybox", "top").orThrow();
    assertThat(run("exec", "bird", "cat", PROFILE).orThrow().stdout())
        .isEqualTo("mydocker-default (enforce)\n");
    run("rm", "-f", "bird").orThrow();
  }

  @Test
  void theProfileForbidsWhatCapabilitiesAloneWouldAllow() {
    String[] mount = {"busybox", "mount", "-t", "tmpfs", "none", "/mnt"};
    Result confined =
        sandbox
            .mydocker(with("run --rm --cap-add SYS_ADMIN --security-opt seccomp=unconfined", mount))
            .run();
    assertThat(confined.exit()).isNotZero();

    sandbox
        .mydocker(
            with(
                "run --rm --cap-add SYS_ADMIN --security-opt seccomp=unconfined"
                    + " --security-opt apparmor=unconfined",
                mount))
        .run()
        .orThrow();
  }

  @Test
  void unconfinedAndPrivilegedContainersAreNot() {
    assertThat(
            run("run", "--rm", "--security-opt", "apparmor=unconfined", "busybox", "cat", PROFILE)
                .orThrow()
                .stdout())
        .isEqualTo("unconfined\n");
    assertThat(run("run", "--rm", "--privileged", "busybox", "cat", PROFILE).orThrow().stdout())
        .isEqualTo("unconfined\n");
  }

  @Test
  @Requires(tools = "aa-exec=apparmor")
  void whatMydockerItselfIsConfinedByIsNamed() {
    // Everything but what concerns mounts.
    String jail =
        """
        profile mydocker-test-jail flags=(attach_disconnected,mediate_deleted) {
          capability, network, file, signal, ptrace, unix, change_profile,
        }
        """;
    Command.of("apparmor_parser", "-rK").input(jail).run().orThrow();
    try {
      List<String> line = new ArrayList<>(List.of("aa-exec", "-p", "mydocker-test-jail", "--"));
      line.addAll(sandbox.mydocker("run", "--rm", "--explain", "busybox", "true").line());
      Result result = new Command(line).environment(sandbox.environment()).run();
      assertThat(result.exit()).isEqualTo(125);
      assertThat(result.stderr().replaceAll("\\s+", " "))
          .containsSubsequence(
              "EACCES",
              "! the process is confined by mydocker-test-jail (enforce)",
              "/attr/current)",
              "run it by another profile, or unconfined");
    } finally {
      Command.of("apparmor_parser", "-RK").input(jail).run().orThrow();
    }
  }

  private static String[] with(String options, String... command) {
    String[] words = options.split(" ");
    String[] all = Arrays.copyOf(words, words.length + command.length);
    System.arraycopy(command, 0, all, words.length, command.length);
    return all;
  }
}
