package dev.mydocker.testing.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.FakeRegistry.Answer;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Registries that are slow, broken or malicious: one line says what is wrong, nothing is left. */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class HostileRegistryIT {
  private static final String MANIFEST = "/v2/app/manifests/1";
  private static final int SIZE = 300_000;

  private final Sandbox sandbox;
  private FakeRegistry registry;
  private SmallImage image;
  private final CountDownLatch never = new CountDownLatch(1);

  HostileRegistryIT(Sandbox sandbox) {
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

  private Command pull(String... more) throws IOException {
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

  private String blob(int layer) {
    return "/v2/app/blobs/" + image.layerDigest(layer);
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

  private void answer(String path, Answer answer) {
    registry.answer(path, answer);
  }

  private static Answer status(int status, String headers, String text) {
    return (_, out) -> FakeRegistry.status(out, status, headers, text);
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

  private void silence() throws IOException {
    try {
      never.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private byte[] other() {
    byte[] other = image.layers.get(1).clone();
    other[other.length / 2] ^= 1;
    return other;
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

  private static List<Path> list(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  private void requireWhole() throws IOException {
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

  @Test
  void aConnectionThatIsCutAgainAndAgainGoesOnWhereItWas() throws IOException {
    byte[] content = image.layers.get(0);
    answer(
        blob(0),
        (request, out) -> {
          int from = request.from();
          int to = Math.min(content.length, from + 70_000);
          FakeRegistry.write(
              out,
              "HTTP/1.1 "
                  + (from > 0
                      ? "206 Partial\r\nContent-Range: bytes "
                          + from
                          + "-"
                          + (content.length - 1)
                          + "/"
                          + content.length
                      : "200 OK")
                  + "\r\nContent-Length: "
                  + (content.length - from)
                  + "\r\n\r\n");
          out.write(content, from, to - from);
          out.flush();
          if (to < content.length) {
            throw new IOException("cut");
          }
        });
    pull().run().orThrow();
    assertThat(registry.requests(blob(0)).stream().map(FakeRegistry.Request::from).toList())
        .containsExactly(0, 70_000, 140_000, 210_000, 280_000);
    requireWhole();
  }

  @Test
  void whatIsCutWhereNobodyKnowsPartsComesAgainFromTheStart() throws IOException {
    byte[] content = image.layers.get(0);
    AtomicInteger times = new AtomicInteger();
    answer(
        blob(0),
        (_, out) -> {
          FakeRegistry.write(
              out, "HTTP/1.1 200 OK\r\nContent-Length: " + content.length + "\r\n\r\n");
          out.write(content, 0, times.getAndIncrement() == 0 ? 100_000 : content.length);
          out.flush();
          throw new IOException("cut");
        });
    pull().run().orThrow();
    assertThat(times).hasValue(2);
    requireWhole();
  }

  @Test
  void whatFailsForTheMomentIsAskedAgain() throws IOException {
    AtomicInteger manifests = new AtomicInteger();
    answer(
        MANIFEST,
        (request, out) -> {
          switch (manifests.getAndIncrement()) {
            case 0 -> FakeRegistry.status(out, 503, "", "");
            case 1 -> FakeRegistry.status(out, 429, "Retry-After: 0\r\n", "");
            default ->
                FakeRegistry.serve(
                    request, out, SmallImage.MANIFEST_TYPE, image.manifest().getBytes(UTF_8));
          }
        });
    AtomicInteger blobs = new AtomicInteger();
    answer(
        blob(1),
        (request, out) ->
            FakeRegistry.serve(
                request, out, "x", blobs.getAndIncrement() == 0 ? other() : image.layers.get(1)));
    Command.Result result = pull().run().orThrow();
    assertThat(manifests).hasValue(3);
    assertThat(blobs).hasValue(2);
    assertThat(result.stdout()).contains(": Retrying what came had another digest");
    requireWhole();
  }

  @Test
  void aRedirectionToAnotherHostIsFollowedWithoutThePassword() throws IOException {
    Path docker = Files.createDirectories(sandbox.directory().resolve("docker"));
    Files.writeString(
        docker.resolve("config.json"),
        "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"dXNlcjpzZWNyZXQ=\"}}}");
    try (FakeRegistry other = FakeRegistry.start()) {
      other.serve("/elsewhere", "x", image.layers.get(0));
      answer(blob(0), status(307, "Location: http://" + other.host() + "/elsewhere\r\n", ""));
      answer(
          MANIFEST,
          (request, out) -> {
            if (request.header("authorization").isEmpty()) {
              FakeRegistry.status(out, 401, "WWW-Authenticate: Basic realm=\"x\"\r\n", "");
            } else {
              FakeRegistry.serve(
                  request, out, SmallImage.MANIFEST_TYPE, image.manifest().getBytes(UTF_8));
            }
          });
      pull().run().orThrow();
      assertThat(registry.requests(blob(0)).getFirst().header("authorization"))
          .isEqualTo("Basic dXNlcjpzZWNyZXQ=");
      assertThat(other.requests("/elsewhere")).hasSize(1);
      assertThat(other.requests("/elsewhere").getFirst().header("authorization")).isEmpty();
    } finally {
      Files.delete(docker.resolve("config.json"));
    }
    requireWhole();
  }

  @Test
  void aTokenIsFetchedWithThePasswordAndUsedForAll() throws IOException {
    Path docker = Files.createDirectories(sandbox.directory().resolve("docker"));
    Files.writeString(
        docker.resolve("config.json"),
        "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"dXNlcjpzZWNyZXQ=\"}}}");
    String token = "/token?service=here&scope=repository%3Aapp%3Apull";
    registry.serve(token, "application/json", "{\"token\":\"abc\"}".getBytes(UTF_8));
    List.of(MANIFEST, blob(0), blob(1), "/v2/app/blobs/" + FakeRegistry.digest(image.config))
        .forEach(this::wantToken);
    pull().run().orThrow();
    Files.delete(docker.resolve("config.json"));
    assertThat(registry.requests(token)).hasSize(1);
    assertThat(registry.requests(token).getFirst().header("authorization"))
        .isEqualTo("Basic dXNlcjpzZWNyZXQ=");
    requireWhole();
  }

  private void wantToken(String path) {
    byte[] content =
        path.equals(MANIFEST)
            ? image.manifest().getBytes(UTF_8)
            : path.equals(blob(0))
                ? image.layers.get(0)
                : path.equals(blob(1)) ? image.layers.get(1) : image.config;
    answer(
        path,
        (request, out) -> {
          if (request.header("authorization").equals("Bearer abc")) {
            FakeRegistry.serve(request, out, "x", content);
          } else {
            FakeRegistry.status(
                out,
                401,
                "WWW-Authenticate: Bearer realm=\"http://"
                    + registry.host()
                    + "/token\",service=\"here\",scope=\"repository:app:pull\"\r\n",
                "");
          }
        });
  }

  @Test
  void anIndexIsReadForThePlatform() throws IOException {
    SmallImage arm = SmallImage.of("arm64", 2, SIZE);
    SmallImage amd = SmallImage.of("amd64", 2, SIZE);
    List<String> descriptors = new ArrayList<>();
    for (SmallImage each : List.of(arm, amd)) {
      String manifest = each.serve(registry, "app", each == arm ? "arm" : "amd");
      descriptors.add(
          SmallImage.descriptor(SmallImage.MANIFEST_TYPE, manifest, each.manifest().length())
              .replace(
                  "}",
                  ",\"platform\":{\"os\":\"linux\",\"architecture\":\""
                      + (each == arm ? "arm64" : "amd64")
                      + "\"}}"));
    }
    String index =
        registry.manifest(
            "app",
            "1",
            SmallImage.INDEX_TYPE,
            "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", descriptors) + "]}");
    String name = registry.host() + "/app:1";
    Command.Result result = pull("--platform", "linux/arm64", name).run().orThrow();
    assertThat(result.stdout())
        .contains("Digest: " + index + "\n", "Status: Downloaded newer image for " + name);
    assertThat(
            sandbox.mydocker("inspect", "-f", "{{.Architecture}}", name).run().orThrow().stdout())
        .isEqualTo("arm64\n");
    String byDigest = registry.host() + "/app@" + index;
    assertThat(pull("-q", byDigest).run().orThrow().stdout()).isEqualTo(byDigest + "\n");
    // The digest of an index means what came last.
    String format = "{{.Architecture}} {{.RepoDigests}}";
    assertThat(sandbox.mydocker("inspect", "-f", format, byDigest).run().orThrow().stdout())
        .isEqualTo("amd64 [" + byDigest + "]\n");
    assertThat(sandbox.mydocker("inspect", "-f", format, name).run().orThrow().stdout())
        .isEqualTo("arm64 []\n");
  }

  @Test
  void twoPullsAtOnceFetchALayerOnce() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    byte[] content = image.layers.get(0);
    answer(
        MANIFEST,
        (request, out) -> {
          both.countDown();
          try {
            both.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          FakeRegistry.serve(
              request, out, SmallImage.MANIFEST_TYPE, image.manifest().getBytes(UTF_8));
        });
    Process first = pull().start();
    Process second = pull().start();
    for (Process each : List.of(first, second)) {
      String errors = new String(each.getErrorStream().readAllBytes(), UTF_8);
      assertThat(each.waitFor()).as(errors).isZero();
    }
    assertThat(registry.requests(blob(0))).hasSize(1);
    assertThat(registry.requests(blob(1))).hasSize(1);
    assertThat(content).isNotEmpty();
    requireWhole();
  }

  @Test
  void aPullThatWasKilledIsCompletedByTheNextOneWithoutFetchingTwice() throws Exception {
    byte[] content = image.layers.get(1);
    CountDownLatch killed = new CountDownLatch(1);
    answer(
        blob(1),
        (request, out) -> {
          if (request.from() > 0) {
            FakeRegistry.serve(request, out, "x", content);
            return;
          }
          FakeRegistry.write(
              out, "HTTP/1.1 200 OK\r\nContent-Length: " + content.length + "\r\n\r\n");
          out.write(content, 0, 200_000);
          out.flush();
          try {
            killed.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    Process victim = pull().environment("MYDOCKER_REGISTRIES", patient().toString()).start();
    Path partial = sandbox.root().resolve("images/partial");
    Path half = partial.resolve(image.layerDigest(1).substring("sha256:".length()));
    Path whole = partial.resolve(image.layerDigest(0).substring("sha256:".length()));
    while (!(Files.exists(half)
        && Files.size(half) == 200_000
        && Files.exists(whole)
        && Files.size(whole) == image.layers.get(0).length)) {
      assertThat(victim.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    victim.destroyForcibly().waitFor();
    killed.countDown();
    assertThat(sandbox.mydocker("images", "-aq").run().orThrow().stdout()).isEmpty();
    pull().run().orThrow();
    assertThat(registry.requests(blob(0))).hasSize(1);
    assertThat(registry.requests(blob(1)).stream().map(FakeRegistry.Request::from).toList())
        .containsExactly(0, 200_000);
    requireWhole();
  }

  private Path patient() throws IOException {
    return Files.writeString(sandbox.directory().resolve("patient.json"), "{\"timeout\": 300}");
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
  void aBlobThatIsTooLargeForOneRequestIsSentInPieces() throws IOException {
    SmallImage large = SmallImage.of(1, 3_000_000);
    large.serve(registry, "app", "1");
    pull().run().orThrow();
    String name = registry.host() + "/other:1";
    sandbox.mydocker("tag", registry.host() + "/app:1", name).run().orThrow();
    String layer = large.layerDigest(0).replace(":", "%3A");
    String config = FakeRegistry.digest(large.config).replace(":", "%3A");
    String uploads = "/v2/other/blobs/uploads/";
    answer(uploads + "?mount=" + layer + "&from=app", status(202, "Location: /layer\r\n", ""));
    answer(uploads, status(202, "Location: /config\r\n", ""));
    List<String> taken = new ArrayList<>();
    answer(
        "/layer",
        (request, out) -> {
          if (Integer.parseInt(request.header("content-length")) > 1 << 20) {
            FakeRegistry.status(out, 413, "", "");
          } else {
            taken.add(request.header("content-range"));
            FakeRegistry.status(out, 202, "Location: /layer\r\n", "");
          }
        });
    answer("/config", status(202, "Location: /config\r\n", ""));
    answer("/layer?digest=" + layer, status(201, "", ""));
    answer("/config?digest=" + config, status(201, "", ""));
    answer("/v2/other/manifests/1", status(201, "", ""));
    sandbox
        .mydocker("push", name)
        .environment("DOCKER_CONFIG", sandbox.directory() + "/docker")
        .run()
        .orThrow();
    int size = large.layers.get(0).length;
    assertThat(taken).containsExactly("0-1048575", "1048576-2097151", "2097152-" + (size - 1));
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
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

  @Test
  void aMirrorComesFirstAndTheRegistryAfterIt() throws IOException {
    try (FakeRegistry mirror = FakeRegistry.start()) {
      image.serve(mirror, "app", "1");
      mirror.answer(blob(1), status(404, "", ""));
      Path settings = sandbox.directory().resolve("mirrors.json");
      Files.writeString(
          settings,
          "{\"mirrors\": {\"" + registry.host() + "\": [\"http://" + mirror.host() + "\"]}}");
      pull().environment("MYDOCKER_REGISTRIES", settings.toString()).run().orThrow();
      assertThat(mirror.requests(blob(0))).hasSize(1);
      assertThat(registry.requests(blob(0))).isEmpty();
      assertThat(registry.requests(blob(1))).hasSize(1);
      assertThat(registry.requests(MANIFEST)).isEmpty();
    }
    requireWhole();
  }

  @Test
  void runBringsWhatIsMissing() throws IOException {
    String name = registry.host() + "/app:1";
    Command.Result never = sandbox.mydocker("create", "--pull", "never", name).run();
    assertThat(never.exit()).isEqualTo(1);
    assertThat(never.stderr())
        .isEqualTo(
            "mydocker: find image "
                + name
                + ": not on this machine; pull it: mydocker pull "
                + name
                + "\n");
    Command.Result created = sandbox.mydocker("create", name).run().orThrow();
    assertThat(created.stderr())
        .startsWith("Unable to find image '" + name + "' locally\n1: Pulling from app\n")
        .endsWith("Status: Downloaded newer image for " + name + "\n");
    Command.Result again = sandbox.mydocker("create", "--pull", "missing", name).run().orThrow();
    assertThat(again.stderr()).isEmpty();
    int asked = registry.requests(MANIFEST).size();
    Command.Result always = sandbox.mydocker("create", "--pull=always", "-q", name).run().orThrow();
    assertThat(always.stderr()).isEmpty();
    assertThat(registry.requests(MANIFEST)).hasSize(asked + 1);
    for (Command.Result each : List.of(created, again, always)) {
      sandbox.mydocker("rm", each.stdout().strip()).run().orThrow();
    }
  }
}
