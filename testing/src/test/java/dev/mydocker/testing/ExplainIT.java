package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonBoolean;
import dev.mydocker.oci.json.JsonNull;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code --explain} tells of what is done. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@Tag(GuestTests.TAG)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplainIT {
  private final Sandbox sandbox;

  ExplainIT(Sandbox sandbox) {
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

  private static List<JsonObject> steps(String json) {
    return ((JsonArray) Json.parse(json, "the steps"))
        .elements().stream().map(step -> (JsonObject) step).toList();
  }

  private static String text(JsonObject step, String name) {
    return step.get(name) instanceof JsonString string ? string.value() : "";
  }

  private static JsonObject step(List<JsonObject> steps, String what) {
    return steps.stream()
        .filter(step -> text(step, "what").startsWith(what))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no step: " + what));
  }

  @Test
  void theContainerRunsAsItDoesWithout() {
    Result result =
        run("run", "--rm", "--explain", "busybox", "sh", "-c", "echo out; echo err >&2; exit 7");
    assertThat(result.exit()).isEqualTo(7);
    assertThat(result.stdout()).isEqualTo("out\n");
    assertThat(result.stderr()).endsWith("err\n");
  }

  @Test
  void whatIsDoneIsDoneToItsEndWhenNobodyCanBeTold() {
    List<String> line = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 2>/dev/full", "sh"));
    line.addAll(
        sandbox
            .mydocker("run", "--rm", "--explain", "busybox", "sh", "-c", "echo out; exit 7")
            .line());
    Result result = new Command(line).environment(sandbox.environment()).run();
    assertThat(result.stdout()).isEqualTo("out\n");
    assertThat(result.exit()).isEqualTo(7);
    assertThat(run("ps", "-aq").stdout()).isEmpty();
  }

  @Test
  void stepsComeInTheirOrderWithReasonsCallsAndResults() {
    String steps = run("run", "--rm", "--explain", "-m", "64m", "busybox", "true").stderr();
    assertThat(steps)
        .containsSubsequence(
            "make the container's cgroup",
            "set the memory limit",
            "\"67108864\", 8) = 8",
            "make the root file system, an overlay",
            "\"upperdir\"",
            "CLONE_NEWPID|CLONE_NEWNS",
            "mount proc on /proc",
            "shows the container's own PID namespace only",
            "fsopen(\"proc\"",
            "pivot_root(\".\", \".\") = 0",
            "load the system call filter",
            " instructions}) = 0",
            "drop capabilities from the bounding set",
            "CAP_SYS_ADMIN",
            "execute true",
            "execve(");
    // On v2 init is born there.
    assertThat(steps).containsAnyOf("join the container's cgroup", "CLONE_INTO_CGROUP");
    assertThat(steps).doesNotContain("\u001b").doesNotContain("✗");
  }

  @Test
  void jsonHasTheFieldsThatToolsWant() {
    Result result =
        run("run", "-d", "--explain", "--format", "json", "busybox", "sleep", "600").orThrow();
    List<JsonObject> steps = steps(result.stderr());
    for (int i = 0; i < steps.size(); i++) {
      JsonObject step = steps.get(i);
      assertThat(Objects.requireNonNull(step.get("number"))).hasToString(Integer.toString(i + 1));
      for (String name : List.of("group", "what", "why", "call")) {
        assertThat(text(step, name)).as(name).isNotEmpty();
      }
      assertThat(step.get("failed")).isEqualTo(JsonBoolean.of(false));
      assertThat(step.get("result")).isNotNull();
      assertThat(step.get("nanos")).isNotNull();
    }
    JsonObject filter = step(steps, "load the system call filter");
    assertThat(text(filter, "group")).isEqualTo("security");
    assertThat(text(filter, "by")).isEqualTo("init");
    assertThat(text(filter, "result")).isEqualTo("0");
    assertThat(nanos(filter)).isPositive();
    assertThat(run("ps", "-q", "--no-trunc").stdout()).isEqualTo(result.stdout());
  }

  private static long nanos(JsonObject step) {
    return Long.parseLong(String.valueOf(step.get("nanos")));
  }

  @Test
  void theStepThatFailedIsShownWithItsCause() {
    Result result = run("run", "--rm", "--explain", "--format", "json", "busybox", "nosuch");
    assertThat(result.exit()).isEqualTo(127);
    int end = result.stderr().lastIndexOf("]") + 1;
    assertThat(result.stderr().substring(end)).contains("exec \"nosuch\"");
    JsonObject failed = failed(result.stderr().substring(0, end));
    assertThat(text(failed, "what")).isEqualTo("execute nosuch");
    assertThat(text(failed, "call")).startsWith("execve(");
    assertThat(text(failed, "result")).isEqualTo("ENOENT: no such file or directory");
  }

  @Test
  void aMountThatFailsIsShownWithItsCause() {
    Result result =
        run("run", "--rm", "--explain", "-v", "/nosuch:/x/", "--privileged", "busybox", "true");
    assertThat(result.exit()).isNotZero();
    Result into = run("run", "--rm", "--explain", "-v", "/tmp:/etc/passwd/x", "busybox", "true");
    assertThat(into.exit()).isEqualTo(125);
    assertThat(into.stderr()).containsSubsequence("✗", "/etc/passwd/x", "ENOTDIR", "mydocker: ");
  }

  private static JsonObject failed(String json) {
    List<JsonObject> failed =
        steps(json).stream()
            .filter(step -> JsonBoolean.of(true).equals(step.get("failed")))
            .toList();
    assertThat(failed).hasSize(1);
    return failed.get(0);
  }

  @Test
  void execAndStopAreExplained() {
    run("run", "-d", "--name", sandbox.prefix() + "e", "busybox", "sleep", "600").orThrow();
    String name = sandbox.prefix() + "e";
    Result exec = run("exec", "--explain", name, "echo", "inside").orThrow();
    assertThat(exec.stdout()).isEqualTo("inside\n");
    assertThat(exec.stderr())
        .containsSubsequence("enter the container's namespaces", "setns(", "execve(");
    Result stop = run("stop", "-t", "0", "--explain", name).orThrow();
    assertThat(stop.stdout()).isEqualTo(name + "\n");
    assertThat(stop.stderr())
        .containsSubsequence(
            "send SIGTERM",
            "wait for its end",
            "by monitor",
            "remove the cgroups",
            "remove_cgroup(",
            " = 0");
    assertThat(run("ps", "-q").stdout()).isEmpty();
  }

  @Test
  void aDryRunTellsWhatARunDoesAndLeavesNothing() throws IOException {
    String[] line = {"-m", "64m", "-u", "nobody", "-v", "/tmp:/mnt:ro", "busybox", "true"};
    List<String> before = files();
    Result dry = run(with(line, "run", "--rm", "--dry-run", "--format", "json"));
    assertThat(dry.stderr()).isEmpty();
    assertThat(dry.exit()).isZero();
    assertThat(files()).isEqualTo(before);
    List<String> told = whats(dry.stdout());
    for (JsonObject step : steps(dry.stdout())) {
      assertThat(step.get("result")).isEqualTo(JsonNull.NULL);
      assertThat(step.get("nanos")).isEqualTo(JsonNull.NULL);
    }
    List<String> done =
        new ArrayList<>(
            whats(run(with(line, "run", "--rm", "--explain", "--format", "json")).stderr()));
    done.remove("report how it went");
    assertThat(told).isEqualTo(done);
  }

  private static String[] with(String[] line, String... before) {
    List<String> words = new ArrayList<>(List.of(before));
    words.addAll(List.of(line));
    return words.toArray(new String[0]);
  }

  private static List<String> whats(String json) {
    return steps(json).stream()
        .map(step -> text(step, "what").replaceAll("[0-9a-f]{12,}", "ID"))
        .toList();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(sandbox.root())) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  @Test
  void aDryRunFailsAsARunWould() {
    Result missing = run("run", "--dry-run", "-v", "/nosuch/x:/x:ro", "--rm", "nosuch", "true");
    assertThat(missing.exit()).isEqualTo(125);
    assertThat(missing.stderr()).startsWith("mydocker: find image nosuch");
    Result user = run("run", "--dry-run", "-u", "nosuch", "busybox", "true");
    assertThat(user.exit()).isEqualTo(125);
    assertThat(user.stderr()).contains("nosuch");
    assertThat(run("ps", "-aq").stdout()).isEmpty();
  }

  @Test
  void aDryRunTakesNoPrivileges() throws IOException {
    Path root = Files.createTempDirectory("mydocker-dry-");
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path rootfs = Files.createDirectory(root.resolve("rootfs"));
    // No privilege but to read this checkout, wherever it is.
    String read = "-all,+dac_read_search";
    List<String> line = new ArrayList<>(List.of("setpriv", "--reuid", "65534", "--clear-groups"));
    line.addAll(List.of("--inh-caps", read, "--ambient-caps", read));
    line.addAll(sandbox.mydocker("run", "--dry-run", "--rootfs", rootfs.toString(), "true").line());
    try {
      Result result =
          new Command(line)
              .environment(sandbox.environment())
              .environment("MYDOCKER_ROOT", root.resolve("state").toString())
              .environment("MYDOCKER_RUN", root.resolve("run").toString())
              .run();
      assertThat(result.stderr()).isEmpty();
      assertThat(result.stdout()).contains("pivot_root(", "execve(");
      assertThat(root.resolve("state")).doesNotExist();
    } finally {
      Files.delete(rootfs);
      Files.delete(root);
    }
  }

  @Test
  void execAndStopCanBeRehearsed() {
    String name = sandbox.prefix() + "r";
    run("run", "-d", "--name", name, "busybox", "sleep", "600").orThrow();
    Result exec = run("exec", "--dry-run", name, "touch", "/made").orThrow();
    assertThat(exec.stdout()).containsSubsequence("setns(", "execve(");
    assertThat(run("exec", name, "ls", "/made").exit()).isEqualTo(1);
    Result stop = run("stop", "--dry-run", name).orThrow();
    assertThat(stop.stdout()).contains("SIGTERM");
    assertThat(run("ps", "-q").stdout()).isNotEmpty();
  }

  @Test
  void coloursAreForTerminals() {
    try (Terminal terminal =
        sandbox.terminal("run", "--rm", "--explain", "busybox", "echo", "done")) {
      terminal.await("\u001b[1mmount proc on /proc\u001b[0m").await("done");
      assertThat(terminal.exit()).isZero();
    }
    List<String> line = new ArrayList<>(List.of("env", "NO_COLOR=1"));
    line.addAll(sandbox.mydocker("run", "--rm", "--explain", "busybox", "echo", "done").line());
    try (Terminal terminal = Terminal.of(line, sandbox.environment())) {
      terminal.await(" mount proc on /proc ").await("done");
      assertThat(terminal.exit()).isZero();
    }
  }

  @Test
  void aFormatThatIsNoneIsRefused() {
    Result result = run("run", "--rm", "--explain", "--format", "xml", "busybox", "true");
    assertThat(result.exit()).isEqualTo(125);
    assertThat(result.stderr()).contains("text or json");
    assertThat(run("ps", "-aq").stdout()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "run, busybox true, 125",
    "create, busybox true, 125",
    "start, nosuch, 1",
    "restart, nosuch, 1",
    "exec, nosuch true, 1",
    "stop, nosuch, 1"
  })
  void aFormatWithoutStepsIsRefused(String verb, String rest, int code) {
    List<String> line = new ArrayList<>(List.of(verb, "--format", "json"));
    line.addAll(List.of(rest.split(" ")));
    Result result = sandbox.mydocker(line.toArray(new String[0])).run();
    assertThat(result.exit()).isEqualTo(code);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr())
        .startsWith(
            "mydocker: --format says how steps are told, and none are asked for; add --explain")
        .hasLineCount(1);
  }
}
