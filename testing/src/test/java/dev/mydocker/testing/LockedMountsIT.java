package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a start in a user namespace says of the kernel's locks on mounts. */
@Requires({Need.ROOT, Need.BUSYBOX})
@ExtendWith(SandboxExtension.class)
class LockedMountsIT {
  private static final String MAPS = "[{\"containerID\": 0, \"hostID\": 300000, \"size\": 65536}]";

  private OciBundle bundle;

  @BeforeEach
  void take(Sandbox sandbox) throws IOException {
    bundle =
        new OciBundle(sandbox, "echo mounted")
            .without("/dev/pts")
            .namespaces("user", "mount", "pid", "network")
            .linux("uidMappings", MAPS)
            .linux("gidMappings", MAPS);
  }

  @AfterEach
  void remove() {
    bundle.run("delete", "--force", "box");
  }

  /** Runs the container in a mount namespace that a command has changed before. */
  private Command.Result runWhere(String change) throws IOException {
    bundle.write();
    List<String> line =
        new ArrayList<>(
            List.of("unshare", "--mount", "sh", "-c", change + " && exec \"$@\"", "sh"));
    line.addAll(bundle.command("run", "box").line());
    return new Command(line).directory(bundle.directory()).run();
  }

  private static void assertRefused(Command.Result result, String error, String lock) {
    assertThat(result.exit()).isNotZero();
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr())
        .contains(error + ": operation not permitted; ")
        .contains(lock)
        .hasLineCount(1);
  }

  @Test
  void withoutALockItStarts() throws IOException {
    assertThat(runWhere("true").orThrow().stdout()).isEqualTo("mounted\n");
  }

  @Test
  void aProcThatIsCoveredInPartsIsNamed() throws IOException {
    assertRefused(
        runWhere("mount -t tmpfs none /proc/sys"),
        "mount proc on /proc",
        "a new proc may show no more than the one here, which is covered in parts");
  }

  @Test
  void theNetworkNamespaceThatASysfsTakesIsNamed() throws IOException {
    bundle
        .namespaces("user", "mount", "pid")
        .mount("{\"destination\": \"/sys\", \"type\": \"sysfs\", \"source\": \"sysfs\"}");
    assertRefused(runWhere("true"), "mount sysfs on /sys", "add a network namespace");
  }
}
