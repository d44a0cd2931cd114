package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code doctor}: what is wrong with a machine, what was left behind, and its removal. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
class DoctorIT {
  private static final String NOBODY = "0123456789abcdef".repeat(4);
  private static final String NEVER = "fedcba9876543210".repeat(4);

  private final Sandbox sandbox;

  DoctorIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void nothingIsLeftOfOthers() {
    // What other tests' applications left in /tmp when they were killed.
    run("run", "--rm", "busybox", "true").orThrow();
    run("doctor", "--repair");
  }

  @AfterEach
  void containersGo() {
    for (String id : run("ps", "-aq").stdout().lines().toList()) {
      run("rm", "-f", id).orThrow();
    }
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private String create(String name) {
    run("run", "--name", name, "busybox", "true").orThrow();
    return run("inspect", "-f", "{{.Id}}", name).orThrow().stdout().strip();
  }

  private Path root(String path) {
    return sandbox.root().resolve(path);
  }

  private static void age(Path path) throws IOException {
    FileTime old = FileTime.from(Instant.now().minusSeconds(2 * 3600));
    Files.getFileAttributeView(
            path, java.nio.file.attribute.BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(old, old, null);
  }

  @Test
  void aMachineThatRunsContainersIsHealthy() {
    run("run", "-d", "--name", "well", "busybox", "top").orThrow();
    create("ended");
    Result text = run("doctor");
    assertThat(text.stdout()).endsWith("\nhealthy\n");
    assertThat(text.stdout())
        .contains("kernel\n", "cgroups\n", "state\n", "AOT cache:", "2 of 2 as they should be");
    assertThat(text.exit()).isZero();
    Result json = run("doctor", "--format", "json");
    assertThat(json.stdout())
        .hasLineCount(1)
        .startsWith("{\"health\":\"healthy\",\"findings\":[{\"area\":\"kernel\",")
        .doesNotContain("\"degraded\"", "\"unusable\"")
        .endsWith("\"repairs\":[]}\n");
    assertThat(run("doctor", "--format", "yaml").stderr()).contains("unknown format yaml");
  }

  @Test
  void whatWasLeftBehindIsNamedAndRemoved() throws IOException {
    String id = create("ended");
    List<Path> left = new ArrayList<>();
    for (String name :
        List.of(
            "containers/.new-" + NOBODY,
            "containers/.gone-" + NOBODY,
            "containers/.make-" + NOBODY,
            "images/tmp/abandoned",
            "images/layers/" + NOBODY)) {
      Path directory = Files.createDirectories(root(name));
      Files.createFile(directory.resolve("lock"));
      left.add(directory);
    }
    Files.delete(root("containers/.make-" + NOBODY).resolve("lock"));
    age(root("containers/.make-" + NOBODY));
    left.add(Files.createDirectories(sandbox.run().resolve(".engine/" + id)));
    left.add(Files.createDirectories(sandbox.run().resolve(".engine/" + NOBODY)));
    left.add(Files.createSymbolicLink(root("names/nobody"), Path.of("../containers/" + NEVER)));
    left.add(Files.createSymbolicLink(root("names/other"), Path.of("../containers/" + id)));
    left.add(
        Files.createSymbolicLink(
            sandbox.run().resolve("nobody"), root("containers").resolve(NEVER)));
    left.add(Files.createFile(root("containers/" + id + "/config.json.new")));
    left.add(Files.createFile(root("images/index.json.new")));
    left.add(Files.createFile(root("images/blobs/sha256/" + NOBODY + ".new")));
    left.add(Files.createFile(root("images/blobs/sha256/" + NOBODY)));
    left.add(Files.createDirectories(cgroup(id)));
    left.add(Files.createDirectories(cgroup(NOBODY)));
    left.add(Files.createDirectories(cgroup("monitors")));
    for (Path path : left) {
      age(path);
    }

    Result found = run("doctor");
    assertThat(found.exit()).isEqualTo(1);
    for (Path path : left) {
      assertThat(found.stdout()).contains(path + ": ");
    }
    assertThat(found.stdout()).contains("-> mydocker doctor --repair").endsWith(" problems\n");
    // Looking has changed nothing.
    assertThat(left).allMatch(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS));

    Result repaired = run("doctor", "--repair");
    for (Path path : left) {
      assertThat(repaired.stdout()).containsPattern("(?m)^removed [a-z]* ?" + path + " \\(");
      assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).as(path.toString()).isFalse();
    }
    assertThat(repaired.stdout()).endsWith("\nhealthy\n");
    assertThat(repaired.exit()).isZero();
    assertThat(run("doctor", "--repair").stdout()).startsWith("kernel\n").endsWith("\nhealthy\n");
    assertThat(run("start", "-a", "ended").exit()).isZero();
  }

  private Path cgroup(String id) {
    Path hierarchy = Path.of("/sys/fs/cgroup/pids");
    return (Files.isDirectory(hierarchy) ? hierarchy : Path.of("/sys/fs/cgroup"))
        .resolve(sandbox.cgroupParent())
        .resolve(id);
  }

  @Test
  void whatSomebodyWorksOnAndWhatRunsIsLeftAlone() throws Exception {
    String id = run("run", "-d", "--name", "busy", "busybox", "top").orThrow().stdout().strip();
    Path making = Files.createDirectories(root("containers/.new-" + NOBODY));
    Path lock = Files.createFile(making.resolve("lock"));
    Path run = sandbox.run().resolve(".engine/" + id);
    assertThat(run).isDirectory();
    Process holder = new ProcessBuilder("flock", lock.toString(), "sh", "-c", "echo; cat").start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('\n');
      age(making);
      age(run);
      Result repaired = run("doctor", "--repair");
      assertThat(repaired.stdout()).startsWith("kernel\n").endsWith("\nhealthy\n");
      assertThat(lock).exists();
      assertThat(run).isDirectory();
      assertThat(run("exec", "busy", "echo", "here").stdout()).isEqualTo("here\n");
    } finally {
      holder.getOutputStream().close();
      holder.waitFor();
    }
    assertThat(run("doctor", "--repair").stdout()).contains("removed directory " + making);
  }

  @Test
  void anEndThatNobodySawIsRecorded() throws IOException {
    String kept = run("run", "-d", "--name", "kept", "busybox", "top").orThrow().stdout().strip();
    String once =
        run("run", "-d", "--rm", "--name", "once", "busybox", "top").orThrow().stdout().strip();
    for (String id : List.of(kept, once)) {
      killMonitorAndInit(id);
    }
    assertThat(Files.readString(root("containers/" + kept + "/config.json")))
        .contains("\"status\": \"running\"");

    Result found = run("doctor");
    assertThat(found.exit()).isEqualTo(1);
    assertThat(found.stdout()).contains("end of container kept: ", "container once: ");
    Result repaired = run("doctor", "--repair");
    assertThat(repaired.stdout())
        .contains("recorded end of container kept (it has ended, but its monitor was killed)\n")
        .contains("removed container once (", "\nhealthy\n");
    assertThat(Files.readString(root("containers/" + kept + "/config.json")))
        .contains("\"status\": \"exited\"", "\"pid\": \"\"");
    assertThat(cgroup(kept)).doesNotExist();
    assertThat(sandbox.run().resolve(".engine/" + kept)).doesNotExist();
    assertThat(run("ps", "-a", "--format", "{{.Names}} {{.Status}}").stdout())
        .isEqualTo("kept Exited (255)\n");
    run("start", "kept").orThrow();
    assertThat(run("ps", "--format", "{{.Names}}").stdout()).isEqualTo("kept\n");
  }

  private void killMonitorAndInit(String id) throws IOException {
    String record = Files.readString(root("containers/" + id + "/config.json"));
    String monitor = record.replaceAll("(?s).*\"monitorPid\":(\\d+).*", "$1");
    String init = record.replaceAll("(?s).*\"pid\":(\\d+).*", "$1");
    Command.of("kill", "-9", monitor, init).run();
    while (Files.exists(Path.of("/proc", init, "exe"))
        || Files.exists(Path.of("/proc", monitor, "exe"))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aNameThatWasLostIsMadeAgain() throws IOException {
    String id = create("nameless");
    Files.delete(root("names/nameless"));
    assertThat(run("start", "nameless").exit()).isEqualTo(1);
    assertThat(run("doctor").stdout())
        .contains("name nameless of container " + id.substring(0, 12));
    run("doctor", "--repair").orThrow();
    assertThat(run("start", "nameless").exit()).isZero();
  }

  @Test
  void aDamagedRecordIsNamedAndNothingElseIsTouched() throws IOException {
    String id = create("damaged");
    create("well");
    Files.writeString(root("containers/" + id + "/config.json"), "{");
    Files.createDirectories(root("images/layers/" + NOBODY));
    Result found = run("doctor", "--repair");
    assertThat(found.exit()).isEqualTo(1);
    assertThat(found.stdout())
        .contains("parse " + root("containers/" + id + "/config.json"))
        .contains("mydocker rm -f " + id.substring(0, 12));
    assertThat(root("images/layers/" + NOBODY)).isDirectory();
    run("rm", "-f", id.substring(0, 12)).orThrow();
    assertThat(run("doctor", "--repair").stdout()).contains("removed " + root("images/layers"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin | without CAP_SYS_ADMIN"
            + " | -> run as root | 2",
        "pid_namespaces | max_pid_namespaces is 0: none can be made"
            + " | -> sysctl user.max_pid_namespaces=10000 | 2",
        "time_namespaces | max_time_namespaces is 0 | -> sysctl user.max_time_namespaces | 0",
        "read-only | read-only file system | -> mount it for writing | 2",
        "full | only 1 MiB free | -> remove containers | 2",
        "cgroups | read-only file system | -> mount it for writing | 2",
      })
  void whatKeepsContainersFromStartingIsSaidWithAFix(
      String condition, String message, String fix, int code) throws IOException {
    List<String> line = new ArrayList<>();
    String root = sandbox.root().toString();
    if (condition.startsWith("setpriv")) {
      line.addAll(List.of(condition.split(" ")));
    } else {
      Path zero = sandbox.directory().resolve("zero");
      Files.writeString(zero, "0\n");
      String change =
          switch (condition) {
            case "read-only" -> "mount --bind " + root + " " + root + " -o ro";
            case "full" ->
                "mount -t tmpfs -o size=5m none "
                    + root
                    + "; head -c 4m /dev/zero > "
                    + root
                    + "/x";
            case "cgroups" ->
                "for d in /sys/fs/cgroup /sys/fs/cgroup/*/; do mount -o remount,bind,ro $d"
                    + " 2>/dev/null; done";
            default -> "mount --bind " + zero + " /proc/sys/user/max_" + condition;
          };
      line.addAll(List.of("unshare", "-m", "sh", "-c", change + "; exec \"$@\"", "sh"));
    }
    line.addAll(sandbox.mydocker("doctor").line());
    Result result = new Command(line).environment(sandbox.environment()).run();
    assertThat(result.stdout()).contains(message, fix);
    assertThat(result.stderr()).isEmpty();
    assertThat(result.exit()).isEqualTo(code);
  }

  @Test
  void aMonitorThatIsStoppedOrGoneIsTold() throws IOException {
    String id = run("run", "-d", "--name", "watched", "busybox", "top").orThrow().stdout().strip();
    String record = Files.readString(root("containers/" + id + "/config.json"));
    String monitor = record.replaceAll("(?s).*\"monitorPid\":(\\d+).*", "$1");
    Command.of("kill", "-STOP", monitor).run().orThrow();
    assertThat(run("doctor").stdout()).contains("-> kill -CONT " + monitor);
    Command.of("kill", "-CONT", monitor).run().orThrow();
    assertThat(run("doctor").stdout()).endsWith("\nhealthy\n");
  }
}
