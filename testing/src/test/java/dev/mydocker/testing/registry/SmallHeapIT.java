package dev.mydocker.testing.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.LocalRegistry;
import dev.mydocker.testkit.LocalRegistry.Access;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Images come and go through a heap that is much smaller than one of their layers. */
@Requires({Need.ROOT, Need.REGISTRY})
@ExtendWith(SandboxExtension.class)
class SmallHeapIT {
  private static final int LAYER = 100 << 20;

  private final Sandbox sandbox;

  SmallHeapIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** The command line as the launcher starts it, but for the options of the JVM. */
  private String mydocker(String... arguments) throws IOException {
    String home =
        Files.readString(Checkout.directory().resolve(".build/current"))
            .lines()
            .filter(line -> line.startsWith("_mydocker_home="))
            .map(line -> line.substring(line.indexOf('\'') + 1, line.length() - 1))
            .findFirst()
            .orElseThrow();
    List<String> line =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dmydocker.home=" + home,
                "-Xbootclasspath/a:" + home + "/mydocker.jar",
                "-cp",
                home + "/mydocker.jar",
                "dev.mydocker.cli.Main"));
    line.addAll(List.of(arguments));
    return new Command(line).environment(sandbox.environment()).run().orThrow().stdout();
  }

  @Test
  void aLayerThreeTimesAsLargeAsTheHeapIsSavedLoadedPushedAndPulled() throws IOException {
    sandbox.mydocker("version").run().orThrow();
    Path layer = sandbox.directory().resolve("layer.tar");
    Path saved = sandbox.directory().resolve("saved.tar");
    // Noise, which no packing makes smaller.
    Command.of(
            "sh",
            "-ec",
            "mkdir \"$1\"; head -c $2 /dev/urandom >\"$1/big\"; tar -C \"$1\" -cf \"$0\" big",
            layer.toString(),
            sandbox.directory().resolve("tree").toString(),
            Integer.toString(LAYER))
        .run()
        .orThrow();
    try (LocalRegistry registry =
        LocalRegistry.start(sandbox.directory().resolve("registry"), Access.OPEN)) {
      String name = registry.host() + "/big:1";
      String id = mydocker("import", layer.toString(), name);
      mydocker("save", "-o", saved.toString(), name);
      mydocker("rmi", name);
      assertThat(mydocker("load", "-i", saved.toString()))
          .isEqualTo("Loaded image: " + name + "\n");
      mydocker("push", "-q", name);
      mydocker("rmi", name);
      mydocker("pull", "-q", name);
      assertThat(mydocker("images", "-q", "--no-trunc")).isEqualTo(id);
      mydocker("rmi", name);
    }
  }
}
