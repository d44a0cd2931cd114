package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A machine that is not as it should be: one clear line where something fails, other containers as
 * before, and nothing half made.
 */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
class RobustnessIT {
  private final Sandbox sandbox;

  RobustnessIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void theImageIsHere() {
    run("run", "--rm", "busybox", "true").orThrow();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    // Those that no list shows too.
    try (Stream<Path> containers = Files.list(sandbox.root().resolve("containers"))) {
      for (Path container : containers.toList()) {
        run("rm", "-f", container.getFileName().toString());
      }
    }
    assertThat(sandbox.root().resolve("containers")).isEmptyDirectory();
    assertThat(sandbox.root().resolve("names")).isEmptyDirectory();
    assertThat(sandbox.run().resolve(".engine")).isEmptyDirectory();
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  /** Runs a command where something was changed before, in a mount namespace of its own. */
  private Result runWhere(String change, String... arguments) {
    List<String> line =
        new ArrayList<>(List.of("unshare", "-m", "sh", "-c", change + "; exec \"$@\"", "sh"));
    line.addAll(sandbox.mydocker(arguments).line());
    return new Command(line).environment(sandbox.environment()).run();
  }

  private Path container(String id) {
    return sandbox.root().resolve("containers").resolve(id);
  }

  private String start(String name, String... command) {
    List<String> line = new ArrayList<>(List.of("run", "-d", "--name", name, "busybox"));
    line.addAll(List.of(command));
    return run(line.toArray(new String[0])).orThrow().stdout().strip();
  }

  private static void assertOneLine(Result result, int code, String... messages) {
    assertThat(result.stderr()).hasLineCount(1).startsWith("mydocker: ").contains(messages);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.exit()).isEqualTo(code);
  }

  @Test
  void onAFullDiskContainersRunOnAndEndAndOnlyNewOnesFail() throws IOException {
    Path disk = Files.createDirectory(sandbox.directory().resolve("small"));
    Command.of("mount", "-t", "tmpfs", "-o", "size=12m", "none", disk.toString()).run().orThrow();
    Map<String, String> small = new HashMap<>(sandbox.environment());
    small.put("MYDOCKER_ROOT", disk + "/lib");
    Disk on = new Disk(small);
    try {
      on.run("run", "-d", "--name", "loud", "busybox", "sh", "-c", "while :; do date; done")
          .orThrow();
      on.run(
              "run",
              "-d",
              "--name",
              "ends",
              "busybox",
              "sh",
              "-c",
              "mkfifo /go; read x </go; exit 3")
          .orThrow();
      on.run("run", "-d", "--name", "calm", "busybox", "sleep", "1000").orThrow();
      on.run("exec", "calm", "true").orThrow();
      // Again and again: what ended just now gives back a page or two.
      String fill = "for i in $(seq 50); do head -c 20m /dev/zero >> " + disk + "/fill; done";
      Command.of("sh", "-c", fill).run();

      assertOneLine(
          on.run("run", "--rm", "busybox", "true"), 125, "no space left on device; free some");
      assertOneLine(on.run("create", "--name", "never", "busybox"), 1, "no space left on device");
      try (Stream<Path> entries = Files.list(disk.resolve("lib/containers"))) {
        assertThat(entries).hasSize(3);
      }
      assertThat(on.run("exec", "calm", "echo", "hi").stdout()).isEqualTo("hi\n");
      // The last record may be the one that says, on stderr, that output is missing.
      Result last = on.run("logs", "--tail", "1", "loud").orThrow();
      assertThat(last.stdout() + last.stderr()).hasLineCount(1);
      assertThat(on.run("stop", "-t", "0", "loud").orThrow().stdout()).isEqualTo("loud\n");
      on.run("exec", "ends", "sh", "-c", "echo > /go").orThrow();
      assertThat(on.run("wait", "ends").stdout()).isEqualTo("3\n");
      assertThat(on.run("ps", "-a", "--format", "{{.Names}} {{.Status}}").stdout().lines())
          .anyMatch(line -> line.startsWith("loud Exited (137) "))
          .anyMatch(line -> line.startsWith("ends Exited (3) "))
          .anyMatch(line -> line.startsWith("calm Up "));

      Files.delete(disk.resolve("fill"));
      on.run("start", "loud").orThrow();
      on.run("rm", "-f", "loud", "ends", "calm").orThrow();
      assertThat(disk.resolve("lib/containers")).isEmptyDirectory();
    } finally {
      on.run("rm", "-f", "loud", "ends", "calm");
      Command.of("umount", disk.toString()).run().orThrow();
    }
  }

  /** Commands on another state directory. */
  private final class Disk {
    private final Map<String, String> environment;

    Disk(Map<String, String> environment) {
      this.environment = environment;
    }

    Result run(String... arguments) {
      return sandbox.mydocker(arguments).environment(environment).run();
    }
  }

  @Test
  void onAReadOnlyDiskContainersCanBeSeenAndStopped() {
    start("there", "sh", "-c", "echo said; exec sleep 1000");
    String root = sandbox.root().toString();
    String change = "mount --bind -o ro " + root + " " + root;
    assertThat(runWhere(change, "ps", "--format", "{{.Names}}").orThrow().stdout())
        .isEqualTo("there\n");
    assertThat(runWhere(change, "exec", "there", "echo", "hi").orThrow().stdout())
        .isEqualTo("hi\n");
    assertThat(runWhere(change, "logs", "there").orThrow().stdout()).isEqualTo("said\n");
    assertThat(runWhere(change, "inspect", "-f", "{{.State.Status}}", "there").orThrow().stdout())
        .isEqualTo("running\n");
    assertOneLine(runWhere(change, "run", "busybox", "true"), 125, "read-only file system; ");
    for (String refused :
        List.of(
            "commit there x",
            "create busybox true",
            "rename there other",
            "restart there",
            "tag busybox x",
            "rmi -f busybox")) {
      assertOneLine(runWhere(change, refused.split(" ")), 1, "read-only file system; ");
    }
    assertOneLine(runWhere(change, "rm", "-f", "there"), 1, "read-only file system; ");
    assertThat(runWhere(change, "stop", "-t", "0", "there").orThrow().stdout())
        .isEqualTo("there\n");
    assertThat(runWhere(change, "ps", "-a", "--format", "{{.Status}}").orThrow().stdout())
        .startsWith("Exited (137)");
    assertOneLine(runWhere(change, "start", "there"), 1, "read-only file system; ");
    assertOneLine(runWhere(change, "rm", "there"), 1, "read-only file system; ");
  }

  @ParameterizedTest(name = "[{0}]")
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | ''",
        "{ | ''",
        "[] | ''",
        "{} | ''",
        "null | ''",
        "HALF | ''",
        "BINARY | ''",
        "DIRECTORY | ''",
        "NEWER | written by a newer mydocker",
        "OTHER | not its directory's",
      })
  void aDamagedRecordIsOneLineAndHidesNoOther(String content, String message) throws IOException {
    String bad = start("bad", "sleep", "1000");
    String good = start("good", "sleep", "1000");
    Path file = container(bad).resolve("config.json");
    String init = run("inspect", "-f", "{{.State.Pid}}", "bad").orThrow().stdout().strip();
    String record = Files.readString(file);
    switch (content) {
      case "HALF" -> Files.writeString(file, record.substring(0, record.length() / 2));
      case "BINARY" -> Files.write(file, new byte[] {0, (byte) 0xFF, 1, 2});
      case "DIRECTORY" -> {
        Files.delete(file);
        Files.createDirectory(file);
      }
      case "NEWER" ->
          Files.writeString(file, record.replaceFirst("\"version\":\\d+", "\"version\":99"));
      case "OTHER" -> Files.writeString(file, record.replace(bad, good));
      default -> Files.writeString(file, content);
    }
    Result list = run("ps", "--format", "{{.Names}}");
    assertThat(list.stdout()).isEqualTo("good\n");
    assertThat(list.stderr()).hasLineCount(1).contains(file.toString());
    assertThat(list.exit()).isEqualTo(1);
    for (String verb : List.of("start", "stop", "logs", "kill", "rm")) {
      assertOneLine(run(verb, "bad"), 1, file.toString(), message);
    }
    assertThat(run("exec", "good", "echo", "hi").orThrow().stdout()).isEqualTo("hi\n");
    // It runs all the while; removing it by force ends it.
    assertThat(Path.of("/proc", init, "exe")).exists();
    assertThat(run("rm", "-f", "bad").orThrow().stdout()).isEqualTo("bad\n");
    assertThat(Path.of("/proc", init, "exe")).doesNotExist();
    assertThat(run("ps", "-aq", "--no-trunc").orThrow().stdout()).isEqualTo(good + "\n");
  }

  @Test
  void aCgroupThatCannotBeWrittenIsOneLineAndNothingIsLeft() {
    start("other", "sleep", "1000");
    String change =
        "for d in /sys/fs/cgroup /sys/fs/cgroup/*/; do"
            + " mount -o remount,bind,ro $d 2>/dev/null; done";
    assertOneLine(
        runWhere(change, "run", "--name", "never", "busybox", "true"),
        125,
        "/sys/fs/cgroup",
        "read-only file system; ");
    assertThat(run("ps", "-a", "--format", "{{.Names}}").stdout()).isEqualTo("other\n");
    assertThat(run("exec", "other", "echo", "hi").stdout()).isEqualTo("hi\n");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "fsopen | ENODEV | load the kernel module: modprobe overlay",
        "memfd_create | ENOSYS | Linux 5.14",
      })
  @Requires(tools = "strace")
  void aKernelThatLacksSomethingIsOneLineWithAFix(String call, String error, String fix) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "strace",
                "-qq",
                "-f",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + call,
                "-e",
                "inject=" + call + ":error=" + error));
    line.addAll(sandbox.mydocker("run", "--rm", "busybox", "true").line());
    Result result = new Command(line).environment(sandbox.environment()).run();
    assertOneLine(result, 125, fix);
  }

  /** The setting is the PID namespace's, so a namespace of its own has its own. */
  @Test
  void memoryFilesThatAreNotExecutableUnlessAskedForAreEnough() {
    assumeTrue(Files.exists(Path.of("/proc/sys/vm/memfd_noexec")), "the kernel has no such limit");
    assertThat(runWithMemfd(1, "run", "--rm", "busybox", "echo", "hi"))
        .isEqualTo(new Result(0, "hi\n", ""));
    assertThat(runWithMemfd(1, "doctor").stdout()).contains("memory files:     can be executed");
    assertOneLine(
        runWithMemfd(2, "run", "--rm", "busybox", "echo", "hi"),
        125,
        "permission denied; where vm.memfd_noexec is 2: sysctl vm.memfd_noexec=1");
    Result doctor = runWithMemfd(2, "doctor");
    assertThat(doctor.stdout()).contains("vm.memfd_noexec is 2", "-> sysctl vm.memfd_noexec=1");
    assertThat(doctor.exit()).isEqualTo(2);
  }

  private Result runWithMemfd(int noexec, String... arguments) {
    String change = "echo " + noexec + " > /proc/sys/vm/memfd_noexec; \"$@\"; exit";
    List<String> line =
        new ArrayList<>(List.of("unshare", "-p", "-f", "--mount-proc", "sh", "-c", change, "sh"));
    line.addAll(sandbox.mydocker(arguments).line());
    return new Command(line).environment(sandbox.environment()).run();
  }

  @Test
  void aClockThatWasSetBackLosesNoExitCodeAndNoLine() throws IOException {
    String id = start("back", "sh", "-c", "echo one; echo two; exit 3");
    run("wait", "back").orThrow();
    Path exit = container(id).resolve("exit");
    rewrite(exit, "\"finishedAt\":\"\\d{4}", "\"finishedAt\":\"2001");
    Path log = container(id).resolve("container.log");
    List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
    Files.writeString(log, lines.get(0) + "\n" + "2001" + lines.get(1).substring(4) + "\n");

    assertThat(run("ps", "-a", "--format", "{{.Status}}").stdout()).startsWith("Exited (3)");
    assertThat(run("inspect", "-f", "{{.State.ExitCode}}", "back").stdout()).isEqualTo("3\n");
    assertThat(run("wait", "back").stdout()).isEqualTo("3\n");
    assertThat(run("logs", "back").stdout()).isEqualTo("one\ntwo\n");
    assertThat(run("logs", "--since", "2010-01-01", "back").stdout()).isEqualTo("one\n");
    assertThat(run("logs", "--until", "2010-01-01", "back").stdout()).isEqualTo("two\n");
    assertThat(run("start", "back").exit()).isZero();
  }

  @Test
  void aClockThatWasAheadMakesNoStrangeTimes() throws IOException {
    String id = start("ahead", "sleep", "1000");
    Path record = container(id).resolve("config.json");
    rewrite(record, "\"startedAt\":\"\\d{4}", "\"startedAt\":\"2200");
    rewrite(record, "\"created\":\"\\d{4}", "\"created\":\"2200");
    assertThat(run("ps", "--format", "{{.Status}}, {{.RunningFor}}").orThrow().stdout())
        .isEqualTo("Up Less than a second, Less than a second ago\n");
    run("stop", "-t", "0", "ahead").orThrow();
    assertThat(run("ps", "-a", "--format", "{{.Status}}").stdout()).startsWith("Exited (137)");
  }

  private static void rewrite(Path file, String pattern, String replacement) throws IOException {
    String text = Files.readString(file);
    String changed = text.replaceFirst(pattern, replacement);
    assertThat(changed).isNotEqualTo(text);
    Files.writeString(file, changed);
  }

  @Test
  void aProcessThatGotTheNumberOfADeadContainerIsNotTakenForIt() throws Exception {
    String id = start("dead", "sleep", "1000");
    killAll(id);
    Process stranger = new ProcessBuilder("sleep", "1000").start();
    try {
      Path record = container(id).resolve("config.json");
      rewrite(record, "\"pid\":\\d+", "\"pid\":" + stranger.pid());
      rewrite(record, "\"monitorPid\":\\d+", "\"monitorPid\":" + stranger.pid());
      assertThat(run("ps", "-a", "--format", "{{.Status}}").stdout()).isEqualTo("Exited (255)\n");
      assertOneLine(run("kill", "dead"), 1, "not running");
      assertOneLine(run("exec", "dead", "true"), 1, "not running");
      run("stop", "dead").orThrow();
      run("rm", "-f", "dead").orThrow();
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly().waitFor();
    }
  }

  /** As a power cut does: no process gets to do anything any more. */
  private void killAll(String id) throws IOException {
    String record = Files.readString(container(id).resolve("config.json"));
    String monitor = record.replaceAll("(?s).*\"monitorPid\":(\\d+).*", "$1");
    String init = record.replaceAll("(?s).*\"pid\":(\\d+).*", "$1");
    Command.of("kill", "-9", monitor, init).run();
    while (Files.exists(Path.of("/proc", init, "exe"))
        || Files.exists(Path.of("/proc", monitor, "exe"))) {
      Thread.onSpinWait();
    }
  }

  /** Each limit fails somewhere else on the way. */
  @ParameterizedTest
  @CsvSource({"20", "24", "28", "32"})
  void withTooFewDescriptorsAStartSaysSoAndLeavesNothing(int limit) {
    List<String> line = new ArrayList<>(List.of("run", "--rm"));
    for (int i = 0; i < 16; i++) {
      line.addAll(List.of("-v", "/:/host" + i));
    }
    line.addAll(List.of("busybox", "true"));
    Result result = runWhere("ulimit -n " + limit, line.toArray(new String[0]));
    assertOneLine(result, 125, "too many open files; raise the limit of open files");
    assertThat(run("ps", "-aq").stdout()).isEmpty();
    String cgroups = "*/" + sandbox.cgroupParent() + "/*";
    assertThat(
            Command.of(
                    "find",
                    "/sys/fs/cgroup",
                    "-type",
                    "d",
                    "-path",
                    cgroups,
                    "-name",
                    "????????????????*")
                .run()
                .stdout())
        .isEmpty();
  }

  @Test
  void afterARebootStatusesAreTrueAndContainersStart() throws IOException {
    String kept = start("kept", "sh", "-c", "echo x >> /file; cat /file; exec sleep 1000");
    String once =
        run("run", "-d", "--rm", "--name", "once", "busybox", "sleep", "1000")
            .orThrow()
            .stdout()
            .strip();
    run("run", "--name", "ended", "busybox", "sh", "-c", "exit 3");
    run("create", "--name", "fresh", "busybox", "sleep", "1000").orThrow();
    for (String id : List.of(kept, once)) {
      killAll(id);
      rewrite(container(id).resolve("config.json"), "\"bootId\":\"[^\"]*", "\"bootId\":\"before");
    }
    removeCgroups();
    Command.of("rm", "-r", sandbox.run().toString()).run().orThrow();

    assertThat(run("ps", "-a", "--format", "{{.Names}} {{.State}} {{.Status}}").stdout().lines())
        .contains("kept exited Exited (255)", "fresh created Created")
        .noneMatch(line -> line.startsWith("once "))
        .anyMatch(line -> line.startsWith("ended exited Exited (3) "));
    assertThat(container(once)).doesNotExist();
    assertThat(sandbox.root().resolve("names/once")).doesNotExist();
    assertThat(run("inspect", "-f", "{{.State.Error}}", "kept").stdout())
        .isEqualTo("the machine was restarted\n");
    assertThat(run("logs", "kept").stdout()).isEqualTo("x\n");
    run("start", "kept", "fresh").orThrow();
    assertThat(run("ps", "--format", "{{.Names}}").stdout().lines())
        .containsExactlyInAnyOrder("kept", "fresh");
    assertThat(run("exec", "kept", "cat", "/file").stdout()).isEqualTo("x\nx\n");
    assertThat(sandbox.run().resolve("kept/config.json")).exists();
    assertThat(run("doctor").stdout()).endsWith("healthy\n");
    assertThat(run("start", "ended").exit()).isZero();
  }

  private void removeCgroups() {
    Command.of(
            "sh",
            "-c",
            "find /sys/fs/cgroup -depth -type d -path '*/"
                + sandbox.cgroupParent()
                + "*' -exec rmdir {} +")
        .run();
  }

  @Test
  void fewOpenFilesAreEnoughForTheMonitorOfAnExec() {
    start("few", "sleep", "1000");
    Result result = runWhere("ulimit -n 38", "exec", "few", "sh", "-c", "echo in; exit 3");
    assertThat(result.stdout()).as(result.stderr()).isEqualTo("in\n");
    assertThat(result.exit()).isEqualTo(3);
  }
}
