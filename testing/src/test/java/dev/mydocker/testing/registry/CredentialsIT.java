package dev.mydocker.testing.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.FakeRegistry.Request;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who asks a registry: what Docker's config.json says, and the programs that it names. */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class CredentialsIT {
  private static final String MANIFEST = "/v2/app/manifests/1";

  private final Sandbox sandbox;
  private final SmallImage image = SmallImage.of(1, 1000);
  private FakeRegistry registry;
  private Path docker;
  private Path config;
  private Path bin;

  CredentialsIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void serve() throws IOException {
    registry = FakeRegistry.start();
    docker = Files.createDirectories(sandbox.directory().resolve("docker"));
    config = docker.resolve("config.json");
    bin = Files.createDirectories(sandbox.directory().resolve("bin"));
  }

  @AfterEach
  void stop() throws IOException {
    registry.close();
    Files.deleteIfExists(config);
    for (String id : sandbox.mydocker("images", "-q").run().stdout().lines().distinct().toList()) {
      sandbox.mydocker("rmi", "-f", id).run().orThrow();
    }
  }

  private Command mydocker(String... words) {
    return sandbox
        .mydocker(words)
        .environment("DOCKER_CONFIG", docker.toString())
        .environment("PATH", bin + ":" + System.getenv("PATH"));
  }

  private Result pull(FakeRegistry from) {
    return mydocker("pull", "-q", from.host() + "/app:1").run();
  }

  /** Serves the image to whoever has the right header, and the challenge to others. */
  private void serve(FakeRegistry at, String authorization, String challenge) {
    image.serve(at, "app", "1");
    for (String path :
        List.of(
            MANIFEST,
            "/v2/app/blobs/" + image.layerDigest(0),
            "/v2/app/blobs/" + FakeRegistry.digest(image.config))) {
      byte[] content =
          path.equals(MANIFEST)
              ? image.manifest().getBytes(UTF_8)
              : path.endsWith(image.layerDigest(0)) ? image.layers.get(0) : image.config;
      at.answer(
          path,
          (request, out) -> {
            if (request.header("authorization").equals(authorization)) {
              FakeRegistry.serve(request, out, "x", content);
            } else {
              FakeRegistry.status(out, 401, "WWW-Authenticate: " + challenge + "\r\n", "");
            }
          });
    }
  }

  private static String basic(String userAndPassword) {
    return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8));
  }

  /** Writes a helper that answers with its own name, and notes what it was asked. */
  private void helper(String name) throws IOException {
    Path program = bin.resolve("docker-credential-" + name);
    Files.writeString(
        program,
        "#!/bin/sh\nread server; echo \"$1 $server\" >>"
            + bin
            + "/"
            + name
            + ".asked\necho '{\"Username\":\""
            + name
            + "\",\"Secret\":\"word\"}'\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void aRegistryMayHaveAHelperOfItsOwn() throws IOException {
    helper("own");
    helper("usual");
    try (FakeRegistry other = FakeRegistry.start()) {
      Files.writeString(
          config,
          "{\"credsStore\":\"usual\",\"credHelpers\":{\"" + registry.host() + "\":\"own\"}}");
      serve(registry, basic("own:word"), "Basic realm=\"x\"");
      serve(other, basic("usual:word"), "Basic realm=\"x\"");
      pull(registry).orThrow();
      pull(other).orThrow();
      assertThat(bin.resolve("own.asked")).hasContent("get " + registry.host());
      assertThat(bin.resolve("usual.asked")).hasContent("get " + other.host());
    }
  }

  @Test
  void aHelperThatIsNotThereOrFailsIsSaidInOneLine() throws IOException {
    serve(registry, "none", "Basic realm=\"x\"");
    Files.writeString(config, "{\"credHelpers\":{\"" + registry.host() + "\":\"absent\"}}");
    Result absent = pull(registry);
    assertThat(absent.exit()).isEqualTo(1);
    assertThat(absent.stderr())
        .hasLineCount(1)
        .contains(
            "docker-credential-absent get "
                + registry.host()
                + ": cannot be started: no such file or directory; ",
            "see credsStore and credHelpers in ~/.docker/config.json");
    Path program = bin.resolve("docker-credential-locked");
    Files.writeString(program, "#!/bin/sh\nprintf 'the keyring is \\033[2Jlocked\\nmore'; exit 1");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(config, "{\"credHelpers\":{\"" + registry.host() + "\":\"locked\"}}");
    Result locked = pull(registry);
    assertThat(locked.exit()).isEqualTo(1);
    assertThat(locked.stderr())
        .hasLineCount(1)
        .contains(registry.host() + ": the keyring is \\x1b[2Jlocked; see");
  }

  @Test
  void anIdentityTokenIsExchangedForOneThatIsUsed() throws IOException {
    Files.writeString(
        config, "{\"auths\":{\"" + registry.host() + "\":{\"identitytoken\":\"refresh&me\"}}}");
    serve(
        registry,
        "Bearer abc",
        "Bearer realm=\"http://"
            + registry.host()
            + "/oauth2/token\",service=\"the service\",scope=\"repository:app:pull\"");
    registry.answer(
        "/oauth2/token",
        (request, out) -> {
          boolean right =
              request.method().equals("POST")
                  && request.header("authorization").isEmpty()
                  && List.of(request.content().split("&", -1))
                      .containsAll(
                          List.of(
                              "grant_type=refresh_token",
                              "refresh_token=refresh%26me",
                              "service=the%20service",
                              "scope=repository%3Aapp%3Apull"));
          FakeRegistry.status(
              out,
              right ? 200 : 400,
              "Content-Type: application/json\r\n",
              "{\"access_token\":\"abc\",\"expires_in\":300}");
        });
    pull(registry).orThrow();
    assertThat(registry.requests("/oauth2/token"))
        .singleElement()
        .extracting(Request::method, request -> request.header("content-type"))
        .containsExactly("POST", "application/x-www-form-urlencoded");
    assertThat(registry.requests())
        .noneMatch(request -> request.header("authorization").contains("refresh"));
  }

  @Test
  void anIdentityTokenThatIsNotTakenAnyMoreIsSaid() throws IOException {
    Files.writeString(
        config, "{\"auths\":{\"" + registry.host() + "\":{\"identitytoken\":\"old\"}}}");
    serve(registry, "Bearer abc", "Bearer realm=\"http://" + registry.host() + "/oauth2/token\"");
    registry.answer("/oauth2/token", (_, out) -> FakeRegistry.status(out, 401, "", ""));
    Result refused = pull(registry);
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.stderr())
        .isEqualTo(
            "mydocker: pull "
                + registry.host()
                + "/app:1: "
                + registry.host()
                + " refuses these credentials, or they do not suffice; log in: mydocker login "
                + registry.host()
                + "\n");
  }
}
