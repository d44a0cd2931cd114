package dev.mydocker.testing.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.LocalRegistry;
import dev.mydocker.testkit.LocalRegistry.Access;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Images go to Debian's docker-registry and come from it, for us and for other tools. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX, Need.REGISTRY})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryIT {
  private static final String RICH =
      """
      mkdir -p "$0/d/e"; cd "$0"; echo x >d/x; ln d/x d/hard; ln -s ../d/x d/soft; mkfifo pipe
      mknod null c 1 3; chown 3000000:3000001 d/x; chmod 4711 d/x; chmod 1777 d
      truncate -s 3M sparse; echo end >>sparse
      touch -d '1999-01-02 03:04:05.123456789' d/x d/e; cp "$(command -v busybox)" busybox
      """;

  private final Sandbox sandbox;
  private Path work;
  private LocalRegistry registry;
  private String id;
  private String tree;

  RegistryIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeAll
  void anImageOfTwoLayersIsHere() throws IOException {
    work = Files.createDirectories(sandbox.directory().resolve("work"));
    registry = LocalRegistry.start(work.resolve("registry"), Access.OPEN);
    Path source = work.resolve("source");
    sh(RICH, source.toString());
    run("import", source.toString(), "rich:base", "-c", "CMD [\"/busybox\", \"sh\"]").orThrow();
    run(
            "run",
            "--name",
            "change",
            "rich:base",
            "/busybox",
            "sh",
            "-c",
            "/busybox rm /pipe; /busybox echo y >>/d/hard")
        .orThrow();
    run("commit", "change", "rich:two").orThrow();
    run("rm", "change").orThrow();
    id = id("rich:two");
    tree = exported("rich:two");
  }

  @AfterAll
  void stop() {
    registry.close();
  }

  private Command mydocker(String... arguments) {
    return sandbox.mydocker(arguments).environment("DOCKER_CONFIG", work + "/docker");
  }

  private Result run(String... arguments) {
    return mydocker(arguments).run();
  }

  private static String sh(String script, String... arguments) {
    List<String> line = new ArrayList<>(List.of("sh", "-ec", script));
    line.addAll(List.of(arguments));
    return Command.of(line.toArray(String[]::new)).run().orThrow().stdout();
  }

  private String id(String name) {
    return run("inspect", "-f", "{{.Id}}", name).orThrow().stdout().strip();
  }

  private String exported(String image) {
    String container = run("create", image).orThrow().stdout().strip();
    Path archive = work.resolve("export.tar");
    run("export", "-o", archive.toString(), container).orThrow();
    run("rm", container).orThrow();
    return sh("sha256sum <\"$0\"", archive.toString());
  }

  /** Pushes it under a name, and removes the name here. */
  private void pushAndForget(String name) {
    run("tag", "rich:two", name).orThrow();
    run("push", "-q", name).orThrow();
    run("rmi", name).orThrow();
  }

  @Test
  void whatIsPushedIsPulledWithTheSameFiles() {
    String name = registry.host() + "/team/rich:1";
    run("tag", "rich:two", name).orThrow();
    Result pushed = run("push", name).orThrow();
    String repository = registry.host() + "/team/rich";
    assertThat(pushed.stdout())
        .startsWith("The push refers to repository [" + repository + "]\n")
        .containsPattern("(?m)^[0-9a-f]{12}: Preparing$")
        .containsPattern("(?m)^[0-9a-f]{12}: Pushed$")
        .containsPattern("1: digest: sha256:[0-9a-f]{64} size: [0-9]+\n$");
    Result again = run("push", name).orThrow();
    assertThat(again.stdout()).contains(": Layer already exists").doesNotContain(": Pushed");
    run("tag", "rich:two", registry.host() + "/other:1").orThrow();
    Result mounted = run("push", registry.host() + "/other:1").orThrow();
    assertThat(mounted.stdout()).contains(": Mounted from team/rich").doesNotContain(": Pushed");

    run("rmi", "-f", id).orThrow();
    assertThat(run("images", "-q", "rich").stdout()).doesNotContain(id.substring(7, 19));
    run("rmi", "rich:base").orThrow();
    Result pulled = run("pull", name).orThrow();
    assertThat(pulled.stdout())
        .startsWith("1: Pulling from team/rich\n")
        .contains(": Pull complete\n", "Status: Downloaded newer image for " + name + "\n")
        .endsWith("\n" + name + "\n");
    assertThat(id(name)).isEqualTo(id);
    assertThat(exported(name)).isEqualTo(tree);
    run("tag", name, "rich:two").orThrow();
    assertThat(run("pull", name).orThrow().stdout())
        .contains(": Already exists\n", "Status: Image is up to date for " + name + "\n");
    run("rmi", name).orThrow();
  }

  @Test
  void anImageIsKnownByTheDigestsThatRegistriesHaveItUnder() {
    String repository = registry.host() + "/digests";
    run("tag", "rich:two", repository + ":1").orThrow();
    assertThat(digests("rich:two")).doesNotContain(repository);
    String pushed = run("push", repository + ":1").orThrow().stdout();
    String digest = pushed.substring(pushed.indexOf("sha256:"), pushed.lastIndexOf(" size"));
    String whole = repository + "@" + digest;
    assertThat(digests("rich:two")).contains(whole);
    assertThat(run("images", "--digests", repository).stdout().lines())
        .satisfiesExactly(
            header -> assertThat(header).matches("REPOSITORY +TAG +DIGEST +IMAGE ID +CREATED.*"),
            line -> assertThat(line).matches(repository + " +1 +" + digest + " +[0-9a-f]{12} .*"));
    assertThat(run("images", "--format", "{{.Tag}} {{.Digest}}", repository).stdout())
        .isEqualTo("1 " + digest + "\n");
    assertThat(run("run", "--rm", whole, "/busybox", "cat", "/d/hard").stdout())
        .isEqualTo("x\ny\n");

    // The last tag of the repository takes its digest along.
    assertThat(run("rmi", repository + ":1").orThrow().stdout())
        .isEqualTo("Untagged: " + repository + ":1\nUntagged: " + whole + "\n");
    assertThat(digests("rich:two")).doesNotContain(whole);
    run("pull", "-q", whole).orThrow();
    assertThat(digests("rich:two")).contains(whole);
    assertThat(inspected("{{.RepoTags}}", whole)).doesNotContain("@").contains("rich:two");
    assertThat(run("images", "--format", "{{.Tag}} {{.ID}}", repository).stdout())
        .isEqualTo("<none> " + id.substring(7, 19) + "\n");
    assertThat(run("rmi", whole).orThrow().stdout()).isEqualTo("Untagged: " + whole + "\n");
    assertThat(run("rmi", whole).stderr()).contains("No such image: " + whole);

    // A tag that moves on leaves the image with its digest.
    run("pull", "-q", whole).orThrow();
    run("tag", whole, repository + ":2").orThrow();
    run("tag", "rich:base", repository + ":2").orThrow();
    assertThat(digests("rich:two")).contains(whole);
    assertThat(run("push", whole).stderr()).contains("cannot push a digest reference");
    run("rmi", whole, repository + ":2").orThrow();
  }

  private String digests(String image) {
    return inspected("{{.RepoDigests}}", image);
  }

  private String inspected(String format, String image) {
    return run("inspect", "-f", format, image).orThrow().stdout().strip();
  }

  @Test
  void allTagsArePushedAndPulled() {
    String repository = registry.host() + "/tags";
    run("tag", "rich:two", repository + ":a").orThrow();
    run("tag", "rich:two", repository + ":b").orThrow();
    assertThat(run("push", "-a", repository).orThrow().stdout())
        .contains("\na: digest: ", "\nb: digest: ");
    run("rmi", repository + ":a", repository + ":b").orThrow();
    assertThat(run("pull", "-a", repository).orThrow().stdout()).endsWith(repository + "\n");
    assertThat(run("images", "--format", "{{.Tag}}", repository).stdout().lines())
        .containsExactlyInAnyOrder("a", "b");
    run("rmi", repository + ":a", repository + ":b").orThrow();
  }

  @Test
  void whatIsNotThereIsSaidInOneLine() {
    assertThat(run("push", registry.host() + "/absent:1").stderr())
        .isEqualTo(
            "mydocker: An image does not exist locally with the tag: "
                + registry.host()
                + "/absent; give it that name: mydocker tag IMAGE "
                + registry.host()
                + "/absent:1\n");
    assertThat(run("pull", registry.host() + "/absent:1").stderr())
        .isEqualTo(
            "mydocker: pull "
                + registry.host()
                + "/absent:1: there is no such image at "
                + registry.host()
                + "; check the name and the tag or digest\n");
    assertThat(run("search", registry.host() + "/x").stderr())
        .isEqualTo(
            "mydocker: search "
                + registry.host()
                + " for x: "
                + registry.host()
                + " has no search; pull by name, or look at its web page\n");
  }

  @Test
  void aPasswordIsCheckedKeptUsedAndForgotten() throws IOException {
    try (LocalRegistry secret = LocalRegistry.start(work.resolve("secret"), Access.PASSWORD)) {
      String name = secret.host() + "/rich:1";
      run("tag", "rich:two", name).orThrow();
      assertThat(run("push", name).stderr())
          .isEqualTo(
              "mydocker: push "
                  + name
                  + ": access denied: there is no such repository, or "
                  + secret.host()
                  + " wants a login; log in: mydocker login "
                  + secret.host()
                  + "\n");
      Result wrong =
          mydocker("login", "-u", "user", "--password-stdin", secret.host()).input("no").run();
      assertThat(wrong.exit()).isEqualTo(1);
      assertThat(wrong.stderr()).contains("refuses").hasLineCount(1);
      assertThat(work.resolve("docker/config.json")).doesNotExist();
      Result right =
          mydocker("login", "-u", "user", "--password-stdin", secret.host())
              .input(LocalRegistry.PASSWORD + "\n")
              .run()
              .orThrow();
      assertThat(right.stdout()).isEqualTo("Login Succeeded\n");
      Path config = work.resolve("docker/config.json");
      assertThat(right.stderr()).contains("stored unencrypted in " + config);
      assertThat(Files.getPosixFilePermissions(config)).hasSize(2);
      assertThat(Files.readString(config))
          .contains(Base64.getEncoder().encodeToString("user:secret".getBytes(UTF_8)));
      run("push", "-q", name).orThrow();
      run("rmi", name).orThrow();
      run("pull", name).orThrow();
      assertThat(run("logout", secret.host()).orThrow().stdout())
          .isEqualTo("Removing login credentials for " + secret.host() + "\n");
      assertThat(run("logout", secret.host()).orThrow().stdout())
          .isEqualTo("Not logged in to " + secret.host() + "\n");
      assertThat(run("pull", name).exit()).isEqualTo(1);
      run("rmi", name).orThrow();
    }
  }

  @Test
  void aHelperKeepsThePassword() throws IOException {
    Path bin = Files.createDirectories(work.resolve("bin"));
    Path helper = bin.resolve("docker-credential-test");
    Files.writeString(
        helper,
        """
        #!/bin/sh
        case $1 in
          store) cat >"$KEPT" ;;
          get) cat "$KEPT" 2>/dev/null || { echo credentials not found; exit 1; } ;;
          erase) rm -f "$KEPT" ;;
        esac
        """);
    sh("chmod 755 \"$0\"", helper.toString());
    Path docker = Files.createDirectories(work.resolve("docker-with-helper"));
    Files.writeString(docker.resolve("config.json"), "{\"credsStore\": \"test\", \"x\": 1}");
    Path kept = work.resolve("kept");
    try (LocalRegistry secret = LocalRegistry.start(work.resolve("helped"), Access.PASSWORD)) {
      String name = secret.host() + "/rich:1";
      run("tag", "rich:two", name).orThrow();
      for (String[] words :
          new String[][] {
            {"login", "-u", "user", "--password-stdin", secret.host()},
            {"push", "-q", name},
            {"pull", "-q", name}
          }) {
        sandbox
            .mydocker(words)
            .environment("DOCKER_CONFIG", docker.toString())
            .environment("PATH", bin + ":" + System.getenv("PATH"))
            .environment("KEPT", kept.toString())
            .input(LocalRegistry.PASSWORD)
            .run()
            .orThrow();
      }
      assertThat(kept).content().contains("\"Secret\":\"secret\"");
      assertThat(docker.resolve("config.json"))
          .content()
          .doesNotContain("secret")
          .contains("\"x\"");
      run("rmi", name).orThrow();
    }
  }

  @Test
  void tlsIsBelievedOnlyWhereTheAuthorityIsKnown() throws IOException {
    try (LocalRegistry tls = LocalRegistry.start(work.resolve("tls"), Access.TLS)) {
      String name = tls.host() + "/rich:1";
      run("tag", "rich:two", name).orThrow();
      assertThat(run("push", name).stderr())
          .isEqualTo(
              "mydocker: push "
                  + name
                  + ": speak TLS with "
                  + tls.host()
                  + ": its certificate is signed by nobody whom this machine knows; put its"
                  + " authority's certificate into /etc/docker/certs.d/"
                  + tls.host()
                  + "/ca.crt\n");
      Path certificates = work.resolve("certs.d");
      Path own = Files.createDirectories(certificates.resolve(tls.host()));
      Files.copy(tls.certificate(), own.resolve("ca.crt"));
      mydocker("push", "-q", name)
          .environment("MYDOCKER_CERTIFICATES", certificates.toString())
          .run()
          .orThrow();
      Path settings =
          Files.writeString(
              work.resolve("insecure.json"), "{\"insecure-registries\": [\"" + tls.host() + "\"]}");
      run("rmi", name).orThrow();
      mydocker("pull", "-q", name)
          .environment("MYDOCKER_REGISTRIES", settings.toString())
          .run()
          .orThrow();
      assertThat(id(name)).isEqualTo(id);
      run("rmi", name).orThrow();
    }
  }

  @Test
  @Requires(Need.SKOPEO)
  void skopeoTakesWhatWePushAndWeWhatItPushes() {
    String name = registry.host() + "/skopeo:1";
    pushAndForget(name);
    String copied = registry.host() + "/skopeo:";
    for (String options : List.of("--format oci", "--format v2s2", "--dest-compress-format zstd")) {
      sh(
          "skopeo copy -q --insecure-policy --src-tls-verify=false --dest-tls-verify=false "
              + options
              + " \"docker://$0\" \"docker://$1\"",
          name,
          copied + "copy");
      run("pull", "-q", copied + "copy").orThrow();
      assertThat(exported(copied + "copy")).as(options).isEqualTo(tree);
      run("rmi", copied + "copy").orThrow();
    }
  }

  @Test
  @Requires(Need.PODMAN)
  void podmanRunsWhatWePushAndWeWhatItPushes() {
    String name = registry.host() + "/podman:1";
    pushAndForget(name);
    Path storage = work.resolve("podman");
    String podman =
        "podman --root \"$0/root\" --runroot \"$0/run\" --tmpdir \"$0/tmp\" --storage-driver vfs"
            + " --cgroup-manager cgroupfs --events-backend none ";
    sh(
        podman
            + "pull -q --tls-verify=false \"$1\"; "
            + podman
            + "tag \"$1\" \"$1-theirs\"; "
            + podman
            + "push -q --tls-verify=false \"$1-theirs\"",
        storage.toString(),
        name);
    run("pull", "-q", name + "-theirs").orThrow();
    assertThat(exported(name + "-theirs")).isEqualTo(tree);
    run("rmi", name + "-theirs").orThrow();
    sh("rm -r \"$0\"", storage.toString());
  }

  @Test
  @Requires(Need.DOCKER)
  void dockerPullsWhatWePushAndWeWhatItPushes() {
    String name = registry.host() + "/docker:1";
    pushAndForget(name);
    Path docker = work.resolve("dockerd");
    sh(
        """
        mkdir -p "$0"; cd "$0"; echo '{}' >config.json
        docker="/usr/bin/docker --config $0/client --host unix://$0/sock"
        # Its mounts are its own, so that none is left.
        unshare -m --propagation private /usr/sbin/dockerd --host "unix://$0/sock" \\
          --data-root "$0/data" --exec-root "$0/exec" --pidfile "$0/pid" --config-file config.json \\
          --storage-driver vfs --bridge none --iptables=false --ip6tables=false >log 2>&1 &
        daemon=$!
        trap 'kill $daemon; wait $daemon || :' EXIT
        i=0
        until $docker version >/dev/null 2>&1; do
          i=$((i + 1)); [ $i -lt 600 ] || { cat log; exit 1; }; sleep 0.1
        done
        $docker pull -q "$1"
        [ "$($docker inspect -f '{{.Id}}' "$1")" = "$2" ]
        $docker tag "$1" "$1-theirs"
        $docker push "$1-theirs"
        """,
        docker.toString(),
        name,
        id);
    run("pull", "-q", name + "-theirs").orThrow();
    assertThat(id(name + "-theirs")).isEqualTo(id);
    assertThat(exported(name + "-theirs")).isEqualTo(tree);
    run("rmi", name + "-theirs").orThrow();
    sh("rm -r \"$0\"", docker.toString());
  }
}
