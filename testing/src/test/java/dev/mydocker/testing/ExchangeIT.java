package dev.mydocker.testing;

import static dev.mydocker.testing.RichImage.sh;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are saved and loaded: the same files come back. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExchangeIT {
  private final Sandbox sandbox;
  private RichImage rich;
  private Path work;

  ExchangeIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeAll
  void anImageOfTwoLayersIsHere() throws IOException {
    rich = RichImage.make(sandbox);
    work = rich.work();
  }

  @AfterEach
  void removeWhatCameBack() {
    run("rmi", "-f", "rich:two").orThrow();
  }

  private Result run(String... arguments) {
    return rich.run(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker-archive", "oci-archive", "oci-dir"})
  void whatIsSavedIsLoaded(String format) {
    Path target = work.resolve(format);
    rich.save(format, target);
    rich.removeAndLoad(target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cat", "gzip", "xz", "zstd"})
  void archivesGoThroughPipesPackedOrNot(String packer) {
    rich.save("docker-archive", work.resolve("piped.tar"));
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
    rich.requireTheSame();
  }

  @Test
  void withoutTheMachinesInflaterTheSameComesOfAnArchive() {
    Path packed = work.resolve("without.tar.gz");
    rich.save("docker-archive", work.resolve("without.tar"));
    sh("gzip <\"$0\" >\"$1\"", work.resolve("without.tar").toString(), packed.toString());
    run("rmi", "-f", "rich:two").orThrow();
    String script =
        "find /lib /lib64 /usr/lib -name 'libisal.so*' -type f |"
            + " while read -r library; do mount --bind /dev/null \"$library\"; done;"
            + " exec \"$0\" load -i \"$1\"";
    Result result =
        Command.of(
                "unshare",
                "--mount",
                "sh",
                "-ec",
                script,
                Checkout.directory() + "/mydocker",
                packed.toString())
            .environment(sandbox.environment())
            .run();
    assertThat(result).isEqualTo(new Result(0, "Loaded image: rich:two\n", ""));
    rich.requireTheSame();
  }

  @Test
  void severalImagesAndTagsAreOneArchive() {
    rich.save("docker-archive", work.resolve("one.tar"));
    run("tag", "rich:two", "other/name:3").orThrow();
    Path all = work.resolve("all.tar");
    run("save", "-o", all.toString(), "rich", "other/name:3", rich.id()).orThrow();
    run("rmi", "-f", rich.id()).orThrow();
    run("rmi", "-f", "rich:base").orThrow();
    assertThat(run("load", "-i", all.toString()).orThrow().stdout().lines())
        .containsExactlyInAnyOrder(
            "Loaded image: rich:base", "Loaded image: rich:two", "Loaded image: other/name:3");
    assertThat(rich.id("other/name:3")).isEqualTo(rich.id());
    rich.requireTheSame();
    // By its id it is saved without a name.
    run("save", "-o", all.toString(), rich.id().substring(7, 19)).orThrow();
    assertThat(run("load", "-i", all.toString()).orThrow().stdout())
        .isEqualTo("Loaded image ID: " + rich.id() + "\n");
    run("rmi", "other/name:3").orThrow();
  }

  @Test
  void whatIsNoArchiveOfImagesIsRefusedWithOneLine() throws IOException {
    rich.save("docker-archive", work.resolve("good.tar"));
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
