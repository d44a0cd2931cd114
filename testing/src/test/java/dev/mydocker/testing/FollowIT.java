package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.LogLine;
import dev.mydocker.engine.LogQuery;
import dev.mydocker.engine.StateDirectory;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Logs are followed to the container's end, by however many, and whatever becomes of its monitor.
 */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
class FollowIT {
  /** More than a monitor has places for clients. */
  private static final int FOLLOWERS = 40;

  private static final int PLACES = 32;
  private static final int AT_ONCE = 4;
  private static final int LINES = 2000;

  /** Writes the rest when it is told to. */
  private static final String SCRIPT = "mkfifo /go; echo 0; read _ </go; seq " + LINES + "; exit 7";

  private static final String COUNTER =
      "trap 'exit 7' TERM; i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done";

  private final Sandbox sandbox;

  FollowIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @AfterEach
  void remove() {
    run("rm", "-f", "ct");
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private void start(String script) {
    run("run", "-d", "--name", "ct", "busybox", "sh", "-c", script).orThrow();
  }

  private long pid() {
    return Long.parseLong(run("inspect", "-f", "{{.State.Pid}}", "ct").orThrow().stdout().strip());
  }

  private static long parent(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1]);
  }

  private static void kill(long pid) {
    Command.of("kill", "-9", Long.toString(pid)).run().orThrow();
  }

  /** A follower that has shown the first line. */
  private Process follow() throws IOException {
    Process logs = sandbox.mydocker("logs", "-f", "ct").start();
    assertThat(logs.inputReader().readLine()).isEqualTo("0");
    return logs;
  }

  /** One more line than {@code seen}, which were the first; all without a gap. */
  private static void expectNext(Process logs, int seen) throws IOException {
    assertThat(logs.inputReader().readLine()).isEqualTo(Integer.toString(seen));
  }

  private static int end(Process process) throws InterruptedException {
    assertThat(process.waitFor(Duration.ofMinutes(1))).isTrue();
    return process.exitValue();
  }

  @Test
  void anyNumberFollowsToTheEndAndLeavesRoomForThoseWhoAttach() throws Exception {
    start(SCRIPT);
    List<Process> followers = new ArrayList<>();
    while (followers.size() < FOLLOWERS) {
      List<Process> started = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        started.add(sandbox.mydocker("logs", "-f", "ct").start());
      }
      for (Process logs : started) {
        assertThat(logs.inputReader().readLine()).isEqualTo("0");
      }
      followers.addAll(started);
    }
    Process attached = sandbox.mydocker("attach", "--no-stdin", "ct").start();
    Path client = Path.of("/proc/" + attached.pid() + "/cmdline");
    while (!Files.readString(client).startsWith("mydocker-attach")) {
      assertThat(attached.isAlive()).isTrue();
      Thread.onSpinWait();
    }

    run("exec", "ct", "sh", "-c", "until [ -p /go ]; do sleep 0.01; done; echo >/go").orThrow();

    List<String> rest = IntStream.rangeClosed(1, LINES).mapToObj(Integer::toString).toList();
    for (Process logs : followers) {
      assertThat(logs.inputReader().lines()).containsExactlyElementsOf(rest);
      assertThat(end(logs)).isZero();
    }
    assertThat(attached.inputReader().lines()).containsExactlyElementsOf(rest);
    assertThat(end(attached)).isEqualTo(7);
  }

  /** Those whom the monitor has no place for learn it from the record, though that is removed. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyNumberWaitsForTheExitCode(boolean removed) throws Exception {
    String script = "mkfifo /go; read _ </go; exit 7";
    List<String> line = new ArrayList<>(List.of("run", "-d", "--name", "ct"));
    if (removed) {
      line.add("--rm");
    }
    line.addAll(List.of("busybox", "sh", "-c", script));
    run(line.toArray(String[]::new)).orThrow();
    List<Process> waiting = new ArrayList<>();
    while (waiting.size() < PLACES + 2) {
      Process wait = sandbox.mydocker("wait", "ct").start();
      while (!isWaiting(wait.pid())) {
        assertThat(wait.isAlive()).isTrue();
        Thread.onSpinWait();
      }
      waiting.add(wait);
    }

    // The container may end, and this command with it, as soon as its word is read.
    run("exec", "ct", "sh", "-c", "until [ -p /go ]; do sleep 0.01; done; echo >/go");

    for (Process wait : waiting) {
      assertThat(wait.inputReader().readLine()).isEqualTo("7");
      assertThat(end(wait)).isZero();
    }
    assertThat(run("ps", "-aq").stdout().isEmpty()).isEqualTo(removed);
  }

  /** As a client of the monitor, or with the file open that will tell of the end. */
  private static boolean isWaiting(long pid) throws IOException {
    if (Files.readString(Path.of("/proc/" + pid + "/cmdline")).startsWith("mydocker-attach")) {
      return true;
    }
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files.toList()) {
        if (Files.isSymbolicLink(file)
            && Files.readSymbolicLink(file).toString().endsWith("/exit.new")) {
          return true;
        }
      }
    } catch (NoSuchFileException e) {
      // It has closed one of them meanwhile.
    }
    return false;
  }

  @Test
  void aFollowerGoesOnWithTheMonitorThatTakesOver() throws Exception {
    start(COUNTER);
    Process logs = follow();
    kill(parent(pid()));
    assertThat(logs.errorReader().readLine())
        .isEqualTo(
            "mydocker: follow the logs of ct: its monitor was killed: "
                + "more is shown once the next command gave it another");
    int seen = 1;

    run("ps").orThrow();

    int before = run("logs", "ct").stdout().split("\n").length;
    while (seen < before + 5) {
      expectNext(logs, seen);
      seen++;
    }
    run("stop", "ct").orThrow();
    String[] all = run("logs", "ct").stdout().split("\n");
    while (seen < all.length) {
      expectNext(logs, seen);
      seen++;
    }
    assertThat(logs.inputReader().readLine()).isNull();
    assertThat(logs.errorReader().readLine()).isNull();
    assertThat(end(logs)).isZero();
  }

  @Test
  void aFollowerSaysWhatIsLostIfNobodyTakesOver() throws Exception {
    start(COUNTER);
    long init = pid();
    Process logs = follow();
    kill(parent(init));
    assertThat(logs.errorReader().readLine()).contains("its monitor was killed");

    kill(init);

    assertThat(logs.errorReader().readLine())
        .isEqualTo(
            "mydocker: follow the logs of ct: it ended without a monitor: "
                + "what it wrote last is lost");
    assertThat(end(logs)).isEqualTo(125);
  }

  @Test
  void whoIsAttachedIsToldThatTheMonitorEndedAndCanAttachAgain() throws Exception {
    start(COUNTER);
    Process attached = sandbox.mydocker("attach", "--no-stdin", "ct").start();
    assertThat(attached.inputReader().readLine()).isNotNull();
    kill(parent(pid()));
    assertThat(attached.errorReader().readLine())
        .startsWith("mydocker: attach ct: the monitor ended");
    assertThat(end(attached)).isEqualTo(125);

    Process again = sandbox.mydocker("attach", "--no-stdin", "ct").start();
    assertThat(again.inputReader().readLine()).isNotNull();
    run("stop", "ct").orThrow();
    assertThat(end(again)).isEqualTo(7);
  }

  @Test
  void aLibraryThatFollowsTakesOverItself() throws Exception {
    try (Engine engine = Engine.open(StateDirectory.of(sandbox.environment()));
        Stream<LogLine> output =
            engine
                .start(
                    ContainerSpec.of("busybox", "sh", "-c", COUNTER)
                        .name("ct")
                        .cgroupParent(sandbox.cgroupParent()))
                .output(LogQuery.ALL, true)) {
      Iterator<LogLine> lines = output.iterator();
      assertThat(lines.next().text()).isEqualTo("0");
      kill(parent(pid()));
      for (int i = 1; i < 40; i++) {
        assertThat(lines.next().text()).isEqualTo(Integer.toString(i));
      }
      run("kill", "ct").orThrow();
      while (lines.hasNext()) {
        lines.next();
      }
    }
    assertThat(run("wait", "ct").stdout()).isEqualTo("137\n");
  }
}
