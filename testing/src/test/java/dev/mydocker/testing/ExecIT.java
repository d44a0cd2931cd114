package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import dev.mydocker.testkit.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Further commands in a running container. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@Tag(GuestTests.TAG)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExecIT {
  private final Sandbox sandbox;

  ExecIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeAll
  void aContainerRuns() {
    run("run", "-d", "--name", "bird", "-e", "HELLO=WORLD", "-w", "/tmp", "busybox", "top")
        .orThrow();
  }

  @AfterAll
  void theContainerGoes() {
    run("rm", "-f", "bird");
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  @Test
  void runsInsideTheContainer() {
    String hostname = run("exec", "bird", "hostname").stdout().strip();
    assertThat(run("ps", "-q").stdout().strip()).isEqualTo(hostname);
    assertThat(run("exec", "bird", "cat", "/proc/1/comm").stdout()).isEqualTo("top\n");
    assertThat(run("exec", "bird", "cat", "/proc/self/cgroup").stdout())
        .isEqualTo(run("exec", "bird", "cat", "/proc/1/cgroup").stdout());
  }

  @Test
  void nothingIsWrittenOfItWhereNobodyListensToEvents() throws IOException {
    String before = Files.readString(sandbox.root().resolve("events"));
    run("exec", "bird", "true").orThrow();
    assertThat(sandbox.root().resolve("events")).content().isEqualTo(before);
  }

  @Test
  void hasTheContainersEnvironmentAndItsOwn() {
    assertThat(run("exec", "-e", "MORE=1 2", "bird", "env").stdout().lines())
        .contains("HELLO=WORLD", "MORE=1 2")
        .noneMatch(line -> line.startsWith("MYDOCKER"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({"true, 0", "exit 7, 7", "kill -9 $$, 137"})
  void exitsAsTheCommandExits(String script, int code) {
    assertThat(run("exec", "bird", "sh", "-c", script).exit()).isEqualTo(code);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({"nosuch, 127", "/etc, 126"})
  void saysWhyACommandCannotRun(String command, int code) {
    Result result = run("exec", "bird", command);
    assertThat(result.exit()).isEqualTo(code);
    assertThat(result.stderr()).hasLineCount(1).contains(command);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"-u, nosuch", "-w, /nosuch", "-w, /etc/passwd"})
  void aUserOrDirectoryThatIsNotThereIsSaid(String option, String value) {
    Result result = run("exec", option, value, "bird", "true");
    assertThat(result.exit()).isEqualTo(126);
    assertThat(result.stderr()).hasLineCount(1).contains(value);
  }

  @Test
  void inputOutputAndErrorAreConnected() {
    Result result =
        sandbox.mydocker("exec", "-i", "bird", "sh", "-c", "cat; echo e >&2").input("in").run();
    assertThat(result.stdout()).isEqualTo("in");
    assertThat(result.stderr()).isEqualTo("e\n");
  }

  @Test
  void asAnotherUserInAnotherDirectory() {
    assertThat(
            run("exec", "-u", "1000:1001", "-w", "/etc", "bird", "sh", "-c", "id -u; id -g; pwd")
                .stdout())
        .isEqualTo("1000\n1001\n/etc\n");
    assertThat(run("exec", "bird", "pwd").stdout()).isEqualTo("/tmp\n");
  }

  @Test
  void detachedCommandsGoOn() throws Exception {
    Result result = run("exec", "-d", "bird", "sh", "-c", "sleep 0.3; echo done > /tmp/done");
    assertThat(result.exit()).isZero();
    assertThat(result.stdout()).isEmpty();
    String content = "";
    for (int i = 0; i < 50 && content.isEmpty(); i++) {
      Thread.sleep(100);
      content = run("exec", "bird", "cat", "/tmp/done").stdout();
    }
    assertThat(content).isEqualTo("done\n");
  }

  @Test
  void aShellInATerminal() {
    try (Terminal terminal = sandbox.terminal("exec", "-it", "bird", "sh")) {
      terminal.await("# ").type("tty; echo $TERM-\r").await("/dev/pts/").await("xterm-");
      terminal.type("exit 5\r");
      assertThat(terminal.exit()).isEqualTo(5);
    }
  }

  @Test
  void neverRunsOutsideAContainer() {
    run("create", "--name", "never", "busybox", "true").orThrow();
    Result created = run("exec", "never", "hostname");
    assertThat(created.exit()).isEqualTo(1);
    assertThat(created.stdout()).isEmpty();
    assertThat(created.stderr()).hasLineCount(1).contains("not running");
    run("start", "-a", "never").orThrow();
    assertThat(run("exec", "never", "hostname").stderr()).contains("not running");
    run("rm", "never").orThrow();
    assertThat(run("exec", "never", "hostname").stderr()).contains("No such container: never");
  }
}
