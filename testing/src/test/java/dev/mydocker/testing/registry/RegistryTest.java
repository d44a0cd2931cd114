package dev.mydocker.testing.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.FakeRegistry.Answer;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** An image of two layers in a registry of our own, which does what a test wants. */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
abstract class RegistryTest {
  static final String MANIFEST = "/v2/app/manifests/1";
  static final int SIZE = 300_000;

  final Sandbox sandbox;
  FakeRegistry registry;
  SmallImage image;
  final CountDownLatch never = new CountDownLatch(1);

  RegistryTest(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void serve() {
    registry = FakeRegistry.start();
    image = SmallImage.of(2, SIZE);
    var _ = image.serve(registry, "app", "1");
  }

  @AfterEach
  void stop() throws IOException {
    registry.close();
    // What came whole is kept for the next pull.
    for (Path partial : list(sandbox.root().resolve("images/partial"))) {
      Files.delete(partial);
    }
    sandbox.mydocker("images", "-q").run().stdout().lines().distinct().forEach(this::remove);
  }

  private void remove(String id) {
    sandbox.mydocker("rmi", "-f", id).run().orThrow();
  }

  Command pull(String... more) throws IOException {
    Path settings = sandbox.directory().resolve("registries.json");
    Files.writeString(settings, "{\"timeout\": 1}");
    List<String> words = new ArrayList<>(List.of("pull"));
    words.addAll(List.of(more));
    if (more.length == 0) {
      words.add(registry.host() + "/app:1");
    }
    return sandbox
        .mydocker(words.toArray(new String[0]))
        .environment("MYDOCKER_REGISTRIES", settings.toString())
        .environment("DOCKER_CONFIG", sandbox.directory() + "/docker");
  }

  String blob(int layer) {
    return "/v2/app/blobs/" + image.layerDigest(layer);
  }

  void answer(String path, Answer answer) {
    registry.answer(path, answer);
  }

  static Answer status(int status, String headers, String text) {
    return (_, out) -> FakeRegistry.status(out, status, headers, text);
  }

  void silence() throws IOException {
    try {
      never.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  byte[] other() {
    byte[] other = image.layers.get(1).clone();
    other[other.length / 2] ^= 1;
    return other;
  }

  static List<Path> list(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  void requireWhole() throws IOException {
    Path layers = sandbox.root().resolve("images/layers");
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(layers)) {
      all.filter(Files::isRegularFile).forEach(files::add);
    }
    assertThat(files).hasSize(2).allMatch(file -> file.toFile().length() == SIZE);
    try (Stream<Path> blobs = Files.list(sandbox.root().resolve("images/blobs/sha256"))) {
      for (Path blob : blobs.toList()) {
        assertThat(FakeRegistry.digest(Files.readAllBytes(blob)))
            .isEqualTo("sha256:" + blob.getFileName());
      }
    }
    assertThat(list(sandbox.root().resolve("images/partial"))).isEmpty();
    assertThat(list(sandbox.root().resolve("images/tmp"))).isEmpty();
  }

  Path patient() throws IOException {
    return Files.writeString(sandbox.directory().resolve("patient.json"), "{\"timeout\": 300}");
  }

  static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
