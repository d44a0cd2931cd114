package dev.mydocker.testing.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Registries that mean harm by what they say: a pull ends, in one line that steers no terminal, and
 * leaves nothing.
 */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class HostileManifestsIT {
  private static final String MANIFEST = "/v2/app/manifests/1";

  private final Sandbox sandbox;

  HostileManifestsIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** What a registry does, the words that say so, and how it comes about. */
  record Harm(String name, String words, BiConsumer<FakeRegistry, SmallImage> setup) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Harm manifest(String name, String words, UnaryOperator<String> change) {
    return new Harm(
        name,
        words,
        (registry, image) -> {
          var _ = image.serve(registry, "app", "1", change.apply(image.manifest()));
        });
  }

  private static Harm answer(String name, String words, int status, String headers) {
    return new Harm(
        name,
        words,
        (registry, _) ->
            registry.answer(MANIFEST, (_, out) -> FakeRegistry.status(out, status, headers, "")));
  }

  static Stream<Harm> harms() {
    return Stream.of(
        manifest(
            "is an image and an index (CVE-2021-41190)",
            "is an image and an index at once",
            text -> text.replace(",\"layers\":", ",\"manifests\":[],\"layers\":")),
        manifest(
            "is an index under the name of an image",
            "an image and an index at once",
            text ->
                text.replace(SmallImage.MANIFEST_TYPE, SmallImage.INDEX_TYPE)
                    .replace(",\"layers\":", ",\"manifests\":[],\"layers\":")),
        manifest("nests without an end", "parse", _ -> "[".repeat(1_000_000)),
        manifest(
            "is a picture that clears the screen",
            "it is no image, but \\x1b[2Jpicture",
            text -> text.replace("application/vnd.oci.image.config.v1+json", "\\u001b[2Jpicture")),
        manifest(
            "says that the configuration is longer",
            "bytes, not the 4000 that the manifest says",
            text -> text.replaceFirst("\"size\":[0-9]+", "\"size\":4000")),
        manifest(
            "says that the configuration is huge",
            "a configuration of 9000000000000000000 bytes is none",
            text -> text.replaceFirst("\"size\":[0-9]+", "\"size\":9000000000000000000")),
        manifest(
            "has more layers than the configuration",
            "manifest and configuration differ in the number of layers",
            text ->
                text.replace("],", "]")
                    .replaceFirst("\"layers\":\\[(.*)\\]", "\"layers\":[$1,$1]")),
        manifest(
            "names another digest algorithm",
            "has a digest that is not of SHA-256",
            text ->
                text.replaceFirst(
                    "(\"layers\":\\[.*\"digest\":\")sha256:[0-9a-f]{64}",
                    "$1sha512:" + "0".repeat(128))),
        new Harm("is for very many machines", ", others; choose", HostileManifestsIT::serveMany),
        answer(
            "wants a token of nobody",
            "wants a token, and does not say whose",
            401,
            "WWW-Authenticate: Bearer service=\"x\"\r\n"),
        answer(
            "wants a token of somebody who has none",
            "for a token: status 404; check that",
            401,
            "WWW-Authenticate: Bearer realm=\"/token\"\r\n"),
        answer(
            "wants a token that no header can hold",
            "the header Authorization cannot hold what it should",
            401,
            "WWW-Authenticate: Bearer realm=\"/split\"\r\n"),
        answer(
            "leads to what is no address",
            "malformed address",
            307,
            "Location: http://\u001b]0;x\u0007/\r\n"),
        new Harm(
            "begins to answer without an end",
            "it begins again and again",
            (registry, _) ->
                registry.answer(
                    MANIFEST,
                    (_, out) -> {
                      for (int i = 0; i < 100_000; i++) {
                        FakeRegistry.write(out, "HTTP/1.1 100 Continue\r\n\r\n");
                      }
                      throw new IOException("enough");
                    })));
  }

  private static void serveMany(FakeRegistry registry, SmallImage image) {
    String some = SmallImage.descriptor(SmallImage.MANIFEST_TYPE, image.layerDigest(0), 7);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      all.add(
          some.replace("}", ",\"platform\":{\"os\":\"linux\",\"architecture\":\"m" + i + "\"}}"));
    }
    String manifests = String.join(",", all);
    registry.manifest(
        "app",
        "1",
        SmallImage.INDEX_TYPE,
        "{\"schemaVersion\":2,\"manifests\":[" + manifests + "]}");
  }

  @ParameterizedTest
  @MethodSource("harms")
  void onePullEndsInOneLine(Harm harm) throws IOException {
    try (FakeRegistry registry = FakeRegistry.start()) {
      registry.serve(
          "/split?scope=repository%3Aapp%3Apull",
          "application/json", "{\"token\":\"a\\r\\nX-Secret: b\"}".getBytes(UTF_8));
      harm.setup().accept(registry, SmallImage.of(1, 1000));
      Path settings =
          Files.writeString(sandbox.directory().resolve("registries.json"), "{\"timeout\": 10}");
      Result result =
          sandbox
              .mydocker("pull", registry.host() + "/app:1")
              .environment("MYDOCKER_REGISTRIES", settings.toString())
              .run();
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.stderr())
          .startsWith("mydocker: pull " + registry.host() + "/app:1: ")
          .contains(harm.words())
          .hasLineCount(1)
          .hasSizeLessThan(1000)
          .doesNotContain("\u001b", "X-Secret");
      assertThat(result.stdout()).doesNotContain("\u001b");
    }
    assertThat(sandbox.mydocker("images", "-aq").run().orThrow().stdout()).isEmpty();
    for (String made : List.of("blobs/sha256", "layers", "tmp")) {
      Path directory = sandbox.root().resolve("images").resolve(made);
      if (Files.exists(directory)) {
        try (Stream<Path> files = Files.list(directory)) {
          assertThat(files).as(made).isEmpty();
        }
      }
    }
  }
}
