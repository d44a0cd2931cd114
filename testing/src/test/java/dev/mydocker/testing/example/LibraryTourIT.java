package dev.mydocker.testing.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What docs/library.md shows is what {@link LibraryTour} does. */
@ExtendWith(SandboxExtension.class)
class LibraryTourIT {
  private static final String SOURCE =
      "testing/src/test/java/dev/mydocker/testing/example/LibraryTour.java";

  @Test
  void theDocumentShowsThisCode() throws IOException {
    String source = Files.readString(Checkout.directory().resolve(SOURCE));
    int from = source.indexOf("// begin docs\n") + "// begin docs\n".length();
    String region = source.substring(from, source.indexOf("// end docs")).stripIndent();
    assertThat(Files.readString(Checkout.directory().resolve("docs/library.md")))
        .contains("```java\n" + region + "```");
  }

  @Test
  @Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
  void itRunsAndLeavesNothing(Sandbox sandbox) throws IOException {
    Path temporary = Files.createDirectories(sandbox.directory().resolve("tmp"));
    Command.Result result =
        Command.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                LibraryTour.class.getName())
            .environment(sandbox.environment())
            .limit(Duration.ofSeconds(60))
            .run();
    assertThat(result.stderr()).isEmpty();
    assertThat(result.orThrow().stdout())
        .isEqualTo(
            """
            prepared
            first
            prepared
            second
            prepared
            the first event: CREATE
            """);
    assertThat(temporary).isEmptyDirectory();
    assertThat(sandbox.root().resolve("containers")).isEmptyDirectory();
    assertThat(sandbox.root().resolve("snapshots")).isEmptyDirectory();
    assertThat(sandbox.root().resolve("owned")).isEmptyDirectory();
  }
}
