package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonNumber;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that no other class is about. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsIT {
  private final Sandbox sandbox;

  CommandsIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeAll
  void theImageIsHere() {
    run("run", "--rm", "busybox", "true").orThrow();
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private String inspect(String name, String format) {
    return run("inspect", "-f", format, name).orThrow().stdout().strip();
  }

  @Test
  void restartStopsAndStartsWithTheFilesKept() {
    String script =
        "trap 'echo stopped; exit' TERM; echo on >> /f; cat /f; while :; do sleep 1; done";
    run("run", "-d", "--init", "--name", "again", "busybox", "sh", "-c", script).orThrow();
    sandbox.awaitOutput("again", "on");
    assertThat(run("exec", "again", "cat", "/proc/1/comm").stdout()).isEqualTo("mydocker-init\n");
    assertThat(run("exec", "again", "ps").stdout()).contains("mydocker-init\n");
    String pid = inspect("again", "{{.State.Pid}}");
    Result restart = run("restart", "-t", "1", "again");
    assertThat(restart.stdout()).isEqualTo("again\n");
    assertThat(inspect("again", "{{.State.Status}}")).isEqualTo("running");
    assertThat(inspect("again", "{{.State.Pid}}")).isNotEqualTo(pid);
    assertThat(run("exec", "again", "cat", "/f").stdout()).startsWith("on\n");

    run("kill", "again").orThrow();
    run("wait", "again").orThrow();
    run("restart", "again").orThrow();
    assertThat(inspect("again", "{{.State.Running}}")).isEqualTo("true");
    run("rm", "-f", "again").orThrow();
    Result unknown = run("restart", "nosuch");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.stderr()).isEqualTo("mydocker: No such container: nosuch\n");
  }

  @Test
  void restartOfAContainerThatItsEndRemovesIsRefused() {
    run("run", "-d", "--rm", "--name", "once", "busybox", "sleep", "60").orThrow();
    Result result = run("restart", "once");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).hasLineCount(1).contains("--rm");
    assertThat(inspect("once", "{{.State.Running}}")).isEqualTo("true");
    run("rm", "-f", "once").orThrow();
  }

  @Test
  void infoCountsAndTellsOfTheMachine() throws IOException {
    run("create", "--name", "counted", "busybox", "true").orThrow();
    String counts = run("info", "-f", "{{.Containers}} {{.ContainersStopped}}").stdout();
    run("rm", "counted").orThrow();
    assertThat(counts).isEqualTo("1 1\n");
    assertThat(Json.parseObject(bytes(run("info", "-f", "json")), "info").get("Images"))
        .isEqualTo(JsonNumber.of(run("images", "-q").stdout().lines().count()));
    assertThat(run("info", "-f", "{{.DockerRootDir}} {{.NCPU}}").stdout())
        .isEqualTo(sandbox.root() + " " + Runtime.getRuntime().availableProcessors() + "\n");
    assertThat(run("system", "info").stdout())
        .contains("Root Dir: " + sandbox.root())
        .contains(
            "Kernel Version: "
                + Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip()
                + "\n");
  }

  private static byte[] bytes(Result result) {
    return result.orThrow().stdout().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void versionIsOneForClientAndServer() {
    JsonObject version = Json.parseObject(bytes(run("version", "-f", "json")), "version");
    assertThat(version.get("Client")).isNotNull().isEqualTo(version.get("Server"));
    String number = run("version", "-f", "{{.Server.Version}}").stdout().strip();
    assertThat(number).matches("[0-9]+\\.[0-9]+.*");
    assertThat(run("version").stdout()).startsWith("mydocker version " + number + "\n");
    assertThat(run("--version").stdout()).contains(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ru|run", "run --me|--memory", "stop st|streak", "run --network h|host"})
  void bashCompletesWhatIsTyped(String typedAndExpected) throws IOException {
    String[] parts = typedAndExpected.split("\\|");
    run("run", "-d", "--name", "streak", "busybox", "sleep", "60").orThrow();
    Path script = sandbox.directory().resolve("completion.bash");
    Files.writeString(script, run("completion", "bash").orThrow().stdout());
    String bash =
        """
        mydocker() { "$MYDOCKER" "$@"; }
        . %s
        COMP_LINE='mydocker %s' COMP_POINT=${#COMP_LINE}
        COMP_WORDS=(mydocker %s) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        read -ra spec <<<"$(complete -p mydocker)"
        for i in "${!spec[@]}"; do [ "${spec[i]}" = -F ] && function=${spec[i + 1]}; done
        $function mydocker "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
        printf '%%s\\n' "${COMPREPLY[@]}"
        """
            .formatted(script, parts[0], parts[0]);
    Result result =
        Command.of("bash", "-c", bash)
            .environment(sandbox.environment())
            .environment("MYDOCKER", Checkout.directory() + "/mydocker")
            .run();
    run("rm", "-f", "streak").orThrow();
    assertThat(result.stdout().lines().map(String::strip)).as(result.stderr()).contains(parts[1]);
  }

  @Test
  void completionIsForThreeShells() {
    for (String shell : List.of("zsh", "fish")) {
      assertThat(run("completion", shell).orThrow().stdout()).contains("mydocker").contains("run");
    }
    Result unknown = run("completion", "tcsh");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.stderr()).hasLineCount(1).contains("tcsh");
  }

  @Test
  void anImageIsImportedFromStandardInput() throws IOException {
    run("run", "--name", "source", "busybox", "sh", "-c", "echo here > /which").orThrow();
    Path archive = sandbox.directory().resolve("fs.tar");
    run("export", "-o", archive.toString(), "source").orThrow();
    run("rm", "source").orThrow();
    String mydocker = Checkout.directory() + "/mydocker";
    Result result =
        Command.of(
                "sh",
                "-c",
                "gzip < \"$1\" | \"$2\" import -c 'CMD [\"cat\", \"/which\"]'"
                    + " -c 'HEALTHCHECK --interval=5s CMD true' - piped:1",
                "sh",
                archive.toString(),
                mydocker)
            .environment(sandbox.environment())
            .run()
            .orThrow();
    assertThat(result.stdout()).matches("sha256:[0-9a-f]{64}\n");
    assertThat(run("run", "--rm", "piped:1").stdout()).isEqualTo("here\n");
    assertThat(inspect("piped:1", "{{json .Config.Healthcheck}}"))
        .isEqualTo("{\"Test\":[\"CMD-SHELL\",\"true\"],\"Interval\":5000000000}");
    run("rmi", "piped:1").orThrow();
    Result none = sandbox.mydocker("import", "-", "none").input("no archive").run();
    assertThat(none.exit()).isEqualTo(1);
    assertThat(none.stderr()).hasLineCount(1).contains("no tar archive");
    assertThat(run("images", "-q").stdout()).hasLineCount(1);
  }

  @Test
  void theOciConfigurationHasTheDefaultSeccompProfile() {
    run("create", "--name", "fresh", "busybox", "true").orThrow();
    Result early = run("inspect", "--type", "oci", "fresh");
    assertThat(early.exit()).isEqualTo(1);
    assertThat(early.stderr()).hasLineCount(1).contains("first start");
    run("start", "-a", "fresh").orThrow();
    String format = "{{.linux.seccomp.defaultAction}} {{len .linux.seccomp.syscalls}}";
    String profile = run("inspect", "--type", "oci", "-f", format, "fresh").orThrow().stdout();
    run("rm", "fresh").orThrow();
    assertThat(profile).matches("SCMP_ACT_ERRNO [0-9]+\n");
    run("run", "--name", "open", "--security-opt", "seccomp=unconfined", "busybox").orThrow();
    assertThat(run("inspect", "--type", "oci", "open").stdout()).doesNotContain("seccomp");
    run("rm", "open").orThrow();
  }
}
