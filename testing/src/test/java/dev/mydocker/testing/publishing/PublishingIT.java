package dev.mydocker.testing.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What is published can be used by others, in each of the ways in which they start an application;
 * without a flag, where native code is refused, and without a word on the standard error.
 */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
class PublishingIT {
  private static final String OUTPUT = "hello\nfrom inside\n";

  private static Published published;

  /** Building the application runs its JUnit test as well, with real containers. */
  @BeforeAll
  static void publish(Sandbox sandbox) throws IOException {
    published = Published.in(sandbox);
  }

  @Test
  void aJarComesWithItsSourcesItsDocumentationAndABillOfMaterials() throws IOException {
    assertThat(names(published.file("mydocker", ".jar")))
        .contains("module-info.class", "dev/mydocker/engine/Engine.class")
        .contains("dev/mydocker/native/" + System.getProperty("os.arch") + "/mydocker-helper");
    assertThat(names(published.file("mydocker", "-sources.jar")))
        .contains("module-info.java", "dev/mydocker/engine/Engine.java");
    assertThat(names(published.file("mydocker", "-javadoc.jar")))
        .contains("dev.mydocker/dev/mydocker/engine/Engine.html")
        .doesNotContain("dev.mydocker/dev/mydocker/kernel/Session.html");
    assertThat(Files.readString(published.file("mydocker-bom", ".pom")))
        .contains("<artifactId>mydocker</artifactId>");
    ModuleDescriptor module =
        ModuleFinder.of(published.file("mydocker", ".jar"))
            .find("dev.mydocker")
            .orElseThrow()
            .descriptor();
    assertThat(module.exports().stream().filter(each -> !each.isQualified()))
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder("dev.mydocker", "dev.mydocker.engine");
  }

  @Test
  void theSameSourcesGiveTheSameJarInAnotherDirectory() throws IOException {
    Path ours;
    try (Stream<Path> built = Files.list(Checkout.directory().resolve("library/target"))) {
      ours =
          built
              .filter(file -> file.getFileName().toString().matches("mydocker-[0-9.]+.*\\.jar"))
              .filter(file -> !file.toString().matches(".*-(sources|javadoc)\\.jar"))
              .findFirst()
              .orElseThrow();
    }
    assertThat(ours).hasSameBinaryContentAs(published.file("mydocker", ".jar"));
  }

  @Test
  void itRunsOnTheClassPath(Sandbox sandbox) throws IOException {
    run(sandbox, java(), "-cp", published.path(), "example.Application");
  }

  @Test
  void itRunsOnTheModulePath(Sandbox sandbox) throws IOException {
    run(sandbox, java(), "-p", published.path(), "-m", "example.embedded/example.Application");
  }

  @Test
  void itRunsInSpringBootsFatJar(Sandbox sandbox) throws IOException {
    Path jar = published.application().resolve("target/embedded-1.0-boot.jar");
    assertThat(names(jar)).anyMatch(name -> name.matches("BOOT-INF/lib/mydocker-.*\\.jar"));
    run(sandbox, java(), "-jar", jar.toString());
  }

  @Test
  void itRunsInAnImageOfJlink(Sandbox sandbox) throws IOException {
    Path image = sandbox.directory().resolve("image");
    Command.of(
            Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
            "--module-path",
            published.path(),
            "--add-modules",
            "example.embedded",
            "--output",
            image.toString())
        .limit(Duration.ofMinutes(3))
        .run()
        .orThrow();
    run(
        sandbox,
        image.resolve("bin/java").toString(),
        "-m",
        "example.embedded/example.Application");
  }

  @Test
  void twoClassLoadersHaveOneEach(Sandbox sandbox) throws IOException {
    String tests = System.getProperty("mydocker.checkout") + "/testing/target/test-classes";
    String printed =
        perform(sandbox, java(), "-cp", tests, ClassLoaders.class.getName(), published.path());
    assertThat(printed).isEqualTo(OUTPUT + OUTPUT + "threads left: []\nclass loaders left: 0\n");
  }

  private static void run(Sandbox sandbox, String java, String... arguments) throws IOException {
    assertThat(perform(sandbox, java, arguments)).isEqualTo(OUTPUT);
  }

  private static String perform(Sandbox sandbox, String java, String... arguments)
      throws IOException {
    Path temporary = Files.createTempDirectory(sandbox.directory(), "tmp");
    List<String> line = new ArrayList<>();
    line.add(java);
    line.add("--illegal-native-access=deny");
    line.add("-Djava.io.tmpdir=" + temporary);
    line.addAll(List.of(arguments));
    Command.Result result =
        new Command(line)
            .environment(sandbox.environment())
            .limit(Duration.ofMinutes(2))
            .run()
            .orThrow();
    assertThat(result.stderr()).isEmpty();
    assertThat(temporary).as("what the library keeps while it runs").isEmptyDirectory();
    return result.stdout();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static List<String> names(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(each -> each.getName()).toList();
    }
  }
}
