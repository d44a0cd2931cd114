package dev.mydocker.testing.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A pull that is killed shows nothing half made, and the next one asks the registry for nothing
 * that has come whole.
 */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class KilledPullIT {
  private static final String MANIFEST = "/v2/app/manifests/1";
  private static final int SIZE = 300_000;

  private final Sandbox sandbox;
  private final CountDownLatch asked = new CountDownLatch(1);
  private FakeRegistry registry;
  private SmallImage image;

  KilledPullIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void serve() {
    registry = FakeRegistry.start();
    image = SmallImage.of(2, SIZE);
    image.serve(registry, "app", "1");
  }

  @AfterEach
  void stop() {
    registry.close();
    sandbox.mydocker("rmi", registry.host() + "/app:1").run();
  }

  private Command pull() throws IOException {
    Path settings =
        Files.writeString(sandbox.directory().resolve("patient.json"), "{\"timeout\": 300}");
    return sandbox
        .mydocker("pull", registry.host() + "/app:1")
        .environment("MYDOCKER_REGISTRIES", settings.toString())
        .environment("DOCKER_CONFIG", sandbox.directory() + "/docker");
  }

  private String config() {
    return "/v2/app/blobs/" + FakeRegistry.digest(image.config);
  }

  private String layer(int at) {
    return "/v2/app/blobs/" + image.layerDigest(at);
  }

  private Path partial(int layer) {
    String name = image.layerDigest(layer).substring("sha256:".length());
    return sandbox.root().resolve("images/partial").resolve(name);
  }

  private boolean isWhole(int layer) throws IOException {
    return Files.exists(partial(layer))
        && Files.size(partial(layer)) == image.layers.get(layer).length;
  }

  /** The first request for a path is not answered before its client has gone; the next ones are. */
  private void holdBack(String path, byte[] content) {
    registry.answer(
        path,
        (request, out) -> {
          if (asked.getCount() == 0) {
            FakeRegistry.serve(request, out, "x", content);
            return;
          }
          asked.countDown();
          registry.silence();
        });
  }

  private void killedAndDoneAgain(Process victim) throws Exception {
    victim.destroyForcibly().waitFor();
    assertThat(sandbox.mydocker("images", "-aq").run().orThrow().stdout()).isEmpty();
    pull().run().orThrow();
    try (Stream<Path> left = Files.list(sandbox.root().resolve("images/partial"))) {
      assertThat(left).isEmpty();
    }
    for (int i = 0; i < 2; i++) {
      Path blob =
          sandbox
              .root()
              .resolve("images/blobs/sha256")
              .resolve(image.layerDigest(i).substring("sha256:".length()));
      assertThat(FakeRegistry.digest(Files.readAllBytes(blob))).isEqualTo(image.layerDigest(i));
    }
  }

  @Test
  void beforeTheManifestHasCome() throws Exception {
    holdBack(MANIFEST, image.manifest().getBytes(UTF_8));
    Process victim = pull().start();
    asked.await();
    killedAndDoneAgain(victim);
    assertThat(registry.requests(MANIFEST)).hasSize(2);
    assertThat(registry.requests(layer(0))).hasSize(1);
    assertThat(registry.requests(layer(1))).hasSize(1);
  }

  @Test
  void beforeTheConfigurationHasCome() throws Exception {
    holdBack(config(), image.config);
    Process victim = pull().start();
    asked.await();
    killedAndDoneAgain(victim);
    assertThat(registry.requests(layer(0))).hasSize(1);
    assertThat(registry.requests(layer(1))).hasSize(1);
  }

  @Test
  void betweenTwoLayers() throws Exception {
    holdBack(layer(1), image.layers.get(1));
    Process victim = pull().start();
    asked.await();
    while (!isWhole(0)) {
      assertThat(victim.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    killedAndDoneAgain(victim);
    assertThat(registry.requests(layer(0))).hasSize(1);
    assertThat(registry.requests(layer(1)).stream().map(FakeRegistry.Request::from))
        .containsExactly(0, 0);
  }

  @Test
  void whenAllHasComeAndNothingIsRecorded() throws Exception {
    Path images = Files.createDirectories(sandbox.root().resolve("images"));
    CountDownLatch locked = new CountDownLatch(1);
    byte[] last = image.layers.get(1);
    int half = last.length / 2;
    registry.answer(
        layer(1),
        (request, out) -> {
          // It is being unpacked by then, for which the store is locked a moment.
          FakeRegistry.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + last.length + "\r\n\r\n");
          out.write(last, 0, half);
          out.flush();
          asked.countDown();
          FakeRegistry.await(locked);
          out.write(last, half, last.length - half);
          out.flush();
        });
    Process victim = pull().start();
    asked.await();
    awaitWorkspaces(images.resolve("tmp"), victim);
    Process holder =
        Command.of("flock", images.resolve("lock").toString(), "sh", "-c", "echo held; read _")
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('h');
      locked.countDown();
      while (!isWhole(0) || !isWhole(1)) {
        assertThat(victim.isAlive()).isTrue();
        Thread.onSpinWait();
      }
      victim.destroyForcibly().waitFor();
    } finally {
      holder.getOutputStream().close();
      holder.waitFor();
    }
    killedAndDoneAgain(victim);
    assertThat(List.of(registry.requests(layer(0)).size(), registry.requests(layer(1)).size()))
        .containsExactly(1, 1);
  }

  /**
   * Both layers are being unpacked, which is the last before the end that the store is locked for.
   */
  private static void awaitWorkspaces(Path directory, Process victim) throws IOException {
    long count = 0;
    while (count < 2) {
      assertThat(victim.isAlive()).isTrue();
      if (Files.exists(directory)) {
        try (Stream<Path> all = Files.list(directory)) {
          count = all.count();
        }
      }
    }
  }
}
