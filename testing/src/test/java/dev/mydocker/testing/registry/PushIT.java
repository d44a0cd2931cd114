package dev.mydocker.testing.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.FakeRegistry.Answer;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A push to a registry that cuts, refuses or ignores what is sent. */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class PushIT {
  private static final String UPLOADS = "/v2/other/blobs/uploads/";

  private final Sandbox sandbox;
  private FakeRegistry registry;
  private String name;

  PushIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void serve() {
    registry = FakeRegistry.start();
    name = registry.host() + "/other:1";
  }

  @AfterEach
  void stop() {
    registry.close();
    for (String id : sandbox.mydocker("images", "-q").run().stdout().lines().distinct().toList()) {
      sandbox.mydocker("rmi", "-f", id).run().orThrow();
    }
  }

  /** Has an image of one layer, to be pushed to a registry that takes all of it at /layer. */
  private SmallImage prepare(int size) {
    SmallImage image = SmallImage.of(1, size);
    image.serve(registry, "app", "1");
    run("pull", "-q", registry.host() + "/app:1").orThrow();
    run("tag", registry.host() + "/app:1", name).orThrow();
    String layer = image.layerDigest(0).replace(":", "%3A");
    String config = FakeRegistry.digest(image.config).replace(":", "%3A");
    // It is asked first to take the layer from the repository that it came from.
    answer(UPLOADS + "?mount=" + layer + "&from=app", 202, "Location: /layer\r\n");
    answer(UPLOADS, 202, "Location: /config\r\n");
    answer("/layer", 202, "Location: /layer\r\n");
    answer("/layer?digest=" + layer, 201, "");
    answer("/config", 202, "Location: /config\r\n");
    answer("/config?digest=" + config, 201, "");
    answer("/v2/other/manifests/1", 201, "");
    return image;
  }

  private void answer(String path, int status, String headers) {
    registry.answer(path, (_, out) -> FakeRegistry.status(out, status, headers, ""));
  }

  private Command mydocker(String... words) {
    return sandbox.mydocker(words).environment("DOCKER_CONFIG", sandbox.directory() + "/docker");
  }

  private Result run(String... words) {
    return mydocker(words).run();
  }

  @Test
  void aQuietPushPrintsTheNameAlone() {
    var _ = prepare(1000);
    assertThat(run("push", "-q", name)).isEqualTo(new Result(0, name + "\n", ""));
    assertThat(registry.requests("/v2/other/manifests/1")).hasSize(1);
  }

  @Test
  void whatIsCutAndLostComesInPieces() {
    int size = prepare(3_000_000).layers.get(0).length;
    List<String> taken = new CopyOnWriteArrayList<>();
    Answer cutting =
        (request, out) -> {
          if (request.method().equals("GET")) {
            long all = taken.isEmpty() ? 0 : Long.parseLong(taken.getLast().split("-", -1)[1]);
            FakeRegistry.status(out, 204, "Range: 0-" + all + "\r\nLocation: /layer\r\n", "");
          } else if (Integer.parseInt(request.header("content-length")) > 1 << 20) {
            throw new IOException("cut");
          } else {
            taken.add(request.header("content-range"));
            FakeRegistry.status(out, 202, "Location: /layer\r\n", "");
          }
        };
    registry.answer("/layer", cutting);
    run("push", name).orThrow();
    assertThat(taken).containsExactly("0-1048575", "1048576-2097151", "2097152-" + (size - 1));
  }

  @Test
  void whatIsCutGoesOnWhereTheRegistrySays() {
    int size = prepare(500_000).layers.get(0).length;
    List<String> sent = new CopyOnWriteArrayList<>();
    registry.answer(
        "/layer",
        (request, out) -> {
          if (request.method().equals("GET")) {
            FakeRegistry.status(out, 204, "Range: 0-99999\r\nLocation: /layer\r\n", "");
            return;
          }
          sent.add(request.header("content-range"));
          if (sent.size() == 1) {
            throw new IOException("cut");
          }
          FakeRegistry.status(out, 202, "Location: /layer\r\n", "");
        });
    run("push", name).orThrow();
    assertThat(sent).containsExactly("", "100000-" + (size - 1));
  }

  @Test
  void aRegistryThatTakesNothingEndsThePush() throws IOException {
    // More than all buffers on the way, also half of it.
    var _ = prepare(24_000_000);
    registry.ignore("/layer");
    registry.answer(
        "/layer", (_, out) -> FakeRegistry.status(out, 204, "Location: /layer\r\n", ""));
    Path settings =
        Files.writeString(sandbox.directory().resolve("hurried.json"), "{\"timeout\": 3}");
    Result pushed =
        mydocker("push", name).environment("MYDOCKER_REGISTRIES", settings.toString()).run();
    assertThat(pushed.exit()).isEqualTo(1);
    assertThat(pushed.stderr())
        .isEqualTo(
            "mydocker: push "
                + name
                + ": the registry takes nothing any more; try again later, or with a longer timeout"
                + " (docs/images.md)\n");
    assertThat(registry.requests("/v2/other/manifests/1")).isEmpty();
  }
}
