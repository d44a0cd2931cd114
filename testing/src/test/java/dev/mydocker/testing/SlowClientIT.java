package dev.mydocker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Clients that do not read, or do not run: a container does not wait for them, ends when it is told
 * to, and its log is whole; and they get all of it once they read on.
 */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
class SlowClientIT {
  private static final int LINES = 100_000;

  /** Far more than all buffers on the way can take. */
  private static final String OUTPUT =
      IntStream.rangeClosed(1, LINES).mapToObj(i -> i + "\n").collect(Collectors.joining());

  /** Begins when it is told to, says when it has written all, and goes on. */
  private static final String SCRIPT =
      "mkfifo /go; read _ </go; seq " + LINES + "; echo >/written; exec sleep 1000";

  private final Sandbox sandbox;

  SlowClientIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @AfterEach
  void remove() {
    run("rm", "-f", "slow");
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private static void signal(Process process, String signal) {
    Command.of("kill", "-" + signal, Long.toString(process.pid())).run().orThrow();
  }

  /** Until a command has become the client that waits without a JVM. */
  private static void awaitClient(Process command, String name) throws IOException {
    Path line = Path.of("/proc/" + command.pid() + "/cmdline");
    while (!Files.readString(line).startsWith(name)) {
      assertThat(command.isAlive()).isTrue();
      Thread.onSpinWait();
    }
  }

  /** Has the container write, and returns when it has. */
  private void write() {
    run("exec", "slow", "sh", "-c", "until [ -p /go ]; do sleep 0.01; done; echo >/go").orThrow();
    run("exec", "slow", "sh", "-c", "until [ -e /written ]; do sleep 0.05; done").orThrow();
  }

  private void kill() {
    run("kill", "slow").orThrow();
    assertThat(run("wait", "slow").orThrow().stdout()).isEqualTo("137\n");
    assertThat(run("ps", "-a", "--format", "{{.Status}}").stdout()).startsWith("Exited (137)");
    assertThat(run("logs", "slow").stdout()).isEqualTo(OUTPUT);
  }

  private static void expectAll(Process client, int code) throws Exception {
    assertThat(new String(client.getInputStream().readAllBytes(), UTF_8)).isEqualTo(OUTPUT);
    assertThat(client.waitFor(Duration.ofMinutes(1))).isTrue();
    assertThat(client.exitValue()).isEqualTo(code);
  }

  @Test
  void aContainerDoesNotWaitForAClientThatIsStopped() throws Exception {
    Process client =
        sandbox.mydocker("run", "--name", "slow", "busybox", "sh", "-c", SCRIPT).start();
    awaitClient(client, "mydocker-attach");
    signal(client, "STOP");
    write();
    kill();
    signal(client, "CONT");
    expectAll(client, 137);
  }

  @Test
  void aContainerIsRemovedWhoeverIsStillToReadItsOutput() throws Exception {
    Process client =
        sandbox.mydocker("run", "--name", "slow", "busybox", "sh", "-c", SCRIPT).start();
    awaitClient(client, "mydocker-attach");
    signal(client, "STOP");
    write();
    run("rm", "-f", "slow").orThrow();
    assertThat(run("ps", "-aq").stdout()).isEmpty();
    signal(client, "CONT");
    client.getInputStream().readAllBytes();
    assertThat(client.waitFor(Duration.ofMinutes(1))).isTrue();
  }

  @Test
  void aContainerDoesNotWaitForAClientWhoseOutputNobodyReads() throws Exception {
    Process client =
        sandbox.mydocker("run", "--name", "slow", "busybox", "sh", "-c", SCRIPT).start();
    awaitClient(client, "mydocker-attach");
    write();
    kill();
    expectAll(client, 137);
  }

  @Test
  void aContainerDoesNotWaitForAFollowerWhoseOutputNobodyReads() throws Exception {
    run("run", "-d", "--name", "slow", "busybox", "sh", "-c", SCRIPT).orThrow();
    Process follower = sandbox.mydocker("logs", "-f", "slow").start();
    awaitClient(follower, "mydocker-logs");
    write();
    kill();
    expectAll(follower, 0);
  }
}
