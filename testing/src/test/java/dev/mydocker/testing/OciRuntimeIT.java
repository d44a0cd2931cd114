package dev.mydocker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Programs;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import dev.mydocker.testkit.Terminal;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of containers by {@code mydocker-oci}, as a shim sees it. */
@Requires({Need.ROOT, Need.BUSYBOX})
@ExtendWith(SandboxExtension.class)
class OciRuntimeIT {
  private static final String ID = "box";

  private Sandbox sandbox;
  private final List<OciBundle> bundles = new ArrayList<>();

  @BeforeEach
  void take(Sandbox taken) {
    sandbox = taken;
  }

  @AfterEach
  void cleanUp() {
    for (OciBundle bundle : bundles) {
      bundle.run("delete", "--force", ID);
    }
  }

  private OciBundle bundle(String line) throws IOException {
    OciBundle bundle = new OciBundle(sandbox, line);
    bundles.add(bundle);
    return bundle;
  }

  private void assertNothingIsLeft() throws IOException {
    Path root = OciBundle.root(sandbox);
    if (Files.exists(root)) {
      assertThat(root).isEmptyDirectory();
    }
  }

  private static long pidIn(Path file) throws IOException {
    return Long.parseLong(Files.readString(file, UTF_8));
  }

  @Test
  void aContainerIsCreatedStartedKilledAndDeleted() throws IOException {
    OciBundle bundle = bundle("exec sleep 100").write();
    Path pidFile = bundle.directory().resolve("pid");

    bundle.run("create", "--pid-file", pidFile.toString(), ID).orThrow();
    long pid = pidIn(pidFile);
    assertThat(bundle.status(ID)).isEqualTo("created");
    assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).toString())
        .as("what waits for the start is no JVM")
        .contains("memfd:mydocker-helper");

    bundle.run("start", ID).orThrow();
    assertThat(bundle.status(ID)).isEqualTo("running");
    assertThat(Files.readString(Path.of("/proc/" + pid + "/cmdline"), UTF_8))
        .isEqualTo("sleep\000100\000");
    assertThat(bundle.run("start", ID).stderr())
        .contains("cannot start an already running container");

    assertThat(bundle.run("delete", ID).stderr()).contains("that is not stopped: running");
    bundle.run("kill", ID, "KILL").orThrow();
    bundle.await(ID, "stopped");
    assertThat(bundle.run("kill", ID, "KILL").stderr()).contains("container not running");
    assertThat(bundle.run("start", ID).stderr()).contains("a container that has stopped");
    bundle.run("delete", ID).orThrow();

    assertNothingIsLeft();
    assertThat(bundle.run("state", ID).stderr()).contains("container does not exist");
  }

  @Test
  void theStateIsTheSpecificationsAndHasRuncsMembers() throws IOException {
    OciBundle bundle = bundle("exec sleep 100").with("annotations", "{\"a\": \"b\"}").write();
    bundle.run("create", ID).orThrow();

    JsonObject state =
        Json.parseObject(bundle.run("state", ID).orThrow().stdout().getBytes(UTF_8), "state");

    assertThat(state.get("id")).isEqualTo(new JsonString(ID));
    assertThat(state.get("status")).isEqualTo(new JsonString("created"));
    assertThat(state.get("bundle")).isEqualTo(new JsonString(bundle.directory().toString()));
    assertThat(state.get("rootfs")).isEqualTo(new JsonString(bundle.rootfs().toString()));
    assertThat(state.members())
        .containsKeys("ociVersion", "pid", "created", "owner", "annotations");
    assertThat(bundle.run("list", "-q").stdout()).isEqualTo(ID + "\n");
    assertThat(bundle.run("list", "--format", "json").stdout())
        .startsWith("[{\"ociVersion\":")
        .contains("\"id\":\"" + ID + "\"");
  }

  @Test
  void theCommandsStreamsAndExitCodeAreTheCallers() throws IOException {
    OciBundle bundle = bundle("cat; echo wrong >&2; exit 7").write();

    Command.Result result = bundle.command("run", ID).input("typed\n").run();

    assertThat(result.exit()).isEqualTo(7);
    assertThat(result.stdout()).isEqualTo("typed\n");
    assertThat(result.stderr()).isEqualTo("wrong\n");
    assertNothingIsLeft();
  }

  @Test
  void aProcessThatASignalEndsHasAShellsExitCode() throws IOException {
    OciBundle bundle = bundle("kill -9 $$").namespaces("mount").write();

    assertThat(bundle.run("run", ID).exit()).isEqualTo(137);
    assertNothingIsLeft();
  }

  @Test
  void aSignalToARunInTheForegroundReachesTheContainer() throws Exception {
    OciBundle bundle =
        bundle("trap 'echo caught; exit 5' TERM; echo ready; while :; do sleep 1 & wait; done")
            .write();
    Process run = bundle.command("run", ID).start();
    byte[] ready = run.getInputStream().readNBytes("ready\n".length());
    assertThat(new String(ready, UTF_8)).isEqualTo("ready\n");

    run.toHandle().destroy();

    assertThat(run.waitFor()).isEqualTo(5);
    assertThat(new String(run.getInputStream().readAllBytes(), UTF_8)).isEqualTo("caught\n");
    assertNothingIsLeft();
  }

  @Test
  void whatCannotBeExecutedAfterAllFailsARunInTheForeground() throws IOException {
    OciBundle bundle = bundle("").args("/bin/script").write();
    Programs.script(bundle.rootfs().resolve("bin/script"), "#!/bin/nosuch\n");

    Command.Result result = bundle.run("run", ID);

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .isEqualTo("mydocker-oci: exec \"/bin/script\": no such file or directory\n");
    assertNothingIsLeft();
  }

  @Test
  void hooksAroundTheStartAndTheEndAreRun() throws IOException {
    OciBundle bundle = bundle("exec sleep 100");
    Path seen = bundle.directory().resolve("seen");
    String hook =
        "[{\"path\": \"/bin/sh\", \"args\": [\"sh\", \"-c\", \"echo %s >>" + seen + "\"]}]";
    bundle
        .with(
            "hooks",
            "{\"poststart\": "
                + hook.replace("%s", "started")
                + ", \"poststop\": "
                + hook.replace("%s", "stopped")
                + "}")
        .write();

    bundle.run("create", ID).orThrow();
    assertThat(seen).doesNotExist();
    bundle.run("start", ID).orThrow();
    assertThat(seen).hasContent("started");
    bundle.run("delete", "--force", ID).orThrow();
    assertThat(seen).hasContent("started\nstopped");
    Files.delete(seen);
    bundle.args("true").write();
    assertThat(bundle.run("run", ID).exit()).isZero();
    assertThat(seen).as("also by what waits in the foreground").hasContent("started\nstopped");
    assertNothingIsLeft();
  }

  @Test
  void nothingOfOursIsAboveARunningContainer() throws Exception {
    OciBundle bundle = bundle("exec sleep 100").write();
    Path pidFile = bundle.directory().resolve("pid");

    bundle.run("run", "--detach", "--pid-file", pidFile.toString(), ID).orThrow();

    String stat = Files.readString(Path.of("/proc/" + pidIn(pidFile) + "/stat"), UTF_8);
    String parent = stat.substring(stat.lastIndexOf(')') + 4).split(" ")[0];
    assertThat(Files.readString(Path.of("/proc/" + parent + "/cmdline"), UTF_8))
        .doesNotContain("mydocker-monitor")
        .doesNotContain("dev.mydocker.cli.oci.Main");
  }

  @ParameterizedTest
  @CsvSource({
    "nosuch, exec \"nosuch\": executable file not found in $PATH",
    "/bin/nosuch, exec \"/bin/nosuch\": no such file or directory",
    "/etc, exec \"/etc\": permission denied",
    "/etc/plain, exec \"/etc/plain\": permission denied",
  })
  void aCommandThatCannotBeExecutedFailsCreateAlready(String command, String why)
      throws IOException {
    OciBundle bundle = bundle("").args(command).write();
    Files.writeString(bundle.rootfs().resolve("etc/plain"), "no program", UTF_8);
    Path log = bundle.directory().resolve("log.json");

    Command.Result result =
        bundle.run("--log", log.toString(), "--log-format", "json", "create", ID);

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains(why).hasLineCount(1);
    assertThat(Files.readString(log, UTF_8))
        .startsWith("{\"level\":\"error\",\"msg\":\"")
        .contains(why.replace("\"", "\\\""))
        .contains("\"time\":\"")
        .hasLineCount(1);
    assertNothingIsLeft();
  }

  @Test
  void whatCannotBeExecutedAfterAllFailsStart() throws IOException {
    OciBundle bundle = bundle("").args("/bin/script").write();
    Programs.script(bundle.rootfs().resolve("bin/script"), "#!/bin/nosuch\n");

    bundle.run("create", ID).orThrow();
    Command.Result started = bundle.run("start", ID);

    assertThat(started.exit()).isEqualTo(1);
    assertThat(started.stderr()).contains("exec \"/bin/script\": no such file or directory");
    bundle.await(ID, "stopped");
  }

  @Test
  void execRunsAnotherProcessInside() throws IOException {
    OciBundle bundle = bundle("exec sleep 100").write();
    bundle.run("run", "-d", ID).orThrow();

    Command.Result result =
        bundle
            .command(
                "exec",
                "--env",
                "A=b",
                "--cwd",
                "/tmp",
                ID,
                "sh",
                "-c",
                "cat; echo $A $PWD; ps; exit 3")
            .input("in\n")
            .run();

    assertThat(result.exit()).isEqualTo(3);
    assertThat(result.stdout()).startsWith("in\nb /tmp\n").contains("1 0        sleep 100");
    assertThat(bundle.run("exec", "-e", "PATH=/bin:/x", ID, "sh", "-c", "echo $PATH").stdout())
        .as("a variable that the container has already")
        .isEqualTo("/bin:/x\n");
    assertThat(bundle.run("exec", "--user", "7:8", ID, "id").stdout()).contains("uid=7 gid=8");
    assertThat(bundle.run("exec", ID, "nosuch").exit()).isEqualTo(255);
    assertThat(bundle.run("exec", ID, "nosuch").stderr())
        .contains("executable file not found in $PATH");
  }

  @Test
  void execTakesAProcessFromAFileAndDetaches() throws IOException {
    OciBundle bundle = bundle("exec sleep 100").write();
    bundle.run("run", "-d", ID).orThrow();
    Path process = bundle.directory().resolve("process.json");
    Path pidFile = bundle.directory().resolve("exec.pid");
    Files.writeString(
        process,
        "{\"args\": [\"sleep\", \"55\"], \"cwd\": \"/\", \"env\": [\"PATH=/bin\"]}",
        UTF_8);

    bundle
        .run(
            "exec",
            "--process",
            process.toString(),
            "--detach",
            "--pid-file",
            pidFile.toString(),
            ID)
        .orThrow();

    long pid = pidIn(pidFile);
    assertThat(Files.readString(Path.of("/proc/" + pid + "/cmdline"), UTF_8))
        .isEqualTo("sleep\00055\000");
    assertThat(bundle.run("ps", "--format", "json", ID).stdout()).contains(Long.toString(pid));
    bundle.run("kill", "--all", ID, "KILL").orThrow();
    bundle.await(ID, "stopped");
  }

  @Test
  void noDescriptorOfTheCallersIsInsideButThoseThatAreAskedFor() throws IOException {
    OciBundle bundle = bundle("ls /proc/self/fd; cat <&4").write();
    Path passed = bundle.directory().resolve("passed");
    Files.writeString(passed, "passed\n", UTF_8);
    String line =
        "exec 3</dev/null 4<"
            + passed
            + " 5</dev/null; exec "
            + String.join(" ", bundle.command("run", "--preserve-fds", "2", ID).line());

    Command.Result result = Command.of("sh", "-c", line).directory(bundle.directory()).run();

    // The last one is ls's own, of the directory.
    assertThat(result.stdout()).isEqualTo("0\n1\n2\n3\n4\n5\npassed\n");

    Command.Result tooMany =
        Command.of("sh", "-c", line.replace("--preserve-fds 2", "--preserve-fds 4"))
            .directory(bundle.directory())
            .run();
    assertThat(tooMany.stderr()).contains("descriptor 6: it is not open");
    assertThat(tooMany.exit()).isNotZero();
    assertNothingIsLeft();
  }

  @Test
  void aTerminalGoesToTheConsoleSocket() throws Exception {
    OciBundle bundle = bundle("tty; exec sleep 100").process("terminal", "true").write();
    Path socket = bundle.directory().resolve("console");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));

      bundle.run("create", "--console-socket", socket.toString(), ID).orThrow();

      try (SocketChannel connection = server.accept()) {
        ByteBuffer name = ByteBuffer.allocate(64);
        connection.read(name);
        assertThat(new String(name.array(), 0, name.position(), UTF_8)).startsWith("/dev/");
      }
    }
    assertThat(bundle.run("create", "other").stderr())
        .contains("cannot allocate tty")
        .contains("without setting console socket");
  }

  @Test
  void aTerminalInTheForegroundIsCopied() throws IOException {
    OciBundle bundle = bundle("stty size; read a; echo got $a; exit 4").process("terminal", "true");
    Files.createSymbolicLink(bundle.rootfs().resolve("bin/stty"), Path.of("busybox"));
    bundle.write();

    try (Terminal terminal =
        bundle.terminal("run", "--bundle", bundle.directory().toString(), ID)) {
      terminal.await("24 80").type("word\r").await("got word");
      assertThat(terminal.exit()).isEqualTo(4);
    }
    assertNothingIsLeft();
  }

  @Test
  void pausedProcessesStandStillUntilTheyAreResumed() throws IOException {
    OciBundle bundle = bundle("exec sleep 100").write();
    bundle.run("run", "-d", ID).orThrow();

    bundle.run("pause", ID).orThrow();
    assertThat(bundle.status(ID)).isEqualTo("paused");
    assertThat(bundle.run("exec", ID, "true").stderr()).contains("paused");
    bundle.run("resume", ID).orThrow();
    assertThat(bundle.status(ID)).isEqualTo("running");
    assertThat(bundle.run("resume", ID).stderr()).contains("not paused");
    bundle.run("pause", ID).orThrow();
    bundle.run("delete", "--force", ID).orThrow();
    assertNothingIsLeft();
  }

  @Test
  void limitsAreChangedByOptionsAndByAFile() throws IOException {
    OciBundle bundle = bundle("exec sleep 100").write();
    bundle.run("run", "-d", ID).orThrow();

    bundle.run("update", "--pids-limit", "33", ID).orThrow();
    assertThat(bundle.run("events", "--stats", ID).stdout())
        .contains("\"type\":\"stats\"")
        .contains("\"limit\":33");
    bundle
        .command("update", "--resources=-", ID)
        .input("{\"pids\": {\"limit\": 44}}")
        .run()
        .orThrow();
    assertThat(bundle.run("events", "--stats", ID).stdout()).contains("\"limit\":44");
  }

  @Test
  void twoCreatesOfOneIdMakeOneContainer() throws Exception {
    OciBundle bundle = bundle("exec sleep 100").write();

    Process first = bundle.command("create", ID).start();
    Process second = bundle.command("create", ID).start();

    assertThat(List.of(first.waitFor(), second.waitFor())).containsExactlyInAnyOrder(0, 1);
    assertThat(bundle.status(ID)).isEqualTo("created");
  }

  @Test
  void aContainerThatIsNotThereIsDeletedByForceOnly() throws IOException {
    OciBundle bundle = bundle("").write();

    assertThat(bundle.run("delete", ID).exit()).isEqualTo(1);
    assertThat(bundle.run("delete", "--force", ID).exit()).isZero();
    for (String command : List.of("state", "start", "kill", "pause", "resume", "ps", "update")) {
      Command.Result result = bundle.run(command, ID);
      assertThat(result.exit()).as(command).isEqualTo(1);
      assertThat(result.stderr()).as(command).contains("container does not exist").hasLineCount(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", ".", "..", "a/b", "", "a b", "@long"})
  void anIdThatIsNoNameOfADirectoryIsRefused(String typed) throws IOException {
    OciBundle bundle = bundle("true").write();
    String id = typed.equals("@long") ? "x".repeat(1024) : typed;

    Command.Result result = bundle.run("create", id);

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("invalid id format").hasLineCount(1);
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"ociVersion\": 1}",
        "{\"ociVersion\": \"1.0.2\"}",
        "{\"ociVersion\": \"1.0.2\", \"process\": {\"args\": \"sh\"}}",
        "{\"ociVersion\": \"7.0.0\", \"process\": {\"args\": [\"sh\"], \"cwd\": \"/\"},"
            + " \"root\": {\"path\": \"rootfs\"}, \"linux\": {}}",
        "{\"ociVersion\": \"1.0.2\", \"process\": {\"args\": [\"sh\"], \"cwd\": \"/\"},"
            + " \"root\": {\"path\": \"missing\"}, \"linux\": {}}",
        "{\"ociVersion\": \"1.0.2\", \"process\": {\"args\": [], \"cwd\": \"/\"},"
            + " \"root\": {\"path\": \"rootfs\"}, \"linux\": {}}",
      })
  void aConfigurationThatIsNoneIsRefusedInOneLine(String json) throws IOException {
    OciBundle bundle = bundle("").write(json);

    Command.Result result = bundle.run("create", ID);

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).startsWith("mydocker-oci: ").hasLineCount(1);
    assertNothingIsLeft();
  }

  @Test
  void aMissingBundleIsToldByItsPath() throws IOException {
    OciBundle bundle = bundle("").write();

    assertThat(bundle.run("create", "--bundle", "/nosuch/bundle", ID).stderr())
        .contains("/nosuch/bundle/config.json: no such file or directory");
  }

  @Test
  void lettersOutsideAsciiAndOptionsOfJavaGetThroughUnharmed() throws IOException {
    OciBundle bundle = bundle("echo héé $A").process("env", "[\"PATH=/bin\", \"A=ü\"]").write();

    Command.Result result =
        bundle
            .command("run", ID)
            .emptyEnvironment()
            .environment("PATH", "/usr/bin:/bin")
            .environment("LANG", "C")
            .environment("JAVA_TOOL_OPTIONS", "-Xmx1m")
            .run();

    assertThat(result.stdout()).isEqualTo("héé ü\n");
    assertThat(result.exit()).isZero();
  }

  @Test
  void featuresAndAnExampleAreJson() throws IOException {
    OciBundle bundle = bundle("");

    JsonObject features =
        Json.parseObject(bundle.run("features").orThrow().stdout().getBytes(UTF_8), "features");
    bundle.run("spec").orThrow();

    assertThat(features.members()).containsKeys("ociVersionMin", "ociVersionMax", "linux");
    assertThat(bundle.run("spec").stderr()).contains("file config.json exists");
    Files.delete(bundle.directory().resolve("config.json"));
    bundle.run("spec", "--bundle", bundle.directory().toString()).orThrow();
    String example =
        Files.readString(bundle.directory().resolve("config.json"), UTF_8)
            .replace("\"terminal\": true", "\"terminal\": false")
            .replace("\"sh\"", "\"sh\", \"-c\", \"echo works\"");
    bundle.write(example);
    assertThat(bundle.run("run", ID).stdout()).isEqualTo("works\n");
  }
}
