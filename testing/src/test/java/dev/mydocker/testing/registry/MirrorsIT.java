package dev.mydocker.testing.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Registries that are asked in another's place. */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class MirrorsIT {
  private static final String MANIFEST = "/v2/library/app/manifests/latest";

  private final Sandbox sandbox;
  private final SmallImage image = SmallImage.of(1, 1000);
  private FakeRegistry mirror;

  MirrorsIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void start() {
    mirror = FakeRegistry.start();
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  private Command pull(String name, String settings) throws IOException {
    Path file = Files.writeString(sandbox.directory().resolve("registries.json"), settings);
    return sandbox
        .mydocker("pull", "-q", name)
        .environment("MYDOCKER_REGISTRIES", file.toString())
        .environment("DOCKER_CONFIG", sandbox.directory() + "/docker");
  }

  @Test
  void aShortNameComesFromAMirrorOfDockersRegistry() throws IOException {
    image.serve(mirror, "library/app", "latest");
    String settings = "{\"registry-mirrors\": [\"http://" + mirror.host() + "\"]}";
    assertThat(pull("app", settings).run())
        .isEqualTo(new Result(0, "docker.io/library/app:latest\n", ""));
    assertThat(mirror.requests(MANIFEST)).hasSize(1);
    assertThat(mirror.requests("/v2/library/app/blobs/" + image.layerDigest(0))).hasSize(1);
    assertThat(sandbox.mydocker("images", "--format", "{{.Repository}}:{{.Tag}}").run().stdout())
        .isEqualTo("app:latest\n");
    sandbox.mydocker("rmi", "app").run().orThrow();
  }

  @Test
  void whatTheMirrorLacksIsAskedOfTheRegistryUnlessThatIsForbidden() throws IOException {
    String settings = "{\"registry-mirrors\": [\"http://" + mirror.host() + "\"]}";
    Result absent = pull("app", settings).run();
    assertThat(absent.exit()).isEqualTo(1);
    assertThat(absent.stderr())
        .isEqualTo(
            "mydocker: pull app:latest: registry-1.docker.io may not be asked, since"
                + " MYDOCKER_OFFLINE is set; unset it\n");
    assertThat(mirror.requests(MANIFEST)).hasSize(1);
  }

  @Test
  void aMirrorThatIsDownIsPassedOver() throws IOException {
    try (FakeRegistry registry = FakeRegistry.start()) {
      image.serve(registry, "app", "1");
      mirror.close();
      String name = registry.host() + "/app:1";
      String settings =
          "{\"mirrors\": {\"" + registry.host() + "\": [\"http://" + mirror.host() + "\"]}}";
      pull(name, settings).run().orThrow();
      assertThat(registry.requests("/v2/app/manifests/1")).hasSize(1);
      sandbox.mydocker("rmi", name).run().orThrow();
    }
  }

  @Test
  void settingsThatAreWrongAreSaid() throws IOException {
    Result result = pull("app", "{\"registry-mirrors\": [\"ftp://x\"]}").run();
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .isEqualTo(
            "mydocker: pull app:latest: the mirror ftp://x has no address of http or https; see"
                + " registry-mirrors and mirrors in "
                + sandbox.directory()
                + "/registries.json\n");
    assertThat(pull("host:99999/app:1", "{}").run().stderr())
        .isEqualTo("mydocker: pull host:99999/app:1: malformed address host:99999\n");
    assertThat(pull("localhost:1/app", "{\"timeout\": 0}").run().stderr())
        .isEqualTo(
            "mydocker: parse "
                + sandbox.directory()
                + "/registries.json: timeout: must be from 1 to 3600\n");
  }
}
