package dev.mydocker.testing.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a pull goes, as whom, and which image it takes there. */
class PullWaysIT extends RegistryTest {
  PullWaysIT(Sandbox sandbox) {
    super(sandbox);
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
    // A platform of one's own means another image of the same name.
    for (String architecture : List.of("amd64", "arm64")) {
      String container =
          sandbox
              .mydocker("create", "-q", "--platform", "linux/" + architecture, name)
              .run()
              .orThrow()
              .stdout()
              .strip();
      String used =
          sandbox.mydocker("inspect", "-f", "{{.Image}}", container).run().orThrow().stdout();
      assertThat(
              sandbox
                  .mydocker("inspect", "-f", "{{.Architecture}}", used.strip())
                  .run()
                  .orThrow()
                  .stdout())
          .isEqualTo(architecture + "\n");
      sandbox.mydocker("rm", container).run().orThrow();
    }
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
