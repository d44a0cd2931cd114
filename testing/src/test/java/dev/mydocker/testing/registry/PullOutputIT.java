package dev.mydocker.testing.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a pull shows on a terminal, where there is none, and when it is to be quiet. */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class PullOutputIT {
  private final Sandbox sandbox;
  private FakeRegistry registry;
  private String name;
  private String digest;

  PullOutputIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void serve() {
    registry = FakeRegistry.start();
    name = registry.host() + "/app:1";
    digest = SmallImage.of(2, 2_000_000).serve(registry, "app", "1");
  }

  @AfterEach
  void stop() {
    registry.close();
    sandbox.mydocker("rmi", name).run();
  }

  /** What a terminal is sent. */
  private Result onTerminal(String words) {
    String mydocker = sandbox.mydocker().line().getFirst();
    return Command.of(
            "script",
            "-qefc",
            "stty rows 24 cols 120; exec '" + mydocker + "' " + words,
            "/dev/null")
        .environment(sandbox.environment())
        .environment("SHELL", "/bin/sh")
        .run()
        .orThrow();
  }

  @Test
  void onATerminalTheLinesOfLayersChange() {
    String shown = onTerminal("pull " + name).stdout();
    assertThat(shown).contains("\u001b[1A", "\u001b[2K", "1: Pulling from app\r\n");
    // The last state stays.
    String last = shown.substring(shown.lastIndexOf("\u001b[2A"));
    assertThat(last.lines().filter(line -> line.endsWith(": Pull complete"))).hasSize(2);
    assertThat(last)
        .contains("Digest: " + digest + "\r\nStatus: Downloaded newer image for " + name + "\r\n");
  }

  @Test
  void whereThereIsNoTerminalEachPhaseIsALine() {
    String shown = sandbox.mydocker("pull", name).run().orThrow().stdout();
    assertThat(shown)
        .doesNotContain("\u001b", "\r", "Downloading")
        .startsWith("1: Pulling from app\n")
        .endsWith("Status: Downloaded newer image for " + name + "\n" + name + "\n");
    for (String phase : new String[] {"Pulling fs layer", "Download complete", "Pull complete"}) {
      assertThat(shown.lines().filter(line -> line.endsWith(": " + phase))).as(phase).hasSize(2);
    }
  }

  @Test
  void whatIsQuietPrintsTheNameAlone() {
    assertThat(onTerminal("pull -q " + name).stdout()).isEqualTo(name + "\r\n");
    assertThat(sandbox.mydocker("pull", "-q", name).run())
        .isEqualTo(new Result(0, name + "\n", ""));
  }
}
