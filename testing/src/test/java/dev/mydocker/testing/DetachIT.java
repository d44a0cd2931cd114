package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Containers in the background: their life from run to rm. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@Tag(GuestTests.TAG)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DetachIT {
  private final Sandbox sandbox;

  DetachIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeAll
  void theImageIsHere() {
    run("run", "--rm", "busybox", "true").orThrow();
  }

  @AfterEach
  void nothingIsLeft() {
    for (String id : run("ps", "-aq").stdout().lines().toList()) {
      run("rm", "-f", id).orThrow();
    }
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private String format(String template) {
    return run("ps", "-a", "--format", template).stdout();
  }

  @Test
  void fromRunToRemoval() {
    String id = run("run", "-d", "--name", "bird", "busybox", "top").orThrow().stdout().strip();
    assertThat(id).matches("[0-9a-f]{64}");
    List<String> rows = run("ps").stdout().lines().toList();
    assertThat(rows.get(0).split(" {2,}"))
        .containsExactly("ID", "NAME", "IMAGE", "PID", "STATUS", "COMMAND", "CREATED");
    assertThat(rows.get(1))
        .matches(id.substring(0, 12) + " +bird +busybox +\\d+ +Up .* \"top\" +.* ago");
    Result running = run("rm", "bird");
    assertThat(running.exit()).isEqualTo(1);
    assertThat(running.stderr()).hasLineCount(1).contains("is running");

    assertThat(run("stop", "-t", "1", "bird").orThrow().stdout()).isEqualTo("bird\n");
    assertThat(run("ps", "-q").stdout()).isEmpty();
    assertThat(format("{{.Status}}")).matches("Exited \\(\\d+\\) .* ago\n");
    assertThat(run("start", id.substring(0, 6)).orThrow().stdout())
        .isEqualTo(id.substring(0, 6) + "\n");
    assertThat(format("{{.State}}")).isEqualTo("running\n");
    assertThat(run("rm", "-f", "bird").orThrow().stdout()).isEqualTo("bird\n");
    assertThat(run("ps", "-aq").stdout()).isEmpty();
    assertThat(sandbox.root().resolve("containers")).isEmptyDirectory();
  }

  @Test
  void theWriteLayerIsKeptFromStopToStart() {
    run("run", "--name", "layer", "busybox", "sh", "-c", "echo x >> /file; cat /file").orThrow();
    Result again = run("start", "-a", "layer").orThrow();
    assertThat(again.stdout()).isEqualTo("x\nx\n");
  }

  @Test
  void logsKeepBytesStreamsAndTimes() {
    String script = "mkfifo /go; echo a; echo b >&2; read _ </go; printf 'c\\r\\td'";
    run("run", "-d", "--name", "ll", "busybox", "sh", "-c", script).orThrow();
    // Two streams have an order where one is seen before the other is written to.
    sandbox.awaitOutput("ll", "b\n");
    // The container may end, and this command with it, as soon as its word is read.
    run("exec", "ll", "sh", "-c", "echo >/go");
    run("wait", "ll").orThrow();
    Result logs = run("logs", "ll");
    assertThat(logs.stdout()).isEqualTo("a\nc\r\td");
    assertThat(logs.stderr()).isEqualTo("b\n");
    assertThat(run("logs", "--tail", "1", "ll").stdout()).isEqualTo("c\r\td");
    assertThat(run("logs", "-t", "ll").stdout().split("\n"))
        .allMatch(line -> line.matches("(?s)\\d{4}-\\d\\d-\\d\\dT[0-9:]{8}\\.\\d{9}Z .*"));
    assertThat(run("logs", "--since", "2020-01-01", "ll").stdout()).isEqualTo("a\nc\r\td");
    assertThat(run("logs", "--until", "2020-01-01", "ll").stdout()).isEmpty();
    assertThat(run("log", "ll").stdout()).isEqualTo("a\nc\r\td");
  }

  @Test
  void followedLogsEndWithTheContainer() {
    run("run", "-d", "--name", "ff", "busybox", "sh", "-c", "echo a; sleep 1; echo b; exit 3");
    Result logs = run("logs", "-f", "ff");
    assertThat(logs.stdout()).isEqualTo("a\nb\n");
    assertThat(logs.exit()).isZero();
  }

  @Test
  void waitPrintsExitCodes() {
    run("run", "-d", "--name", "w3", "busybox", "sh", "-c", "sleep 1; exit 3").orThrow();
    run("run", "-d", "--name", "w0", "busybox", "true").orThrow();
    assertThat(run("wait", "w3").orThrow().stdout()).isEqualTo("3\n");
    assertThat(run("wait", "w3", "w0").orThrow().stdout()).isEqualTo("3\n0\n");
  }

  @Test
  void pausedProcessesStandStill() {
    run("run", "-d", "--name", "pp", "busybox", "top").orThrow();
    assertThat(run("pause", "pp").orThrow().stdout()).isEqualTo("pp\n");
    assertThat(format("{{.State}} {{.Status}}")).matches("paused Up .* \\(Paused\\)\n");
    Result exec = run("exec", "pp", "true");
    assertThat(exec.exit()).isEqualTo(1);
    assertThat(exec.stderr()).contains("paused");
    run("unpause", "pp").orThrow();
    assertThat(run("exec", "pp", "echo", "hi").stdout()).isEqualTo("hi\n");
  }

  @Test
  void aPausedContainerThatIsKilledIsNotPausedAnyMore() throws Exception {
    run("run", "-d", "--name", "pk", "busybox", "sleep", "60").orThrow();
    run("pause", "pk").orThrow();
    String pid = run("inspect", "-f", "{{.State.Pid}}", "pk").stdout().strip();
    new ProcessBuilder("kill", "-9", pid).start().waitFor();
    assertThat(format("{{.State}}")).isIn("running\n", "exited\n");
    run("stop", "-t", "0", "pk").orThrow();
    assertThat(format("{{.Status}}")).startsWith("Exited (137)");
  }

  @Test
  void killSendsASignal() {
    run(
            "run",
            "-d",
            "--name",
            "kk",
            "busybox",
            "sh",
            "-c",
            "trap 'exit 5' USR1; echo ready; while :; do sleep 0.1; done")
        .orThrow();
    sandbox.awaitOutput("kk", "ready");
    assertThat(run("kill", "-s", "USR1", "kk").orThrow().stdout()).isEqualTo("kk\n");
    assertThat(run("wait", "kk").stdout()).isEqualTo("5\n");
    assertThat(run("kill", "-s", "NOPE", "kk").stderr()).contains("Invalid signal: NOPE");
  }

  @Test
  void aKilledContainerIsNotShownAsRunning() throws Exception {
    run("run", "-d", "--name", "k9", "busybox", "sleep", "60").orThrow();
    String pid = run("inspect", "-f", "{{.State.Pid}}", "k9").stdout().strip();
    new ProcessBuilder("kill", "-9", pid).start().waitFor();
    assertThat(run("wait", "k9").stdout()).isEqualTo("137\n");
    assertThat(run("ps", "-q").stdout()).isEmpty();
    assertThat(format("{{.Status}}")).startsWith("Exited (137)");
  }

  @Test
  void removeOnExitNeedsNoDaemon() throws Exception {
    run("run", "-d", "--rm", "--name", "gone", "busybox", "sleep", "0.5").orThrow();
    Path containers = sandbox.root().resolve("containers");
    for (int i = 0; i < 100; i++) {
      try (var entries = Files.list(containers)) {
        if (entries.findAny().isEmpty()) {
          break;
        }
      }
      Thread.sleep(100);
    }
    assertThat(run("ps", "-aq").stdout()).isEmpty();
    assertThat(containers).isEmptyDirectory();
  }

  @Test
  void oneNameForOneContainer() {
    run("create", "--name", "same", "busybox").orThrow();
    Result second = run("run", "-d", "--name", "same", "busybox", "true");
    assertThat(second.exit()).isEqualTo(125);
    assertThat(second.stderr()).hasLineCount(1).contains("\"same\" is already in use");
    assertThat(run("ps", "-aq").stdout()).hasLineCount(1);
  }

  @Test
  void aContainerIsRenamedWhateverItDoes() {
    run("create", "--name", "taken", "busybox").orThrow();
    run("run", "-d", "--name", "old", "busybox", "sleep", "1000").orThrow();
    Result taken = run("rename", "old", "taken");
    assertThat(taken.exit()).isEqualTo(1);
    assertThat(taken.stderr()).hasLineCount(1).contains("\"taken\" is already in use");
    assertThat(run("rename", "old", "old").stderr()).contains("same name");
    assertThat(run("rename", "old", "/").stderr()).hasLineCount(1).contains("container name");
    assertThat(run("rename", "nosuch", "x1").stderr()).contains("No such container: nosuch");

    assertThat(run("rename", "old", "new").orThrow().stdout()).isEmpty();
    assertThat(run("exec", "old", "true").stderr()).contains("No such container: old");
    assertThat(run("exec", "new", "echo", "hi").stdout()).isEqualTo("hi\n");
    assertThat(run("inspect", "-f", "{{.Name}}", "new").stdout()).isEqualTo("/new\n");
    assertThat(sandbox.run().resolve("new/config.json")).exists();
    assertThat(sandbox.run().resolve("old")).doesNotExist();
    run("run", "-d", "--name", "old", "busybox", "sleep", "1000").orThrow();
    run("stop", "-t", "0", "new").orThrow();
    // What the monitor left says the name as well.
    assertThat(run("ps", "-a", "--format", "{{.Names}}").stdout().lines())
        .containsExactlyInAnyOrder("taken", "old", "new");
    run("rm", "new").orThrow();
    run("create", "--name", "new", "busybox").orThrow();
  }

  @Test
  void aContainerThatRemovesItselfTakesItsNewNameAndNoOther() {
    run("run", "-d", "--rm", "--name", "first", "busybox", "sleep", "1000").orThrow();
    run("rename", "first", "second").orThrow();
    run("create", "--name", "first", "busybox").orThrow();
    run("stop", "-t", "0", "second").orThrow();
    assertThat(run("ps", "-a", "--format", "{{.Names}}").stdout()).isEqualTo("first\n");
    assertThat(sandbox.root().resolve("names")).isDirectoryContaining("glob:**/first");
    assertThat(sandbox.run().resolve("first")).exists();
    assertThat(sandbox.root().resolve("names/second")).doesNotExist();
    run("create", "--name", "second", "busybox").orThrow();
  }

  @Test
  void inspectIsShapedAsDockers() {
    String id =
        run(
                "create", "--name", "ii", "-e", "A=b", "-m", "64m", "--label", "x=y", "busybox",
                "ls", "/")
            .orThrow()
            .stdout()
            .strip();
    String template =
        "{{.Id}} {{.Name}} {{.Path}} {{join .Args \",\"}} {{.State.Status}} {{.State.Running}}"
            + " {{.HostConfig.Memory}} {{index .Config.Labels \"x\"}} {{json .Config.Cmd}}";
    assertThat(run("inspect", "-f", template, "ii").orThrow().stdout())
        .isEqualTo(id + " /ii ls / created false 67108864 y [\"ls\",\"/\"]\n");
    assertThat(run("inspect", "ii").stdout()).startsWith("[\n").contains("\"Id\": \"" + id + "\"");
    Result missing = run("inspect", "nosuch");
    assertThat(missing.stdout()).isEqualTo("[]\n");
    assertThat(missing.stderr()).contains("No such object: nosuch");
    assertThat(missing.exit()).isEqualTo(1);
  }

  @Test
  void filtersChooseContainers() {
    run("create", "--name", "one", "--label", "k=v", "busybox").orThrow();
    run("run", "-d", "--name", "two", "busybox", "top").orThrow();
    assertThat(run("ps", "--filter", "status=created", "--format", "{{.Names}}").stdout())
        .isEqualTo("one\n");
    assertThat(run("ps", "-a", "-f", "label=k=v", "--format", "{{.Names}}").stdout())
        .isEqualTo("one\n");
    assertThat(run("ps", "-a", "-f", "name=^t", "--format", "{{.Names}}").stdout())
        .isEqualTo("two\n");
    assertThat(run("ps", "-a", "-f", "ancestor=busybox", "-q").stdout()).hasLineCount(2);
    assertThat(run("ps", "-n", "1", "--format", "{{.Names}}").stdout()).isEqualTo("two\n");
    assertThat(run("ps", "-f", "nosuch=1").exit()).isEqualTo(1);
  }
}
