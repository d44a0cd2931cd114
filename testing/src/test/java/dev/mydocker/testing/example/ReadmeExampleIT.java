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

/** What the README shows of the library is what {@link ReadmeExample} does. */
@ExtendWith(SandboxExtension.class)
class ReadmeExampleIT {
  private static final String SOURCE =
      "testing/src/test/java/dev/mydocker/testing/example/ReadmeExample.java";

  @Test
  void theReadmeShowsThisCode() throws IOException {
    String source = Files.readString(Checkout.directory().resolve(SOURCE));
    String region = between(source, "// begin README\n", "// end README").stripIndent();
    String readme = Files.readString(Checkout.directory().resolve("README.md"));
    assertThat(between(readme, "```java\n", "```")).isEqualTo(region);
  }

  @Test
  @Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
  void itRunsInAJvmThatDeniesNativeAccess(Sandbox sandbox) throws IOException {
    Path site = Files.createDirectories(sandbox.directory().resolve("site"));
    Path temporary = Files.createDirectories(sandbox.directory().resolve("tmp"));
    Files.writeString(site.resolve("index.html"), "hi");
    // Without mydocker.home, as everywhere but in our own tests: the helper comes out of the jar.
    Command.Result result =
        Command.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                ReadmeExample.class.getName(),
                site.toString())
            .environment(sandbox.environment())
            .limit(Duration.ofSeconds(60))
            .run();
    assertThat(result.stderr()).isEmpty();
    assertThat(result.orThrow().stdout())
        .isEqualTo(
            """
            hello
            good morning
            index.html
            ended by signal 9
            """);
    assertThat(temporary).isEmptyDirectory();
    assertThat(sandbox.root().resolve("containers")).isEmptyDirectory();
  }

  private static String between(String text, String begin, String end) {
    int from = text.indexOf(begin);
    assertThat(from).as("there is \"%s\"", begin.strip()).isNotNegative();
    int to = text.indexOf(end, from + begin.length());
    assertThat(to).as("\"%s\" has an end", begin.strip()).isNotNegative();
    return text.substring(from + begin.length(), to);
  }
}
