package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonBoolean;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import dev.mydocker.testkit.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

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
            "join the container's cgroup",
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
  void whatALockedDownProcessLacksIsSaid() {
    List<String> line = new ArrayList<>(List.of("setpriv", "--bounding-set", "-sys_admin"));
    line.addAll(sandbox.mydocker("run", "--rm", "--explain", "busybox", "true").line());
    Result result = new Command(line).environment(sandbox.environment()).run();
    assertThat(result.exit()).isEqualTo(125);
    assertThat(result.stderr()).contains("= EPERM: operation not permitted", "takes CAP_SYS_ADMIN");
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
    assertThat(stop.stderr()).containsSubsequence("send SIGTERM", "wait for its end");
    assertThat(run("ps", "-q").stdout()).isEmpty();
  }

  @Test
  void coloursAreForTerminals() {
    try (Terminal terminal =
        sandbox.terminal("run", "--rm", "--explain", "busybox", "echo", "done")) {
      terminal.await("\u001b[1mmount proc on /proc\u001b[0m").await("done");
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
}
