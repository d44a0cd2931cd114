package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The engine is upgraded while containers run: a command line of a later version, built here with
 * higher numbers in native/wire.table, works with the monitors that this version started.
 */
@ExtendWith(SandboxExtension.class)
@Requires(
    value = {Need.ROOT, Need.OVERLAY, Need.BUSYBOX},
    tools = {"gcc", "make", "awk"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpgradeIT {
  private static final String COUNTER =
      "trap 'exit 7' TERM; while :; do echo tick; sleep 0.05; done";

  private final Sandbox sandbox;

  UpgradeIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @AfterEach
  void nothingIsLeft() {
    for (String id : now("ps", "-aq").stdout().lines().toList()) {
      now("rm", "-f", id).orThrow();
    }
    assertThat(sandbox.root().resolve("containers")).isEmptyDirectory();
  }

  private Result now(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void monitorsOfVersionsBeforeServeOn(int later) throws IOException {
    Path home = build(later);
    for (String name : List.of("first", "second", "third")) {
      now("run", "-d", "--name", name, "busybox", "sh", "-c", COUNTER).orThrow();
    }
    now("run", "-d", "--rm", "-i", "--name", "reader", "busybox", "cat").orThrow();

    assertThat(later(home, "ps", "--format", "{{.Names}} {{.State}}").orThrow().stdout().lines())
        .containsExactlyInAnyOrder(
            "first running", "second running", "third running", "reader running");
    assertThat(later(home, "logs", "first").orThrow().stdout()).startsWith("tick\n");
    assertThat(later(home, "exec", "first", "echo", "in").orThrow().stdout()).isEqualTo("in\n");
    Result attached = command(home, "attach", "reader").input("through\n").run();
    assertThat(attached.stdout()).isEqualTo("through\n");
    assertThat(attached.exit()).isZero();

    later(home, "stop", "first").orThrow();
    assertThat(later(home, "wait", "first").stdout()).isEqualTo("7\n");
    assertThat(later(home, "inspect", "-f", "{{.State.ExitCode}}", "first").stdout())
        .isEqualTo("7\n");
    later(home, "rm", "-f", "second").orThrow();

    // What a later version adopts gets a monitor, and a plan for its end, of that version.
    String pid = later(home, "inspect", "-f", "{{.State.Pid}}", "third").stdout().strip();
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String monitor = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1];
    Command.of("kill", "-9", monitor).run().orThrow();
    while (Files.exists(Path.of("/proc/" + monitor + "/fd/3"))) {
      Thread.onSpinWait();
    }
    later(home, "exec", "third", "true").orThrow();
    later(home, "stop", "third").orThrow();
    assertThat(later(home, "wait", "third").stdout()).isEqualTo("7\n");
    assertThat(sandbox.run().resolve(".engine")).isEmptyDirectory();
  }

  private Result later(Path home, String... arguments) {
    return command(home, arguments).run();
  }

  private Command command(Path home, String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-Dmydocker.home=" + home,
                "-cp",
                home + ":" + System.getProperty("java.class.path"),
                "dev.mydocker.cli.Main"));
    line.addAll(List.of(arguments));
    return new Command(line).environment(sandbox.environment());
  }

  /** All of the product with every version of what monitors speak higher by so much. */
  private Path build(int later) throws IOException {
    Path checkout = Checkout.directory();
    Path home = Files.createDirectories(sandbox.directory().resolve("later-" + later));
    Path sources = Files.createDirectories(home.resolve("native"));
    try (Stream<Path> files = Files.list(checkout.resolve("native"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, sources.resolve(file.getFileName()));
      }
    }
    Path table = sources.resolve("wire.table");
    String text = Files.readString(table);
    for (String name : List.of("VERSION", "MONITOR_PROTOCOL", "ATTACH_VERSION")) {
      String before = text;
      text =
          Pattern.compile("(?m)^const " + name + " (\\d+)$")
              .matcher(text)
              .replaceFirst(
                  found -> "const " + name + " " + (Integer.parseInt(found.group(1)) + later));
      assertThat(text).isNotEqualTo(before);
    }
    Files.writeString(table, text);
    String java = home + "/generated";
    for (String target : List.of("generate", "all")) {
      Command.of(
              "make",
              "-C",
              sources.toString(),
              target,
              "OUT=" + home,
              "JAVA_OUT=" + java,
              "JAVA_HOME=" + System.getProperty("java.home"))
          .run()
          .orThrow();
    }
    List<String> arguments =
        new ArrayList<>(List.of("-nowarn", "-proc:none", "-d", home.toString(), "-cp"));
    arguments.add(System.getProperty("java.class.path"));
    for (Path root :
        List.of(
            checkout.resolve("library/src/main/java"),
            checkout.resolve("cli/src/main/java"),
            Path.of(java))) {
      try (Stream<Path> files = Files.walk(root)) {
        files
            .map(Path::toString)
            .filter(file -> file.endsWith(".java") && !file.endsWith("module-info.java"))
            .forEach(arguments::add);
      }
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(status).isZero();
    return home;
  }
}
