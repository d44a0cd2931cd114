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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A container whose monitor was killed: what the next command finds, and makes of it. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdoptionIT {
  /** Counts in its log until it is told to stop, and ends with 7 then. */
  private static final String COUNTER =
      "trap 'exit 7' TERM; i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done";

  private final Sandbox sandbox;

  AdoptionIT(Sandbox sandbox) {
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
    assertThat(sandbox.root().resolve("containers")).isEmptyDirectory();
    assertThat(sandbox.run().resolve(".engine")).isEmptyDirectory();
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private String inspect(String name, String template) {
    return run("inspect", "-f", template, name).orThrow().stdout().strip();
  }

  private long pid(String name) {
    return Long.parseLong(inspect(name, "{{.State.Pid}}"));
  }

  private static long parent(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1]);
  }

  private static void kill(long... pids) throws Exception {
    List<String> line = new ArrayList<>(List.of("kill", "-9"));
    for (long pid : pids) {
      line.add(Long.toString(pid));
    }
    Command.of(line.toArray(String[]::new)).run().orThrow();
    for (long pid : pids) {
      while (isThere(pid)) {
        Thread.onSpinWait();
      }
    }
  }

  /** Zombies are not. */
  private static boolean isThere(long pid) {
    try {
      return Files.exists(Path.of("/proc/" + pid + "/exe").toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private long start(String name, String... more) throws IOException {
    List<String> line = new ArrayList<>(List.of("run", "-d", "--name", name));
    line.addAll(List.of(more));
    run(line.toArray(String[]::new)).orThrow();
    return parent(pid(name));
  }

  /** The processes that have the container's directory open: its monitors. */
  private List<Long> monitors(String name) throws IOException {
    String directory =
        sandbox.root().resolve("containers").resolve(inspect(name, "{{.Id}}")).toString();
    List<Long> found = new ArrayList<>();
    for (Path process : list(Path.of("/proc"), "[0-9]*")) {
      for (Path file : list(process.resolve("fd"), "*")) {
        if (link(file).equals(directory)) {
          found.add(Long.valueOf(process.getFileName().toString()));
          break;
        }
      }
    }
    return found;
  }

  private static List<Path> list(Path directory, String pattern) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, pattern)) {
      entries.forEach(found::add);
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return found;
    }
    return found;
  }

  private static String link(Path path) {
    try {
      return Files.readSymbolicLink(path).toString();
    } catch (IOException e) {
      return "";
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ps", "logs ct", "inspect ct", "exec ct true", "kill -s CONT ct"})
  void theNextCommandGivesItAnotherMonitor(String next) throws Exception {
    long old = start("ct", "busybox", "sh", "-c", COUNTER);
    kill(old);

    run(next.split(" ")).orThrow();

    assertThat(monitors("ct")).hasSize(1).doesNotContain(old);
    assertThat(inspect("ct", "{{.State.Status}}")).isEqualTo("running");
    // What it writes from now on is logged again, and nothing is missing in between.
    String[] before = run("logs", "ct").stdout().split("\n");
    Result all;
    do {
      all = run("logs", "ct").orThrow();
    } while (all.stdout().split("\n").length < before.length + 5);
    int expected = 1;
    for (String line : all.stdout().split("\n")) {
      assertThat(line).isEqualTo(Integer.toString(expected++));
    }
    run("stop", "ct").orThrow();
    assertThat(inspect("ct", "{{.State.Status}} {{.State.ExitCode}} {{.State.ExitCodeKnown}}"))
        .isEqualTo("exited 7 true");
    assertThat(run("start", "ct").exit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"stop ct", "rm -f ct", "kill ct"})
  void itEndsAsIfNothingHadHappened(String next) throws Exception {
    long monitor = start("ct", "busybox", "sh", "-c", COUNTER);
    sandbox.awaitOutput("ct", "1");
    kill(monitor);

    run(next.split(" ")).orThrow();

    if (next.startsWith("rm")) {
      assertThat(run("ps", "-aq").stdout()).isEmpty();
    } else {
      int code = next.startsWith("stop") ? 7 : 137;
      assertThat(run("wait", "ct").stdout()).isEqualTo(code + "\n");
    }
  }

  @Test
  void itCanBeAttachedTo() throws Exception {
    // Without a monitor its input is at an end; the next one opens it again.
    String reader = "while [ \"$a\" != two ]; do read a && echo got $a; sleep 0.01; done";
    kill(start("ct", "-i", "busybox", "sh", "-c", reader));

    Result attached = sandbox.mydocker("attach", "ct").input("one\ntwo\n").run();

    assertThat(attached.stdout()).isEqualTo("got one\ngot two\n");
    assertThat(attached.exit()).isZero();
  }

  @Test
  void followedLogsAndWaitSeeTheEnd() throws Exception {
    long monitor = start("ct", "busybox", "sh", "-c", COUNTER);
    kill(monitor);
    Process logs = sandbox.mydocker("logs", "-f", "ct").start();
    Process wait = sandbox.mydocker("wait", "ct").start();
    assertThat(logs.inputReader().readLine()).isEqualTo("1");

    run("stop", "ct").orThrow();

    assertThat(wait.inputReader().readLine()).isEqualTo("7");
    assertThat(logs.waitFor()).isZero();
    assertThat(wait.waitFor()).isZero();
  }

  /** Who adopts, or starts an exec, may have another cgroup for the containers that it makes. */
  @Test
  void itsMonitorsAreInTheContainersCgroupsWhoeverStartsThem() throws Exception {
    String cgroup = sandbox.cgroupParent() + "/monitors\n";
    kill(start("ct", "busybox", "sleep", "600"));

    elsewhere("exec", "-d", "ct", "sleep", "601").orThrow();

    List<Long> both = monitors("ct");
    both.add(monitorOfExec(pid("ct")));
    for (long monitor : both) {
      assertThat(Path.of("/proc/" + monitor + "/cgroup")).content().contains(cgroup);
    }
    elsewhere("kill", "ct").orThrow();
    elsewhere("wait", "ct").orThrow();
    // A sandbox's cgroups are looked for below its parent only.
    for (Path hierarchy : list(Path.of("/sys/fs/cgroup"), "*")) {
      assertThat(hierarchy.resolve(sandbox.cgroupParent() + "-elsewhere")).doesNotExist();
    }
  }

  private Result elsewhere(String... arguments) {
    return sandbox
        .mydocker(arguments)
        .environment("MYDOCKER_CGROUP_PARENT", sandbox.cgroupParent() + "-elsewhere")
        .run();
  }

  @Test
  void ofManyCommandsOneAdopts() throws Exception {
    long old = start("ct", "busybox", "sh", "-c", COUNTER);
    kill(old);

    List<Process> commands = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      commands.add(sandbox.mydocker("ps", "-q").start());
      commands.add(sandbox.mydocker("logs", "ct").start());
      commands.add(sandbox.mydocker("attach", "--no-stdin", "ct").start());
    }
    for (Process command : commands) {
      if (command.info().arguments().map(List::of).orElse(List.of()).contains("attach")) {
        assertThat(command.inputReader().readLine()).isNotNull();
      }
    }
    assertThat(monitors("ct")).hasSize(1).doesNotContain(old);
    run("stop", "ct").orThrow();
    for (Process command : commands) {
      assertThat(command.waitFor()).isIn(0, 7);
    }
  }

  @Test
  void whoEndsWithItsMonitorHasNoExitCodeAndLeavesNothing() throws Exception {
    long monitor = start("ct", "busybox", "sleep", "600");
    kill(monitor, pid("ct"));

    assertThat(run("ps", "-a", "--format", "{{.Status}}").stdout()).startsWith("Exited (255)");
    assertThat(inspect("ct", "{{.State.Status}} {{.State.ExitCode}} {{.State.ExitCodeKnown}}"))
        .isEqualTo("exited 255 false");
    assertThat(inspect("ct", "{{.State.Error}}")).isEqualTo("its monitor was killed");
    assertThat(run("wait", "ct").stdout()).isEqualTo("255\n");
    assertThat(sandbox.run().resolve(".engine")).isEmptyDirectory();

    run("start", "ct").orThrow();
    assertThat(run("exec", "ct", "echo", "again").stdout()).isEqualTo("again\n");
  }

  @Test
  void withRmItIsRemovedByTheNextCommand() throws Exception {
    long monitor = start("ct", "--rm", "busybox", "sleep", "600");
    kill(monitor, pid("ct"));

    assertThat(run("ps", "-aq").orThrow().stdout()).isEmpty();
    assertThat(sandbox.root().resolve("containers")).isEmptyDirectory();
    assertThat(sandbox.root().resolve("names")).isEmptyDirectory();
  }

  @Test
  void aTerminalIsHungUp() throws Exception {
    kill(start("ct", "-it", "busybox", "sh"));

    // A shell ends with its terminal. Its code is known if it was still there to be adopted.
    assertThat(run("wait", "ct").stdout()).isIn("0\n", "129\n", "255\n");
    assertThat(run("ps", "-a", "--format", "{{.State}}").stdout()).isEqualTo("exited\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anExecEndsWithItsMonitorAndTheContainerGoesOn(boolean terminal) throws Exception {
    start("ct", "busybox", "sh", "-c", COUNTER);
    long init = pid("ct");
    String command = "echo $$; exec sleep 600";
    if (terminal) {
      try (Terminal exec = sandbox.terminal("exec", "-it", "ct", "sh", "-c", command)) {
        exec.await("\n");
        kill(monitorOfExec(init));
        assertThat(exec.exit()).isEqualTo(125);
      }
    } else {
      Process exec = sandbox.mydocker("exec", "ct", "sh", "-c", command).start();
      assertThat(exec.inputReader().readLine()).isNotNull();
      kill(monitorOfExec(init));
      assertThat(exec.errorReader().readLine()).contains("ct: the monitor ended");
      assertThat(exec.waitFor()).isEqualTo(125);
    }
    assertThat(pid("ct")).isEqualTo(init);
    assertThat(run("exec", "ct", "pgrep", "-x", "sleep 600").stdout()).isEmpty();
    run("stop", "ct").orThrow();
    assertThat(inspect("ct", "{{.State.ExitCode}}")).isEqualTo("7");
  }

  /** The parent, outside, of the one process in the container's PID namespace that has one. */
  private static long monitorOfExec(long init) throws IOException {
    String namespace = link(Path.of("/proc/" + init + "/ns/pid"));
    for (Path process : list(Path.of("/proc"), "[0-9]*")) {
      long pid = Long.parseLong(process.getFileName().toString());
      if (pid != init && link(process.resolve("ns/pid")).equals(namespace)) {
        long parent = parent(pid);
        if (!link(Path.of("/proc/" + parent + "/ns/pid")).equals(namespace)) {
          return parent;
        }
      }
    }
    throw new AssertionError("no exec in the container of process " + init);
  }
}
