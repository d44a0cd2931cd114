package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
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
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What five tutorials named "write your own Docker" promise, typed as they type it, each without
 * the hole that theirs has.
 */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TutorialsIT {
  private final Sandbox sandbox;

  TutorialsIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeAll
  void theImageIsHere() {
    mydocker("run", "--rm", "busybox", "true").orThrow();
  }

  @AfterEach
  void everythingIsRemoved() {
    for (String id : mydocker("ps", "-aq").stdout().lines().toList()) {
      mydocker("rm", "-f", id).orThrow();
    }
  }

  private Result mydocker(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private String inspect(String name, String template) {
    return mydocker("inspect", "-f", template, name).orThrow().stdout().strip();
  }

  private JsonObject configOf(String name) throws IOException {
    Path file = sandbox.run().resolve(name).resolve("config.json");
    return Json.parseObject(Files.readAllBytes(file), file.toString());
  }

  private static String text(JsonObject object, String member) {
    return object.get(member) instanceof JsonString string ? string.value() : "no string";
  }

  private static void eventually(java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    for (int i = 0; i < 200 && !condition.getAsBoolean(); i++) {
      Thread.sleep(50);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @Test
  void aShellAsPid1OfItsOwnNamespaces() {
    try (Terminal terminal = sandbox.terminal("run", "-ti", "/bin/sh")) {
      terminal.await("busybox").await("# ").type("ps -ef | grep -v ps\r");
      terminal.await("1 root").await("/bin/sh");
      terminal.type("ls -d /proc/[0-9]* | wc -l\r").await("wc -l").await("\n");
      for (String type : List.of("uts", "pid", "mnt", "net", "ipc")) {
        terminal.type("readlink /proc/1/ns/" + type + "\r").await("ns/" + type);
        terminal.await(type + ":[");
      }
      terminal.type("exit\r");
      assertThat(terminal.exit()).isZero();
    }
    // The host's own /proc and mounts are as before.
    assertThat(Path.of("/proc/self/status")).exists();
  }

  @Test
  void namespacesAreTheContainersOwn() throws IOException {
    String script = "for n in uts pid mnt net ipc; do readlink /proc/1/ns/$n; done";
    List<String> inside =
        mydocker("run", "--rm", "sh", "-c", script).orThrow().stdout().lines().toList();
    assertThat(inside).hasSize(5);
    for (String link : inside) {
      String type = link.substring(0, link.indexOf(':'));
      assertThat(Files.readSymbolicLink(Path.of("/proc/self/ns/" + type)).toString())
          .isNotEqualTo(link);
    }
  }

  @Test
  void aCommandThatEndsAtOnce() {
    try (Terminal terminal = sandbox.terminal("run", "-ti", "/bin/ls")) {
      terminal.await("bin").await("proc");
      assertThat(terminal.exit()).isZero();
    }
  }

  @Test
  void procIsMountedWithCare() {
    String mounts = mydocker("run", "--rm", "cat", "/proc/mounts").orThrow().stdout();
    assertThat(mounts.lines().filter(line -> line.contains(" /proc proc ")))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("nosuid", "nodev", "noexec"));
  }

  @Test
  void theCommandReplacesInit() {
    assertThat(mydocker("run", "--rm", "busybox", "sh", "-c", "echo $$").stdout()).isEqualTo("1\n");
    assertThat(mydocker("run", "--rm", "busybox", "cat", "/proc/1/comm").stdout())
        .isEqualTo("cat\n");
  }

  @Test
  void aDetachedContainerGoesOnAndLeavesNothingAtItsEnd() throws Exception {
    String id = mydocker("run", "-d", "top").orThrow().stdout().strip();
    long pid = Long.parseLong(inspect(id, "{{.State.Pid}}"));
    assertThat(Files.readString(Path.of("/proc/" + pid + "/comm"))).isEqualTo("top\n");
    List<Path> cgroups = cgroupsOf(pid);
    assertThat(cgroups).isNotEmpty();
    mydocker("stop", "-t", "0", id).orThrow();
    assertThat(cgroups).allSatisfy(cgroup -> assertThat(cgroup).doesNotExist());
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(id);
  }

  /** The directories of a process's cgroups, as this process sees them. */
  private static List<Path> cgroupsOf(long pid) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
      String[] fields = line.split(":", 3);
      String controller = fields[1].isEmpty() ? "" : fields[1].replace("name=", "");
      for (String mount : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
        String[] words = mount.split(" ");
        boolean matches =
            controller.isEmpty()
                ? mount.contains(" - cgroup2 ")
                : mount.contains(" - cgroup ")
                    && List.of(words[words.length - 1].replace("name=", "").split(","))
                        .contains(controller.split(",")[0]);
        if (matches && fields[2].contains("mydocker-test")) {
          found.add(Path.of(words[4] + fields[2]));
        }
      }
    }
    return found;
  }

  @Test
  void containersHaveNames() {
    mydocker("run", "-d", "--name", "bird", "top").orThrow();
    assertThat(inspect("bird", "{{.Name}}")).isEqualTo("/bird");
    try (Terminal terminal = sandbox.terminal("run", "-it", "-name", "test", "sh")) {
      terminal.await("# ").type("exit 2\r");
      assertThat(terminal.exit()).isEqualTo(2);
    }
    assertThat(inspect("test", "{{.State.ExitCode}}")).isEqualTo("2");
    Result second = mydocker("run", "-d", "--name", "bird", "top");
    assertThat(second.exit()).isEqualTo(125);
    assertThat(second.stderr()).contains("already in use");
    String id = mydocker("run", "-d", "top").orThrow().stdout().strip();
    assertThat(inspect(id, "{{.Name}}")).isEqualTo("/" + id.substring(0, 12));
  }

  @Test
  void aTerminalInTheBackground() {
    mydocker("run", "-itd", "--name", "shell", "sh").orThrow();
    try (Terminal terminal = sandbox.terminal("attach", "shell")) {
      terminal.type("echo he''re\r").await("here").type("\u0010\u0011");
      assertThat(terminal.exit()).isZero();
    }
    assertThat(inspect("shell", "{{.State.Running}}")).isEqualTo("true");
  }

  @Test
  void configJsonIsWhereTheTutorialsReadIt() throws IOException {
    String id =
        mydocker(
                "run",
                "-d",
                "--name",
                "bird",
                "-e",
                "A=b",
                "-v",
                "/tmp:/mnt",
                "busybox",
                "top",
                "-b")
            .orThrow()
            .stdout()
            .strip();
    JsonObject config = configOf("bird");
    assertThat(text(config, "pid")).isEqualTo(inspect("bird", "{{.State.Pid}}"));
    assertThat(text(config, "id")).isEqualTo(id);
    assertThat(text(config, "name")).isEqualTo("bird");
    assertThat(text(config, "command")).isEqualTo("top");
    assertThat(String.valueOf(config.get("fullCommand"))).isEqualTo("[\"top\",\"-b\"]");
    assertThat(text(config, "createdTime")).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
    assertThat(text(config, "status")).isEqualTo("running");
    assertThat(text(config, "imageURL")).isEqualTo("busybox");
    assertThat(String.valueOf(config.get("volumes"))).isEqualTo("[\"/tmp:/mnt\"]");
    assertThat(String.valueOf(config.get("envs"))).isEqualTo("[\"A=b\"]");
    Path byId = sandbox.root().resolve("containers").resolve(id).resolve("config.json");
    assertThat(Json.parseObject(Files.readAllBytes(byId), "it")).isEqualTo(config);
  }

  @Test
  void psListsContainersAndNoDeadOnesAsRunning() {
    mydocker("run", "-d", "--name", "bird", "top").orThrow();
    assertThat(mydocker("ps").stdout())
        .containsPattern("^ID +NAME +IMAGE +PID +STATUS +COMMAND +CREATED\n")
        .containsPattern("bird +busybox +\\d+ +Up .* +\"top\"");
    Command.of("kill", "-9", inspect("bird", "{{.State.Pid}}")).run().orThrow();
    mydocker("wait", "bird").orThrow();
    assertThat(mydocker("ps").stdout()).doesNotContain("bird");
    assertThat(mydocker("ps", "-a").stdout()).containsPattern("bird .* Exited \\(137\\)");
  }

  @Test
  void logsAndTheLogFile() throws IOException {
    String id = mydocker("run", "-d", "--name", "bird", "echo", "sung").orThrow().stdout().strip();
    mydocker("wait", "bird").orThrow();
    assertThat(mydocker("logs", "bird").stdout()).isEqualTo("sung\n");
    assertThat(
            Files.readString(
                sandbox.root().resolve("containers").resolve(id).resolve("container.log")))
        .matches("\\S+Z stdout F sung\n");
  }

  @Test
  void logIsTheListAloneAndTheOutputOfAContainer() {
    mydocker("run", "-d", "--name", "bird", "sh", "-c", "echo sung; sleep 60").orThrow();
    assertThat(mydocker("log").stdout()).startsWith("ID ").contains("bird");
    assertThat(mydocker("log", "bird").stdout()).isEqualTo("sung\n");
  }

  @Test
  void execEntersTheNamespacesAndKeepsQuotes() {
    String id = mydocker("run", "-d", "--name", "bird", "top").orThrow().stdout().strip();
    try (Terminal terminal = sandbox.terminal("exec", "-it", id, "sh")) {
      terminal.await("# ").type("cat /proc/1/comm; exit\r").await("\ntop");
      assertThat(terminal.exit()).isZero();
    }
    assertThat(mydocker("exec", "bird", "sh", "-c", "echo 'a  b' \"$0\"", "c  d").stdout())
        .isEqualTo("a  b c  d\n");
    mydocker("stop", "-t", "0", "bird").orThrow();
    Result dead = mydocker("exec", "bird", "sh", "-c", "echo on the host");
    assertThat(dead.exit()).isNotZero();
    assertThat(dead.stdout()).isEmpty();
  }

  @Test
  void stopAsksFirstAndIsRecorded() throws IOException {
    mydocker(
            "run",
            "-d",
            "--name",
            "bird",
            "sh",
            "-c",
            "trap 'echo bye; exit 0' TERM; echo on; while :; do sleep 0.1; done")
        .orThrow();
    sandbox.awaitOutput("bird", "on");
    mydocker("stop", "bird").orThrow();
    assertThat(mydocker("logs", "bird").stdout()).isEqualTo("on\nbye\n");
    assertThat(text(configOf("bird"), "status")).isEqualTo("stopped");
    assertThat(text(configOf("bird"), "pid")).isEmpty();
  }

  @Test
  void startRunsItAgainOnItsLayerWithItsEnvironment() {
    mydocker(
            "run",
            "-d",
            "--name",
            "bird",
            "-e",
            "HELLO=WORLD",
            "sh",
            "-c",
            "echo $HELLO >> /greeting; cat /greeting; sleep 60")
        .orThrow();
    mydocker("stop", "-t", "0", "bird").orThrow();
    mydocker("start", "bird").orThrow();
    assertThat(mydocker("exec", "bird", "cat", "/greeting").stdout()).isEqualTo("WORLD\nWORLD\n");
  }

  @Test
  void rmRemovesEverythingButVolumes() throws IOException {
    Path data = Files.createDirectories(sandbox.directory().resolve("rm-data"));
    Files.writeString(data.resolve("kept"), "kept");
    String id =
        mydocker("run", "-d", "--name", "bird", "-v", data + ":/data", "top")
            .orThrow()
            .stdout()
            .strip();
    List<Path> cgroups = cgroupsOf(Long.parseLong(inspect(id, "{{.State.Pid}}")));
    mydocker("stop", "-t", "0", id).orThrow();
    mydocker("rm", id).orThrow();
    assertThat(sandbox.root().resolve("containers").resolve(id)).doesNotExist();
    assertThat(sandbox.run().resolve("bird")).doesNotExist();
    assertThat(cgroups).allSatisfy(cgroup -> assertThat(cgroup).doesNotExist());
    assertThat(data.resolve("kept")).hasContent("kept");
  }

  @Test
  void commitMakesATarballOrAnImage() {
    mydocker("run", "-d", "--name", "bird", "sh", "-c", "echo egg > /nest; sleep 60").orThrow();
    Path tarball = sandbox.directory().resolve("image.tar");
    mydocker("commit", "bird", tarball.toString()).orThrow();
    Result list = Command.of("tar", "-tf", tarball.toString()).run().orThrow();
    assertThat(list.stdout().lines()).contains("nest", "bin/sh");
    mydocker("commit", "bird", "myimage").orThrow();
    assertThat(mydocker("run", "--rm", "myimage", "cat", "/nest").stdout()).isEqualTo("egg\n");
    // A layer of what changed, not a copy of everything.
    assertThat(inspect("myimage", "{{len .RootFS.Layers}}")).isEqualTo("2");
  }

  @Test
  void volumesAreHostDirectories() throws IOException {
    Path one = Files.createDirectories(sandbox.directory().resolve("one"));
    Path two = Files.createDirectories(sandbox.directory().resolve("two"));
    mydocker(
            "run",
            "--rm",
            "-v",
            one + ":/one",
            "-v",
            two + ":/a/two",
            "sh",
            "-c",
            "echo 1 > /one/file; echo 2 > /a/two/file")
        .orThrow();
    assertThat(one.resolve("file")).hasContent("1\n");
    assertThat(two.resolve("file")).hasContent("2\n");
  }

  @Test
  void environmentIsSeenByExecToo() {
    mydocker("run", "-d", "--name", "bird", "-e", "HELLO=WORLD", "-e", "AND=MORE", "top").orThrow();
    assertThat(mydocker("exec", "bird", "env").stdout().lines())
        .contains("HELLO=WORLD", "AND=MORE")
        .noneMatch(line -> line.startsWith("MYDOCKER_ROOT"));
  }

  @Test
  void aDirectoryOrAnArchiveAsRootFileSystem() throws IOException {
    mydocker("run", "--name", "bird", "busybox", "sh", "-c", "echo fs > /which").orThrow();
    Path archive = sandbox.directory().resolve("fs.tar");
    mydocker("export", "-o", archive.toString(), "bird").orThrow();
    Path directory = Files.createDirectories(sandbox.directory().resolve("fs"));
    Command.of("tar", "-xf", archive.toString(), "-C", directory.toString()).run().orThrow();
    for (Path image : List.of(directory, archive)) {
      assertThat(mydocker("run", "--rm", "-image", image.toString(), "cat", "/which").stdout())
          .isEqualTo("fs\n");
    }
    mydocker("run", "--rm", "-image", directory.toString(), "touch", "/new").orThrow();
    assertThat(directory.resolve("new")).doesNotExist();

    assertThat(mydocker("run", "--rm", "-image", "busybox", "echo", "by name").stdout())
        .isEqualTo("by name\n");

    // One tutorial types neither verb nor command.
    mydocker("-name", "sh-1", "-d", "-image", directory.toString()).orThrow();
    Terminal follow = sandbox.terminal("logs", "-f", "sh-1");
    try (follow) {
      follow.await("1 ").await(" 20");
    }
    mydocker("rm", "-f", "sh-1").orThrow();
  }

  @Test
  void anArchiveAsRootFileSystemIsNoImageInTheList() throws IOException {
    mydocker("run", "--name", "bird", "busybox", "sh", "-c", "echo 1 > /which").orThrow();
    Path archive = sandbox.directory().resolve("fs1.tar");
    mydocker("export", "-o", archive.toString(), "bird").orThrow();
    String images = mydocker("images", "-q").stdout();
    List<String> layers = names(sandbox.root().resolve("images/layers"));

    mydocker("run", "--name", "nest", "-image", archive.toString(), "true").orThrow();
    assertThat(mydocker("images", "-q").stdout()).isEqualTo(images);
    assertThat(mydocker("images", "-aq").stdout().lines().count())
        .isEqualTo(mydocker("images", "-q").stdout().lines().count() + 1);
    mydocker("start", "-a", "nest").orThrow();
    mydocker("rm", "nest").orThrow();
    assertThat(names(sandbox.root().resolve("images/layers"))).isSubsetOf(layers);
    assertThat(mydocker("images", "-aq").stdout()).isEqualTo(mydocker("images", "-q").stdout());

    // With --rm it is kept for the next time, and goes when another one comes.
    mydocker("run", "--rm", "-image", archive.toString(), "true").orThrow();
    Path other = Files.copy(archive, sandbox.directory().resolve("fs2.tar"));
    Files.write(other, new byte[512], StandardOpenOption.APPEND);
    mydocker("run", "--rm", "-image", other.toString(), "true").orThrow();
    assertThat(mydocker("images", "-aq").stdout().lines().count())
        .isEqualTo(mydocker("images", "-q").stdout().lines().count() + 1);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(path -> path.getFileName().toString()).toList();
    }
  }

  @Test
  void limitsHoldFromTheStart() throws IOException {
    String id =
        mydocker("run", "-d", "-m", "100m", "-cpushare", "512", "-cpuset", "0", "top")
            .orThrow()
            .stdout()
            .strip();
    List<Path> cgroups = cgroupsOf(Long.parseLong(inspect(id, "{{.State.Pid}}")));
    assertThat(valueOf(cgroups, "memory.limit_in_bytes", "memory.max"))
        .isEqualTo(Long.toString(100 << 20));
    assertThat(valueOf(cgroups, "cpu.shares", "cpu.weight")).isIn("512", "20", "59");
    assertThat(valueOf(cgroups, "cpuset.cpus", "cpuset.cpus")).isEqualTo("0");
    assertThat(inspect(id, "{{.HostConfig.Memory}} {{.HostConfig.CpuShares}}"))
        .isEqualTo("104857600 512");
    mydocker("rm", "-f", id).orThrow();
    assertThat(cgroups).allSatisfy(cgroup -> assertThat(cgroup).doesNotExist());
  }

  private static String valueOf(List<Path> cgroups, String v1, String v2) throws IOException {
    for (Path cgroup : cgroups) {
      for (String file : List.of(v1, v2)) {
        if (Files.exists(cgroup.resolve(file))) {
          return Files.readString(cgroup.resolve(file)).strip();
        }
      }
    }
    return "no " + v1;
  }

  @Test
  void argumentsAreNotSplitAtSpaces() {
    assertThat(mydocker("run", "--rm", "echo", "a  b", "c").stdout()).isEqualTo("a  b c\n");
  }

  @Test
  void eachContainerHasItsOwnLayerOverOneImage() {
    mydocker("run", "--name", "one", "sh", "-c", "echo 1 > /file; rm /bin/vi").orThrow();
    Result two = mydocker("run", "--rm", "sh", "-c", "ls /file; ls /bin/vi");
    assertThat(two.stdout()).isEqualTo("/bin/vi\n");
  }

  @Test
  void whoeverKillsItsMountsAndCgroupsGo() throws Exception {
    String id = mydocker("run", "-d", "-m", "64m", "top").orThrow().stdout().strip();
    long pid = Long.parseLong(inspect(id, "{{.State.Pid}}"));
    List<Path> cgroups = cgroupsOf(pid);
    Command.of("kill", "-9", Long.toString(pid)).run().orThrow();
    eventually(() -> cgroups.stream().noneMatch(Files::exists));
    eventually(() -> !Files.exists(sandbox.run().resolve(".engine").resolve(id)));
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(id);
  }

  @Test
  void anyCommandAndEveryArgumentIsChecked() {
    assertThat(mydocker("run", "--rm", "busybox", "uname").stdout()).isEqualTo("Linux\n");
    Result none = mydocker("run");
    assertThat(none.exit()).isEqualTo(1);
    assertThat(none.stderr()).contains("requires at least 1 argument");
    Result flag = mydocker("run", "--nosuch", "top");
    assertThat(flag.exit()).isEqualTo(125);
    assertThat(flag.stderr()).contains("unknown flag: --nosuch");
    assertThat(mydocker("rnu", "top").stderr()).contains("did you mean run?");
    assertThat(mydocker("ps", "-aq").stdout()).isEmpty();
  }
}
