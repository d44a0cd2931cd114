package dev.mydocker.testing.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.FakeRegistry.Answer;
import dev.mydocker.testkit.Sandbox;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Registries that are slow, broken or malicious: one line says what is wrong, nothing is left. */
class HostileRegistryIT extends RegistryTest {
  HostileRegistryIT(Sandbox sandbox) {
    super(sandbox);
  }

  /** What is wrong with a registry, the words that say so, and how it comes about. */
  record Fault(String name, String words, Consumer<HostileRegistryIT> setup) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Fault> faults() {
    return Stream.of(
        new Fault(
            "wants login",
            "there is no such repository, or",
            test -> test.answer(MANIFEST, status(401, "", ""))),
        new Fault("forbids", "denies access", test -> test.answer(MANIFEST, status(403, "", ""))),
        new Fault(
            "has nothing",
            "there is no such image at",
            test -> test.answer(MANIFEST, status(404, "", ""))),
        new Fault(
            "is asked too often",
            "try again in 3600 seconds",
            test -> test.answer(MANIFEST, status(429, "Retry-After: 3600\r\n", ""))),
        new Fault(
            "fails",
            "answers with status 500 (disk on fire)",
            test ->
                test.answer(
                    MANIFEST, status(500, "", "{\"errors\":[{\"message\":\"disk on fire\"}]}"))),
        new Fault(
            "talks garbage",
            "the answer is not HTTP: it begins with \"SSH-2.0-x\"",
            test -> test.answer(MANIFEST, (_, out) -> hangUp(out, "SSH-2.0-x\r\n"))),
        new Fault(
            "hangs up",
            "the connection ended",
            test -> test.answer(MANIFEST, (_, out) -> hangUp(out, ""))),
        new Fault(
            "says nothing",
            "the registry says nothing any more",
            test -> test.answer(MANIFEST, (_, _) -> test.silence())),
        new Fault(
            "sends another manifest",
            "the manifest that came has the digest",
            test ->
                test.answer(
                    MANIFEST,
                    status(
                        200,
                        "Docker-Content-Digest: sha256:" + "0".repeat(64) + "\r\n",
                        test.image.manifest()))),
        new Fault(
            "sends a huge manifest",
            "larger than 4194304 bytes",
            test -> test.answer(MANIFEST, (_, out) -> endless(out, "application/json"))),
        new Fault(
            "sends no json",
            "parse",
            test -> test.answer(MANIFEST, status(200, "", "<html>Welcome</html>"))),
        new Fault(
            "names a wrong digest",
            "parse",
            test ->
                test.answer(
                    MANIFEST,
                    status(200, "", test.image.manifest().replace("sha256:", "sha256:../../")))),
        new Fault(
            "sends another layer",
            "is wrong: its content has another digest",
            test ->
                test.answer(
                    test.blob(1),
                    (request, out) -> FakeRegistry.serve(request, out, "x", test.other()))),
        new Fault(
            "sends an endless layer",
            "is wrong: it has more than",
            test -> test.answer(test.blob(1), (_, out) -> endless(out, "x"))),
        new Fault(
            "sends a short layer",
            "is wrong: it has 1000 bytes",
            test ->
                test.answer(
                    test.blob(1), (_, out) -> FakeRegistry.status(out, 200, "", "x".repeat(1000)))),
        new Fault(
            "has no layer",
            "is missing at",
            test -> test.answer(test.blob(1), status(404, "", ""))),
        new Fault(
            "leads in circles",
            "leads to further addresses without an end",
            test ->
                test.answer(test.blob(1), status(307, "Location: " + test.blob(1) + "\r\n", ""))),
        new Fault(
            "leads away",
            "where we must not go",
            test -> test.answer(test.blob(1), status(307, "Location: http://192.0.2.1/x\r\n", ""))),
        new Fault(
            "is of another machine",
            "there is no image for linux/",
            HostileRegistryIT::serveForeign),
        new Fault(
            "has no archive",
            "it is no tar archive",
            test -> {
              SmallImage garbage = SmallImage.ofGarbage();
              garbage.serve(test.registry, "app", "1");
            }));
  }

  private static void hangUp(OutputStream out, String words) throws IOException {
    FakeRegistry.write(out, words);
    out.flush();
    throw new IOException("enough");
  }

  /** In chunks, as long as somebody listens, but not for ever. */
  private static void endless(OutputStream out, String type) throws IOException {
    FakeRegistry.write(
        out, "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n");
    byte[] chunk = new byte[1 << 16];
    for (int i = 0; i < 1000; i++) {
      FakeRegistry.write(out, "10000\r\n");
      out.write(chunk);
      FakeRegistry.write(out, "\r\n");
    }
    throw new IOException("enough");
  }

  private void serveForeign() {
    SmallImage foreign = SmallImage.of("s390x", 1, 10);
    String manifest = foreign.serve(registry, "app", "s390x");
    String descriptor =
        SmallImage.descriptor(SmallImage.MANIFEST_TYPE, manifest, foreign.manifest().length());
    registry.manifest(
        "app",
        "1",
        SmallImage.INDEX_TYPE,
        "{\"schemaVersion\":2,\"mediaType\":\""
            + SmallImage.INDEX_TYPE
            + "\",\"manifests\":["
            + descriptor.replace(
                "}", ",\"platform\":{\"os\":\"linux\",\"architecture\":\"s390x\"}}")
            + "]}");
  }

  @ParameterizedTest
  @MethodSource("faults")
  void oneLineSaysWhatIsWrongAndNothingIsLeft(Fault fault) throws IOException {
    fault.setup().accept(this);
    Command.Result result = pull().run();
    never.countDown();
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .startsWith("mydocker: pull " + registry.host() + "/app:1: ")
        .contains(fault.words())
        .hasLineCount(1);
    assertThat(sandbox.mydocker("images", "-aq").run().orThrow().stdout()).isEmpty();
    Path images = sandbox.root().resolve("images");
    assertThat(list(images.resolve("blobs/sha256"))).isEmpty();
    assertThat(list(images.resolve("tmp"))).isEmpty();
    assertThat(list(images.resolve("layers"))).isEmpty();
  }

  @Test
  void aLayerThatFailsEndsTheOneThatSaysNothing() throws IOException {
    CountDownLatch silent = new CountDownLatch(1);
    answer(
        blob(0),
        (_, _) -> {
          silent.countDown();
          silence();
        });
    answer(
        blob(1),
        (_, out) -> {
          await(silent);
          FakeRegistry.status(out, 404, "", "");
        });
    Command.Result result = pull().environment("MYDOCKER_REGISTRIES", patient().toString()).run();
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).hasLineCount(1).contains("is missing at");
  }

  @Test
  void aLayerThatIsNotTakenEndsTheOneThatNobodyTakes() throws IOException {
    pull().run().orThrow();
    String name = registry.host() + "/other:1";
    sandbox.mydocker("tag", registry.host() + "/app:1", name).run().orThrow();
    AtomicInteger uploads = new AtomicInteger();
    CountDownLatch silent = new CountDownLatch(1);
    Answer begin =
        (_, out) -> {
          int number = uploads.incrementAndGet();
          FakeRegistry.status(out, 202, "Location: /upload/" + number + "\r\n", "");
        };
    answer("/v2/other/blobs/uploads/", begin);
    for (int i = 0; i < 2; i++) {
      // It is asked first to take them from the repository that they came from.
      String digest = image.layerDigest(i).replace(":", "%3A");
      answer("/v2/other/blobs/uploads/?mount=" + digest + "&from=app", begin);
    }
    answer(
        "/upload/1",
        (_, _) -> {
          silent.countDown();
          silence();
        });
    for (int i = 2; i <= 3; i++) {
      answer(
          "/upload/" + i,
          (_, out) -> {
            await(silent);
            FakeRegistry.status(out, 403, "", "");
          });
    }
    Command.Result result =
        sandbox
            .mydocker("push", name)
            .environment("MYDOCKER_REGISTRIES", patient().toString())
            .environment("DOCKER_CONFIG", sandbox.directory() + "/docker")
            .run();
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).hasLineCount(1).contains("denies access");
  }

  @Test
  void aDiskThatIsFullInTheMiddleOfALayerIsSaidAndTheNextPullWorks() throws IOException {
    Path small = Files.createDirectories(sandbox.directory().resolve("small"));
    Command.of("mount", "-t", "tmpfs", "-o", "size=500k", "tmpfs", small.toString())
        .run()
        .orThrow();
    try {
      Command.Result full = pull().environment("MYDOCKER_ROOT", small.toString()).run();
      assertThat(full.exit()).isEqualTo(1);
      assertThat(full.stderr())
          .startsWith("mydocker: pull " + registry.host() + "/app:1: ")
          .containsAnyOf("no space left", "bytes there is room for")
          .hasLineCount(1);
      for (String made : List.of("blobs/sha256", "layers", "tmp")) {
        assertThat(list(small.resolve("images/" + made))).as(made).isEmpty();
      }
      Command.of("mount", "-o", "remount,size=8m", small.toString()).run().orThrow();
      pull().environment("MYDOCKER_ROOT", small.toString()).run().orThrow();
      assertThat(list(small.resolve("images/layers"))).hasSize(2);
      assertThat(list(small.resolve("images/partial"))).isEmpty();
    } finally {
      Command.of("umount", small.toString()).run().orThrow();
    }
  }
}
