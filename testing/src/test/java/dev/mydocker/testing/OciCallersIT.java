package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Containers of Podman, Docker and containerd on {@code mydocker-oci}: testing/callers has the
 * scripts, each of which prints what was called, what it said and its exit code.
 */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class OciCallersIT {
  private Sandbox sandbox;

  @BeforeEach
  void take(Sandbox taken) {
    sandbox = taken;
  }

  /** The callers leave their cgroups to whoever named them; nobody is in there any more. */
  @AfterEach
  void removeCgroups() {
    Command.of(
            "find",
            "/sys/fs/cgroup",
            "-depth",
            "-type",
            "d",
            "-path",
            "*/" + sandbox.cgroupParent() + "*",
            "-exec",
            "rmdir",
            "{}",
            ";")
        .run();
  }

  private List<String> transcript(String script) throws IOException {
    OciBundle bundle = new OciBundle(sandbox, "");
    for (String name : List.of("echo", "hostname", "grep", "test")) {
      Files.createSymbolicLink(bundle.rootfs().resolve("bin/" + name), Path.of("busybox"));
    }
    Path work = Files.createDirectory(sandbox.directory().resolve(script));
    Command.Result result =
        Command.of(
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "--propagation",
                "private",
                Checkout.directory() + "/testing/callers/" + script + ".sh",
                Checkout.directory() + "/mydocker-oci",
                bundle.rootfs().toString(),
                work.toString(),
                sandbox.cgroupParent())
            .limit(Duration.ofMinutes(3))
            .run();
    return result
        .orThrow()
        .stdout()
        .lines()
        .map(line -> line.startsWith("> ") ? ">" : line)
        .toList();
  }

  @Test
  @Requires(Need.PODMAN)
  void podmansContainersBehaveAsOnRunc() throws IOException {
    assertThat(transcript("podman"))
        .containsExactly(
            (">|hello|= 0|>|= 5|>|executable file not found in $PATH|= 127|>|permission denied"
                    + "|= 126|>|/dev/pts/0|= 0|>|7|8|inside|CapBnd:\t0000000000000000|= 0|>"
                    + "|among others|= 0|>|inside|= 3|>|/dev/pts/0|= 0|>"
                    + "|executable file not found in $PATH|= 127|>|Paused|= 0|>|exited 137|= 0|>|c"
                    + "|= 0|>|p Running|= 0|>|= 0")
                .split("\\|"));
  }

  @Test
  @Requires(Need.DOCKER)
  void dockersContainersBehaveAsOnRunc() throws IOException {
    assertThat(transcript("docker"))
        .filteredOn(line -> !line.startsWith("OCI runtime exec failed"))
        .containsExactly(
            (">|hello|= 0|>|= 5|>|executable file not found in $PATH|= 127|>|permission denied"
                    + "|= 126|>|/dev/pts/0|= 0|>|7|8|inside|CapBnd:\t0000000000000000|= 0|>"
                    + "|below an init|= 0|>|inside|= 3|>|/dev/pts/0|= 0|>|= 126|>|box paused|= 0|>"
                    + "|exited 137|= 0|>|= 0")
                .split("\\|"));
  }

  @Test
  @Requires(Need.DOCKER)
  void containerdsContainersBehaveAsOnRunc() throws IOException {
    assertThat(transcript("containerd"))
        .containsExactly(
            (">|hello|= 0|>|= 5|>|executable file not found in $PATH|= 1|>|0|= 0|>|inside|= 3|>"
                    + "|five|= 0|>|= 0")
                .split("\\|"));
  }
}
