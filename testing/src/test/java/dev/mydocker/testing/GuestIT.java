package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The integration tests tagged {@value GuestTests#TAG} once more, on cgroup v2 and a kernel of the
 * oldest kind that we support, all in one boot of {@code testing/guest/run}; or those classes that
 * the property {@code guest.tests} names.
 */
@Requires(
    value = {Need.ROOT, Need.X86_64},
    tools = {"qemu-system-x86_64=qemu-system-x86", "cpio"})
@Isolated("an emulated processor is slow enough alone")
class GuestIT {
  private static final Duration LIMIT = Duration.ofMinutes(12);

  @Test
  @Timeout(value = 13, unit = TimeUnit.MINUTES)
  void theTaggedTestsPassOnCgroupV2() {
    List<String> line =
        new ArrayList<>(
            List.of(
                Checkout.directory() + "/testing/guest/run",
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dmydocker.patience=240",
                "-Djunit.jupiter.execution.timeout.default=10m",
                "-Dmydocker.checkout=" + Checkout.directory(),
                "-Dmydocker.home=" + System.getProperty("mydocker.home"),
                "-cp",
                System.getProperty("java.class.path"),
                GuestTests.class.getName()));
    String chosen = System.getProperty("guest.tests", "");
    line.addAll(chosen.isEmpty() ? List.of() : List.of(chosen.split(",")));

    Command.Result result =
        new Command(line)
            .environment("MYDOCKER_GUEST_TIMEOUT", Long.toString(LIMIT.toSeconds() - 30))
            .limit(LIMIT)
            .run();

    assertThat(result.exit()).as(result.stdout() + result.stderr()).isZero();
  }
}
