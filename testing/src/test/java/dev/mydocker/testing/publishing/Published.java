package dev.mydocker.testing.publishing;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * The artifacts, built from a copy of the sources and deployed to a repository of files, and an
 * application that takes them from there.
 *
 * @param repository the repository
 * @param application the application's directory; it is built
 */
record Published(Path repository, Path application) {
  private static final List<String> SOURCES =
      List.of(
          "pom.xml",
          "mvnw",
          ".mvn",
          "bom",
          "launcher",
          "native",
          "library/pom.xml",
          "library/src",
          "cli/pom.xml",
          "testkit/pom.xml",
          "testing/pom.xml");

  static Published in(Sandbox sandbox) throws IOException {
    Path directory = sandbox.directory().toRealPath();
    Path checkout = directory.resolve("checkout");
    for (String source : SOURCES) {
      copy(Checkout.directory().resolve(source), checkout.resolve(source));
    }
    Path repository = directory.resolve("repository");
    maven(checkout)
        .apply(
            "-Ppublish",
            "deploy",
            "-Dmaven.test.skip",
            "-DskipNativeChecks",
            "--projects",
            "bom,library",
            "--also-make",
            "-DaltDeploymentRepository=local::" + repository.toUri());
    Path application = directory.resolve("application");
    copy(Checkout.directory().resolve("examples/embedded"), application);
    Path settings = Files.writeString(directory.resolve("settings.xml"), settings(repository));
    // A local repository of its own, in which nothing of ours was installed before; what others
    // wrote comes from the usual one.
    maven(application)
        .environment(sandbox)
        .apply(
            "package",
            "-gs",
            settings.toString(),
            "-Dmaven.repo.local=" + directory.resolve("local"),
            "-Dmaven.repo.local.tail=" + usual());
    return new Published(repository, application);
  }

  private static Path usual() {
    return Path.of(
        System.getProperty(
            "maven.repo.local", System.getProperty("user.home") + "/.m2/repository"));
  }

  private static String settings(Path repository) {
    return """
        <settings>
          <profiles>
            <profile>
              <id>local</id>
              <repositories>
                <repository>
                  <id>local</id>
                  <url>%s</url>
                </repository>
              </repositories>
            </profile>
          </profiles>
          <activeProfiles>
            <activeProfile>local</activeProfile>
          </activeProfiles>
        </settings>
        """
        .formatted(repository.toUri());
  }

  /** Maven in a directory. */
  private record Build(Path directory, List<Sandbox> sandboxes) {
    Build environment(Sandbox sandbox) {
      return new Build(directory, List.of(sandbox));
    }

    void apply(String... arguments) {
      List<String> line = new ArrayList<>();
      line.add(Checkout.directory().resolve("mvnw").toString());
      Collections.addAll(line, "-B", "-q", "-f", directory.resolve("pom.xml").toString());
      Collections.addAll(line, arguments);
      Command command =
          new Command(line)
              .directory(directory)
              .environment("JAVA_HOME", System.getProperty("java.home"))
              .limit(Duration.ofMinutes(9));
      for (Sandbox sandbox : sandboxes) {
        command.environment(sandbox.environment());
      }
      Command.Result result = command.run();
      if (result.exit() != 0) {
        throw new AssertionError("Maven in " + directory + ":\n" + result.stdout());
      }
    }
  }

  private static Build maven(Path directory) {
    return new Build(directory, List.of());
  }

  /** Files and directories as they are, but for what builds have left in them. */
  private static void copy(Path from, Path to) throws IOException {
    if (Files.isRegularFile(from)) {
      Files.createDirectories(to.getParent());
      Files.copy(from, to, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      return;
    }
    String name = from.getFileName().toString();
    if (name.equals("target") || from.endsWith("native/build")) {
      return;
    }
    Files.createDirectories(to);
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        copy(entry, to.resolve(entry.getFileName()));
      }
    }
  }

  /** The files that were deployed of an artifact, by what follows its version in their names. */
  Path file(String artifact, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(repository.resolve("dev/mydocker").resolve(artifact))) {
      return files
          .filter(file -> file.getFileName().toString().matches(".*-\\d+" + ending))
          .findFirst()
          .orElseThrow(() -> new AssertionError(artifact + "…" + ending + " was not deployed"));
    }
  }

  /** The application's own jar and those that it needs. */
  List<Path> modules() {
    List<Path> all = new ArrayList<>();
    all.add(application.resolve("target/embedded-1.0.jar"));
    try (Stream<Path> others = Files.list(application.resolve("target/modules"))) {
      others.sorted().forEach(all::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /** The same as a path of Java's. */
  String path() {
    return String.join(":", modules().stream().map(Path::toString).toList());
  }
}
