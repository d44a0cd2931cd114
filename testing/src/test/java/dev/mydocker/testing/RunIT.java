package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import dev.mydocker.testkit.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Containers in the foreground, as a person runs them. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@Tag(GuestTests.TAG)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunIT {
  private final Sandbox sandbox;

  RunIT(Sandbox sandbox) {
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

  @Test
  void printsWhatTheCommandPrints() {
    Result result = run("run", "--rm", "busybox", "echo", "hi");
    assertThat(result.stdout()).isEqualTo("hi\n");
    assertThat(result.stderr()).isEmpty();
    assertThat(result.exit()).isZero();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "exit 3, 3",
    "exit 255, 255",
    "sh -c \"kill -9 \\$\\$\"; exit $?, 137",
    "kill -TERM $$; exit 4, 4",
    "nosuch, 127",
  })
  void exitsAsTheCommandExits(String script, int code) {
    assertThat(run("run", "--rm", "busybox", "sh", "-c", script).exit()).isEqualTo(code);
  }

  @Test
  void argumentsArriveExactly() {
    List<String> words = List.of("a b", "", "\"q\"", "'", "\\", "$HOME", "line\nfeed", "é→𝄞", "*");
    List<String> line =
        new ArrayList<>(
            List.of("run", "--rm", "busybox", "sh", "-c", "printf '<%s>' \"$@\"", "sh"));
    line.addAll(words);
    Result result = sandbox.mydocker(line.toArray(new String[0])).run().orThrow();
    assertThat(result.stdout()).isEqualTo("<" + String.join("><", words) + ">");
  }

  @Test
  void bytesThatAreNotTextArriveExactlyUnderAnyLocale() {
    String line =
        "exec \"$0\" run --rm -e \"X=$(printf '\\376')\" busybox"
            + " sh -c 'printf %s \"$1$X\" | od -An -tx1' sh \"$(printf 'a\\377\\303\\251')\"";
    for (String locale : List.of("C", "C.UTF-8")) {
      List<String> command = sandbox.mydocker().line();
      Result result =
          Command.of("sh", "-c", line, command.get(0))
              .environment(sandbox.environment())
              .environment("LC_ALL", locale)
              .run()
              .orThrow();
      assertThat(result.stdout()).as(locale).isEqualTo(" 61 ff c3 a9 fe\n");
    }
  }

  @Test
  void anArgumentMayHave131071Bytes() {
    Result result =
        run("run", "--rm", "busybox", "sh", "-c", "echo ${#1}", "sh", "x".repeat(131_071));
    assertThat(result.stdout()).isEqualTo("131071\n");
  }

  @Test
  void theHostsEnvironmentDoesNotLeakIn() {
    Result result =
        sandbox
            .mydocker("run", "--rm", "-e", "A=b c", "-e", "TAKEN", "busybox", "env")
            .environment("TAKEN", "from host")
            .environment("LEAK", "1")
            .run();
    assertThat(result.stdout().lines())
        .contains("A=b c", "TAKEN=from host", "HOME=/root")
        .noneMatch(line -> line.startsWith("LEAK") || line.startsWith("MYDOCKER"));
  }

  @Test
  void environmentFilesAreRead() throws IOException {
    Path file = Files.writeString(sandbox.directory().resolve("env"), "# comment\nA=1\n\nB=2 3\n");
    Result result =
        run("run", "--rm", "--env-file", file.toString(), "-e", "A=4", "busybox", "env");
    assertThat(result.stdout().lines()).contains("A=4", "B=2 3");
  }

  @Test
  void standardInputIsReadWithInteractive() {
    Result result =
        sandbox.mydocker("run", "--rm", "-i", "busybox", "cat").input("hi\nthere").run();
    assertThat(result.stdout()).isEqualTo("hi\nthere");
  }

  @Test
  void standardInputIsEmptyWithout() {
    assertThat(sandbox.mydocker("run", "--rm", "busybox", "cat").input("hi\n").run().stdout())
        .isEmpty();
  }

  @Test
  void outputAndErrorStayApart() {
    Result result =
        run("run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2; echo more; exit 1");
    assertThat(result.stdout()).isEqualTo("out\nmore\n");
    assertThat(result.stderr()).isEqualTo("err\n");
  }

  @Test
  void muchOutputIsNotCutAtTheEnd() {
    Result result = run("run", "--rm", "busybox", "seq", "200000");
    assertThat(result.stdout()).hasLineCount(200_000).endsWith("199999\n200000\n");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({"/etc, 126", "/etc/passwd, 126", "nosuch, 127", "/no/such, 127"})
  void aCommandThatCannotBeExecutedLeavesNothing(String command, int code) {
    for (List<String> how : List.of(List.of("--rm"), List.of("-d"), List.of("--name", "left"))) {
      List<String> line = new ArrayList<>(List.of("run"));
      line.addAll(how);
      line.addAll(List.of("busybox", command));
      Result result = sandbox.mydocker(line.toArray(new String[0])).run();
      assertThat(result.exit()).as(how.toString()).isEqualTo(code);
      assertThat(result.stderr()).hasLineCount(1).contains(command);
      assertThat(result.stdout()).isEmpty();
      assertThat(run("ps", "-a").stdout()).as(how + "\n" + result).hasLineCount(1);
    }
  }

  @Test
  void anEmptyWordIsNoCommandAndAFileThatMayNotBeExecutedIsNotFoundOnThePath() {
    Result empty = run("run", "--rm", "busybox", "");
    assertThat(empty.exit()).isEqualTo(127);
    assertThat(empty.stderr()).contains("exec \"\": executable file not found in $PATH");
    Result file = run("run", "--rm", "-e", "PATH=/etc", "busybox", "passwd");
    assertThat(file.exit()).isEqualTo(127);
    assertThat(file.stderr()).contains("exec \"passwd\"").contains("lacks the x permission");
  }

  @Test
  void anEmptyValueIsAsGoodAsNone() {
    Result result =
        run("run", "--rm", "--name", "", "-w", "", "-h", "", "--cpuset-cpus=", "busybox", "pwd");
    assertThat(result.stderr()).isEmpty();
    assertThat(result.stdout()).isEqualTo("/\n");
  }

  @Test
  void aStartThatFailsIsRecordedAsWhatItWas() {
    run("create", "--name", "stillborn", "busybox", "nosuch").orThrow();
    Result start = run("start", "stillborn");
    assertThat(start.exit()).isEqualTo(1);
    assertThat(start.stderr()).hasLineCount(1).contains("exec \"nosuch\"");
    assertThat(run("start", "-a", "stillborn").exit()).isEqualTo(1);
    assertThat(run("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "stillborn").stdout())
        .isEqualTo("created 127\n");
    assertThat(run("ps", "-a", "--format", "{{.Status}}").stdout()).isEqualTo("Created\n");
    run("rm", "stillborn").orThrow();
  }

  @Test
  void theContainerIdIsWrittenToAFileThatIsNew() throws IOException {
    Path file = sandbox.directory().resolve("cid");
    run("run", "--cidfile", file.toString(), "busybox", "true").orThrow();
    assertThat(run("ps", "-aq", "--no-trunc").stdout()).isEqualTo(Files.readString(file) + "\n");
    Result again = run("run", "--cidfile", file.toString(), "busybox", "true");
    assertThat(again.exit()).isEqualTo(125);
    assertThat(again.stderr()).contains("container ID file found");
    Path other = sandbox.directory().resolve("other");
    assertThat(run("run", "--cidfile", other.toString(), "busybox", "nosuch").exit())
        .isEqualTo(127);
    assertThat(other).doesNotExist();
  }

  @Test
  void aTerminalNeedsATerminal() {
    Result result = run("run", "-it", "busybox", "true");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("the input device is not a TTY");
  }

  @Test
  void aShellInATerminal() {
    try (Terminal terminal = sandbox.terminal("run", "--rm", "-ti", "busybox", "sh")) {
      terminal.await("# ").type("tty; stty size\r").await("/dev/pts/0").await("24 80");
      terminal.type("ps -o pid,comm\r").await("PID").await("1 sh");
      terminal.type("sh -c 'echo star''ted; sleep 100'\r").await("started").type("\u0003");
      terminal.await("# ").type("echo $?-\r").await("130-");
      terminal.type("exit 3\r");
      assertThat(terminal.exit()).isEqualTo(3);
    }
  }

  @Test
  void detachFromATerminalAndAttachAgain() {
    try (Terminal terminal = sandbox.terminal("run", "-ti", "--name", "shell", "busybox", "sh")) {
      terminal.await("# ").type("x=kept\r").await("# ").type("\u0010\u0011");
      assertThat(terminal.exit()).isZero();
    }
    assertThat(run("ps", "--format", "{{.Names}} {{.State}}").stdout())
        .isEqualTo("shell running\n");
    try (Terminal terminal = sandbox.terminal("attach", "shell")) {
      terminal.type("echo is-$x\r").await("is-kept").type("exit 4\r");
      assertThat(terminal.exit()).isEqualTo(4);
    }
  }

  @Test
  void signalsAreForwarded() throws Exception {
    Process process =
        sandbox
            .mydocker(
                "run",
                "--rm",
                "busybox",
                "sh",
                "-c",
                "trap 'echo got; exit 7' TERM; echo ready; while :; do sleep 0.1; done")
            .start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    Command.of("kill", Long.toString(process.pid())).run().orThrow();
    assertThat(process.inputReader().readLine()).isEqualTo("got");
    assertThat(process.waitFor()).isEqualTo(7);
  }

  @Test
  void theContainerOutlivesAKilledClient() throws Exception {
    Process process =
        sandbox
            .mydocker("run", "--name", "alone", "busybox", "sh", "-c", "echo ready; sleep 60")
            .start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    // No JVM stays while attached.
    assertThat(Files.readString(Path.of("/proc/" + process.pid() + "/comm")))
        .doesNotContain("java");
    process.destroyForcibly().waitFor();
    assertThat(run("ps", "--format", "{{.Names}} {{.State}}").stdout())
        .isEqualTo("alone running\n");
    assertThat(run("logs", "alone").stdout()).isEqualTo("ready\n");
  }
}
