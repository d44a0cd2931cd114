package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Programs;
import dev.mydocker.testkit.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher and its build, on a miniature checkout: this one's scripts, and a few lines of Java
 * that print their arguments and environment. Its {@code mvnw} is a javac.
 */
@Requires(tools = {"gcc", "make"})
class LauncherIT {
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  private static final String MAIN =
      """
      package dev.mydocker.cli;
      public final class Main {
        public static void main(String[] arguments) {
          if (arguments[0].equals("__train")) return;
          System.out.println("VERSION " + String.join("|", arguments));
          if (arguments[0].equals("env")) {
            System.getenv().forEach((name, value) -> System.out.println(name + "=" + value));
          }
          if (arguments[0].equals("flags")) {
            System.out.println(java.lang.ProcessHandle.current().info().commandLine().get());
          }
          System.exit(arguments[0].equals("fail") ? 7 : 0);
        }
      }
      """;

  private static final String MVNW =
      """
      #!/bin/sh
      set -eu
      here=$(cd "$(dirname "$0")" && pwd)
      echo built >>"$here/builds"
      sleep 0.2
      mkdir -p "$here/cli/target/classes" "$here/library/target/classes/dev"
      "$JAVA_HOME/bin/javac" -d "$here/cli/target/classes" "$here/Main.java"
      "$here/launcher/install.sh" build
      """;

  @TempDir private static Path temporary;
  private static Path shared;

  @BeforeAll
  static void buildOnce() throws IOException {
    shared = checkout("shared check'out", "one");
    run(shared, "version");
  }

  @AfterAll
  static void theOldAreRemoved() throws IOException {
    assertThat(installed(shared)).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void theFirstUseBuildsWithOneLineOfProgressAndTheNextSaysNothing() throws IOException {
    Path checkout = checkout("first", "one");

    Command.Result first = run(checkout, "a", "b c", "");
    assertThat(first.stdout()).isEqualTo("one a|b c|\n");
    assertThat(first.stderr()).isEqualTo("mydocker: building (first use, about a minute) ...\n");

    assertThat(run(checkout, "again").stderr()).isEmpty();
    assertThat(Files.readAllLines(checkout.resolve("builds"))).hasSize(1);
  }

  @Test
  void afterARebuildTheNewCodeRuns() throws IOException {
    Path checkout = checkout("rebuilt", "one");
    assertThat(run(checkout, "x").stdout()).isEqualTo("one x\n");

    for (String version : List.of("two", "six", "one")) {
      write(checkout, version);
      command(checkout, "--rebuild").run().orThrow();
      assertThat(run(checkout, "x").stdout()).isEqualTo(version + " x\n");
    }
    assertThat(installed(checkout)).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void twoFirstUsesAtOnceBuildOnce() throws IOException, InterruptedException {
    Path checkout = checkout("twice", "one");
    List<Thread> threads = new ArrayList<>();
    List<Command.Result> results = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    Command.Result result = command(checkout, "x").run();
                    synchronized (results) {
                      results.add(result);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join(Duration.ofMinutes(1));
    }
    assertThat(results).hasSize(3).allMatch(result -> result.stdout().equals("one x\n"));
    assertThat(Files.readAllLines(checkout.resolve("builds"))).hasSize(1);
  }

  @Test
  void itWorksFromAnyDirectoryAndThroughSymlinks() throws IOException {
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("absolute"), shared.resolve("mydocker"));
    Files.createSymbolicLink(bin.resolve("relative"), Path.of("absolute"));
    Files.createSymbolicLink(temporary.resolve("directory"), shared);
    for (List<String> line :
        List.of(
            List.of(bin + "/absolute", "x"),
            List.of(bin + "/relative", "x"),
            List.of("./relative", "x"),
            List.of("sh", "relative", "x"),
            List.of(temporary + "/directory/mydocker", "x"),
            List.of("env", "PATH=" + bin + ":/usr/bin:/bin", "relative", "x"))) {
      Command.Result result = new Command(line).directory(bin).run();
      assertThat(result).as(line.toString()).isEqualTo(new Command.Result(0, "one x\n", ""));
    }
  }

  @Test
  void aCheckoutThatWasMovedRunsAndIsPreparedAgain() throws IOException {
    Path checkout = checkout("before", "one");
    run(checkout, "x");
    Path moved = Files.move(checkout, temporary.resolve("after"));

    assertThat(run(moved, "x").stdout()).isEqualTo("one x\n");
    assertThat(Files.readString(moved.resolve(".build/current"))).contains(moved.toString());
    assertThat(run(moved, "x")).isEqualTo(new Command.Result(0, "one x\n", ""));
    assertThat(Files.readAllLines(moved.resolve("builds"))).hasSize(1);
  }

  @Test
  @Requires(tools = "setpriv=util-linux")
  void aReadOnlyCheckoutThatWasBuiltOnceWorksForEverybody() throws IOException {
    Path checkout = checkout("read-only", "one");
    run(checkout, "x");
    Command.of("chmod", "755", temporary.toString(), checkout.toString()).run().orThrow();
    assertThat(nobody(checkout, "x")).isEqualTo(new Command.Result(0, "one x\n", ""));

    // The cache knows the jar by its path, and nothing can be written: slower, but it works.
    Path moved = Files.move(checkout, temporary.resolve("read-only-moved"));
    assertThat(nobody(moved, "x")).isEqualTo(new Command.Result(0, "one x\n", ""));
  }

  @Test
  @Requires(tools = "setpriv=util-linux")
  void aReadOnlyCheckoutThatWasNeverBuiltSaysSo() throws IOException {
    Path checkout = checkout("never-built", "one");
    Command.of("chmod", "755", temporary.toString(), checkout.toString()).run().orThrow();
    Command.Result result = nobody(checkout, "x");
    assertThat(result.exit()).isEqualTo(125);
    assertThat(result.stderr())
        .isEqualTo(
            "mydocker: cannot build: "
                + checkout.toRealPath()
                + " is not writable; run ./mydocker there once as its owner, or copy it\n");
  }

  private static Command.Result nobody(Path checkout, String... arguments) {
    List<String> line =
        new ArrayList<>(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    line.add(checkout + "/mydocker");
    line.addAll(List.of(arguments));
    return new Command(line).environment("HOME", "/nonexistent").run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
  void javasOwnVariablesAreKeptFromJavaButNotLost(String name) {
    Command.Result result = command(shared, "env").environment(name, "-Dx=y z").run().orThrow();
    assertThat(result.stderr()).isEmpty();
    assertThat(result.stdout().lines())
        .contains("MYDOCKER_KEEP_" + name + "=-Dx=y z")
        .noneMatch(line -> line.startsWith(name + "="));
  }

  @Test
  void theEnvironmentArrivesUnchanged() {
    Command.Result result =
        command(shared, "env")
            .emptyEnvironment()
            .environment("home", "a")
            .environment("version", "c\nd")
            .environment("_mydocker", "e")
            .run()
            .orThrow();
    assertThat(result.stdout()).contains("home=a\n", "version=c\nd\n");
    assertThat(result.stdout().lines().filter(line -> line.contains("=")))
        .allMatch(line -> line.matches("(JAVA_HOME|home|version|_mydocker|PWD|OLDPWD|SHLVL|_)=.*"));
  }

  @Test
  void theExitCodeIsPassedOn() {
    assertThat(command(shared, "fail").run().exit()).isEqualTo(7);
  }

  @Test
  void noClassOfOursIsReadFromTheJar() throws IOException {
    // What the launcher runs, with the JVM asked to say where each class came from.
    String current = Files.readString(shared.resolve(".build/current"));
    Path log = temporary.resolve("classes.txt");
    Path script = temporary.resolve("logged");
    Files.writeString(
        script,
        "_mydocker='"
            + shared.toString().replace("'", "'\\''")
            + "'\n"
            + current.replace(
                "\"$_mydocker_main\"", "-Xlog:class+load:file=" + log + " \"$_mydocker_main\""));
    Command.of("sh", "-c", "_mydocker_program=mydocker; . " + script, "sh", "x").run().orThrow();

    List<String> ours;
    try (Stream<String> lines = Files.lines(log)) {
      ours = lines.filter(line -> line.contains(" dev.mydocker.")).toList();
    }
    assertThat(ours).isNotEmpty().allMatch(line -> line.endsWith("source: shared objects file"));
  }

  @Test
  void longCommandsMayUseTheSlowerCompiler() {
    assertThat(run(shared, "flags").stdout()).contains("-XX:TieredStopAtLevel=1");
    assertThat(run(shared, "import").stdout()).isEqualTo("one import\n");
  }

  @Test
  void aBuildThatFailsShowsWhy() throws IOException {
    Path checkout = checkout("broken", "one");
    Files.writeString(checkout.resolve("Main.java"), "class");
    Command.Result result = command(checkout, "x").run();
    assertThat(result.exit()).isEqualTo(125);
    assertThat(result.stderr())
        .startsWith("mydocker: building")
        .contains("error:")
        .contains("mydocker: cannot build: the build failed; all of its output is in ");

    write(checkout, "one");
    assertThat(run(checkout, "x").stdout()).isEqualTo("one x\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gcc", "make"})
  void aMissingToolIsNamedWithItsPackage(String tool) throws IOException {
    Path checkout = checkout("without-" + tool, "one");
    Path bin = Files.createDirectory(temporary.resolve("bin-without-" + tool));
    for (String other : List.of("gcc", "make", "awk", "grep", "readlink", "mkdir", "cat")) {
      if (!other.equals(tool)) {
        Programs.script(bin.resolve(other), "#!/bin/sh\nexec /usr/bin/" + other + " \"$@\"\n");
      }
    }
    Command.Result result = command(checkout, "x").environment("PATH", bin.toString()).run();
    assertThat(result.exit()).isEqualTo(125);
    assertThat(result.stderr())
        .isEqualTo(
            "mydocker: cannot build: no " + tool + " found; install the package " + tool + "\n");
  }

  private static Path checkout(String name, String version) throws IOException {
    Path source = Checkout.directory();
    Path checkout = Files.createDirectory(temporary.resolve(name));
    Files.createDirectory(checkout.resolve("launcher"));
    Files.copy(source.resolve("mydocker"), checkout.resolve("mydocker"));
    for (String script : List.of("find-jdk.sh", "first-use.sh", "install.sh", "jvm.sh")) {
      Path target = checkout.resolve("launcher").resolve(script);
      Files.copy(source.resolve("launcher").resolve(script), target);
      assertThat(target.toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(checkout.resolve("mvnw"), MVNW);
    // Two caches show what there is to show; each takes two JVMs.
    Path flags = checkout.resolve("launcher/jvm.sh");
    String parts =
        Files.readString(flags).replaceFirst("mydocker_parts='.*'", "mydocker_parts='rest run'");
    Files.writeString(flags, parts);
    for (String script : List.of("mydocker", "mvnw")) {
      assertThat(checkout.resolve(script).toFile().setExecutable(true, false)).isTrue();
    }
    write(checkout, version);
    return checkout;
  }

  private static void write(Path checkout, String version) throws IOException {
    Files.writeString(checkout.resolve("Main.java"), MAIN.replace("VERSION", version));
  }

  private static Command command(Path checkout, String... arguments) {
    List<String> line = new ArrayList<>(List.of(checkout + "/mydocker"));
    line.addAll(List.of(arguments));
    return new Command(line).environment("JAVA_HOME", JAVA_HOME.toString());
  }

  private static Command.Result run(Path checkout, String... arguments) {
    return command(checkout, arguments).run().orThrow();
  }

  private static List<Path> installed(Path checkout) throws IOException {
    try (Stream<Path> entries = Files.list(checkout.resolve(".build"))) {
      return entries.filter(Files::isDirectory).toList();
    }
  }
}
