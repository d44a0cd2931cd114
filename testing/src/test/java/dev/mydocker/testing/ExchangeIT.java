package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are saved and loaded, here and by other tools: the same files come back. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExchangeIT {
  /** Every kind of file that an image can have, and what there is to know of one. */
  private static final String RICH =
      """
      mkdir -p d/e gone "$(printf 'n%.0s' $(seq 120))/$(printf 'm%.0s' $(seq 250))"
      echo x >d/x; ln d/x d/hard; ln -s ../d/x d/soft; ln -s /nowhere/$(printf 'l%.0s' $(seq 150)) l
      mknod null c 1 3; mknod disk b 259 300; mkfifo pipe; chmod 666 null; echo old >gone/old
      chown 3000000:3000001 d/x; chmod 4711 d/x; chmod 1777 d; chown 65535:65536 d/e; echo n >"$(printf 'b\\377')"
      python3 -c 'import os; os.setxattr("d/x", "security.capability", bytes.fromhex(
        "0100000200040000000000000000000000000000")); os.setxattr("d", "user.a", b"\\0\\1")'
      truncate -s 3M sparse; echo end >>sparse; : >empty
      touch -d '1999-01-02 03:04:05.123456789' d/x d/e empty; touch -hd '2001-01-01 00:00:00.5' d/soft
      cp "$(command -v busybox)" busybox
      """;

  /** Everything that can be known of the files of a directory, but for its own attributes. */
  private static final String LISTING =
      """
      import hashlib, os, stat, sys
      os.chdir(sys.argv[1].encode())
      seen = {}
      for where, names, files in os.walk(b"."):
          for name in names + files:
              path = os.path.join(where, name)
              s = os.lstat(path)
              first = seen.setdefault(s.st_ino, path) if not stat.S_ISDIR(s.st_mode) else path
              kind = stat.S_IFMT(s.st_mode)
              print(path, oct(s.st_mode), s.st_uid, s.st_gid, s.st_mtime_ns,
                    s.st_rdev if kind in (stat.S_IFCHR, stat.S_IFBLK) else "",
                    os.readlink(path) if kind == stat.S_IFLNK else "",
                    hashlib.sha256(open(path, "rb").read()).hexdigest()
                    if kind == stat.S_IFREG else "",
                    s.st_nlink if kind == stat.S_IFREG else "",
                    sorted((k, os.getxattr(path, k, follow_symlinks=False))
                           for k in os.listxattr(path, follow_symlinks=False)))
      """;

  private final Sandbox sandbox;
  private Path work;
  private String imageId;
  private String tree;

  ExchangeIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** An image of two layers; the second removes and changes files of the first. */
  @BeforeAll
  void anImageOfTwoLayersIsHere() throws IOException {
    work = Files.createDirectories(sandbox.directory().resolve("exchange"));
    Path source = Files.createDirectories(work.resolve("source"));
    sh("cd \"$0\"; " + RICH, source.toString());
    run("import", source.toString(), "rich:base", "-c", "CMD [\"/busybox\", \"sh\"]").orThrow();
    run("run", "--name", "change", "rich:base", "/busybox", "sh", "-ec", CHANGE).orThrow();
    run("commit", "-a", "me <me@here>", "-m", "changed", "-c", "LABEL of=two", "change", "rich:two")
        .orThrow();
    run("rm", "change").orThrow();
    imageId = id("rich:two");
    tree = exported("rich:two");
  }

  private static final String CHANGE =
      "b=/busybox; $b rm -r /gone; $b mkdir /gone; echo new >/gone/new; $b rm /l; echo y >>/d/hard";

  @AfterEach
  void removeWhatCameBack() {
    run("rmi", "-f", "rich:two").orThrow();
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private static String sh(String script, String... arguments) {
    List<String> line = new java.util.ArrayList<>(List.of("sh", "-ec", script));
    line.addAll(List.of(arguments));
    return Command.of(line.toArray(String[]::new)).run().orThrow().stdout();
  }

  private String id(String name) {
    return run("inspect", "-f", "{{.Id}}", name).orThrow().stdout().strip();
  }

  /** The digest of all files of an image, as a container sees them. */
  private String exported(String image) {
    run("create", "--name", "look", image).orThrow();
    Path archive = work.resolve("export.tar");
    run("export", "-o", archive.toString(), "look").orThrow();
    run("rm", "look").orThrow();
    return sh("sha256sum <\"$0\"", archive.toString());
  }

  private void save(String format, Path target) {
    // What a test removed is taken in again from what was saved at first.
    Path first = work.resolve("first.tar");
    if (!Files.exists(first)) {
      run("save", "-o", first.toString(), "rich:two").orThrow();
    } else if (run("inspect", "rich:two").exit() != 0) {
      run("load", "-i", first.toString()).orThrow();
    }
    run("save", "--format", format, "-o", target.toString(), "rich:two").orThrow();
  }

  private void requireTheSame() {
    assertThat(id("rich:two")).isEqualTo(imageId);
    assertThat(exported("rich:two")).isEqualTo(tree);
    assertThat(run("history", "--format", "{{.Comment}}", "rich:two").stdout())
        .isEqualTo("changed\nImported from " + work.resolve("source") + "\n");
    assertThat(run("run", "--rm", "rich:two", "/busybox", "cat", "/gone/new").stdout())
        .isEqualTo("new\n");
  }

  private void removeAndLoad(Path archive) {
    run("rmi", "-f", "rich:two").orThrow();
    assertThat(run("inspect", "rich:two").exit()).isEqualTo(1);
    assertThat(run("load", "-i", archive.toString()).orThrow().stdout())
        .isEqualTo("Loaded image: rich:two\n");
    requireTheSame();
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker-archive", "oci-archive", "oci-dir"})
  void whatIsSavedIsLoaded(String format) {
    Path target = work.resolve(format);
    save(format, target);
    removeAndLoad(target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cat", "gzip", "xz", "zstd"})
  void archivesGoThroughPipesPackedOrNot(String packer) {
    save("docker-archive", work.resolve("piped.tar"));
    String mydocker = Checkout.directory() + "/mydocker";
    Result result =
        Command.of(
                "sh",
                "-c",
                "\"$0\" save rich:two | $1 >\"$2\" && \"$0\" rmi -f rich:two >/dev/null && \"$0\" load <\"$2\"",
                mydocker,
                packer,
                work.resolve("piped").toString())
            .environment(sandbox.environment())
            .run()
            .orThrow();
    assertThat(result.stdout()).isEqualTo("Loaded image: rich:two\n");
    requireTheSame();
  }

  @Test
  void severalImagesAndTagsAreOneArchive() {
    save("docker-archive", work.resolve("one.tar"));
    run("tag", "rich:two", "other/name:3").orThrow();
    Path all = work.resolve("all.tar");
    run("save", "-o", all.toString(), "rich", "other/name:3", imageId).orThrow();
    run("rmi", "-f", imageId).orThrow();
    run("rmi", "-f", "rich:base").orThrow();
    assertThat(run("load", "-i", all.toString()).orThrow().stdout().lines())
        .containsExactlyInAnyOrder(
            "Loaded image: rich:base", "Loaded image: rich:two", "Loaded image: other/name:3");
    assertThat(id("other/name:3")).isEqualTo(imageId);
    requireTheSame();
    // By its id it is saved without a name.
    run("save", "-o", all.toString(), imageId.substring(7, 19)).orThrow();
    assertThat(run("load", "-i", all.toString()).orThrow().stdout())
        .isEqualTo("Loaded image ID: " + imageId + "\n");
    run("rmi", "other/name:3").orThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker-archive", "oci-archive", "oci"})
  @Requires(Need.SKOPEO)
  void skopeoReadsWhatWeSaveAndWeWhatItWrites(String transport) throws IOException {
    String ours = transport.equals("oci") ? "oci-dir" : transport;
    Path saved = work.resolve("for-skopeo-" + transport);
    Path copied = work.resolve("of-skopeo-" + transport);
    save(ours, saved);
    String name = "docker.io/library/rich:two";
    sh(
        "skopeo copy -q --insecure-policy \"$0\" \"$1\"",
        transport + ":" + saved + (transport.equals("docker-archive") ? "" : ":" + name),
        transport + ":" + copied + ":" + name);
    if (transport.equals("docker-archive")) {
      assertThat(sh("tar tf \"$0\"", copied.toString())).contains("manifest.json");
    }
    removeAndLoad(copied);
    sh("rm -r \"$0\"", copied.toString());
  }

  @Test
  @Requires(Need.SKOPEO)
  void otherToolsReadTheStoreInPlace() {
    save("docker-archive", work.resolve("in-place.tar"));
    String images = sandbox.root() + "/images";
    assertThat(sh("umoci ls --layout \"$0\"", images)).contains("docker.io/library/rich:two\n");
    assertThat(
            sh("skopeo inspect --config --raw \"oci:$0:docker.io/library/rich:two\"", images)
                .strip())
        .contains("me <me@here>");
    Path unpacked = work.resolve("umoci");
    // umoci takes the first colon for the end of the path.
    sh(
        "mkdir \"$2\"; cp -r \"$0/index.json\" \"$0/oci-layout\" \"$0/blobs\" \"$2\"; cd \"$2\";"
            + " sed -i s,docker.io/library/rich:two,two, index.json; umoci unpack --image .:two b",
        images,
        "",
        unpacked.toString());
    exported("rich:two");
    Path expected = work.resolve("expected");
    sh(
        "mkdir \"$0\"; tar -x --xattrs --xattrs-include='*' --numeric-owner -p -C \"$0\" -f \"$1\"",
        expected.toString(),
        work.resolve("export.tar").toString());
    assertThat(listing(unpacked.resolve("b/rootfs"))).isEqualTo(listing(expected));
    sh("rm -r \"$0\" \"$1\"", unpacked.toString(), expected.toString());
  }

  private static List<String> listing(Path directory) {
    return sh("python3 -c \"$0\" \"$1\"", LISTING, directory.toString()).lines().sorted().toList();
  }

  @Test
  @Requires(Need.PODMAN)
  void podmanLoadsWhatWeSaveAndWeWhatItSaves() {
    Path saved = work.resolve("for-podman");
    save("docker-archive", saved);
    Path storage = work.resolve("podman");
    String podman =
        "podman --root \"$0/root\" --runroot \"$0/run\" --tmpdir \"$0/tmp\" --storage-driver vfs"
            + " --cgroup-manager cgroupfs --events-backend none ";
    for (String format : List.of("docker-archive", "oci-archive")) {
      Path theirs = work.resolve("of-podman-" + format);
      sh(
          podman
              + "load -q -i \"$1\"; "
              + podman
              + "save -q --format "
              + format
              + " -o \"$2\" docker.io/library/rich:two",
          storage.toString(),
          saved.toString(),
          theirs.toString());
      removeAndLoad(theirs);
    }
    sh("rm -r \"$0\"", storage.toString());
  }

  @Test
  @Requires(Need.DOCKER)
  void dockerLoadsWhatWeSaveAndWeWhatItSaves() {
    Path saved = work.resolve("for-docker");
    save("docker-archive", saved);
    Path theirs = work.resolve("of-docker");
    sh(
        """
        mkdir -p "$0"; cd "$0"; echo '{}' >config.json
        docker="/usr/bin/docker --host unix://$0/sock"
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
        $docker load -q -i "$1"
        [ "$($docker inspect -f '{{.Id}}' rich:two)" = "$3" ]
        $docker save -o "$2" rich:two
        """,
        work.resolve("docker").toString(),
        saved.toString(),
        theirs.toString(),
        imageId);
    removeAndLoad(theirs);
    sh("rm -r \"$0\"", work.resolve("docker").toString());
  }

  @Test
  void whatIsNoArchiveOfImagesIsRefusedWithOneLine() throws IOException {
    save("docker-archive", work.resolve("good.tar"));
    run("rmi", "-f", "rich:two").orThrow();
    String before = sh("find \"$0\" | sort", sandbox.root() + "/images");
    Path bad = work.resolve("bad");
    String unpack = "rm -rf \"$0\"; mkdir \"$0\"; tar -xf \"$1\" -C \"$0\"; cd \"$0\"; ";
    List<String> damages =
        List.of(
            // No image in it.
            "rm index.json manifest.json",
            // Metadata that is none.
            "echo '[' >manifest.json; rm index.json",
            "echo '{}' >manifest.json; rm index.json",
            "echo '{\"schemaVersion\":2,\"manifests\":[]}' >index.json",
            // A layer that is missing, cut off, or another one.
            "rm \"$(ls -S blobs/sha256/* | head -1)\"",
            "truncate -s -2000 \"$(ls -S blobs/sha256/* | head -1)\"",
            "cd blobs/sha256; cp \"$(ls -S | head -2 | tail -1)\" \"$(ls -S | head -1)\"",
            // Another configuration than the manifest says; paths that lead out.
            "sed -i s/changed/tampered/ $(grep -l changed blobs/sha256/*)",
            "rm index.json; sed -i 's,blobs/sha256/,../../../../../../etc/,g' manifest.json",
            // A name that is none.
            "rm index.json; sed -i 's,rich:two,RICH:..,' manifest.json");
    for (String damage : damages) {
      sh(unpack + damage, bad.toString(), work.resolve("good.tar").toString());
      sh("tar -cf \"$0.tar\" -C \"$0\" .", bad.toString());
      for (String source : List.of(bad + ".tar", bad.toString())) {
        Result result = run("load", "-i", source);
        assertThat(result.exit()).as("%s: %s", damage, result).isEqualTo(1);
        assertThat(result.stderr()).as(damage).hasLineCount(1).startsWith("mydocker: ");
        assertThat(result.stdout()).isEmpty();
        assertThat(sh("find \"$0\" | sort", sandbox.root() + "/images"))
            .as(damage)
            .isEqualTo(before);
      }
    }
    Result missing = run("load", "-i", bad + "/nothing");
    assertThat(missing.stderr())
        .isEqualTo("mydocker: load " + bad + "/nothing: no such file or directory\n");
    assertThat(run("save", "-o", bad + "/x", "nosuch").stderr())
        .isEqualTo("mydocker: No such image: nosuch:latest\n");
    assertThat(bad.resolve("x")).doesNotExist();
    run("load", "-i", work.resolve("good.tar").toString()).orThrow();
  }
}
