package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.image.tar.TarReader;
import dev.mydocker.image.tar.TarType;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Requires(Need.ROOT)
class UnpackerIT {
  static final String TREE =
      """
      set -e
      mkdir -p "$0/dir/sub" "$0/empty" && cd "$0"
      echo hello >file && chmod 4755 file && chown 1000:1000 file
      head -c 300000 /dev/urandom >dir/big
      ln file dir/hard && ln -s ../file dir/soft && ln -s /dev/null abs && ln -s nowhere dangling
      mkfifo -m 0640 pipe && mknod -m 0666 null c 1 3 && mknod loop b 7 9
      chown -h 3000000:3000001 dir/soft
      chown 3000000:3000001 dir/sub && chmod 2775 dir/sub && chmod 1777 empty
      truncate -s 5M sparse && printf data | dd of=sparse bs=1 seek=2000000 conv=notrunc 2>/dev/null
      : >zero
      n=$(printf 'n%.0s' $(seq 200)); mkdir $n && echo long >$n/$n
      printf x >"$(printf 'b\\377ytes')" && echo u >'ünï code' && echo q >"$(printf 'new\\nline')"
      touch -d '1999-12-31 23:59:59.123456789' file dir/soft -h && touch -d 1960-01-01 zero
      touch -d '2001-02-03 04:05:06.7' dir/sub empty dir .
      """;

  @TempDir private Path temporary;
  private Path target;

  @AfterEach
  void clean() {
    Machine.empty(temporary);
  }

  @BeforeEach
  void makeTarget() throws IOException {
    target = Files.createDirectories(temporary.resolve("jail/target"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=pax",
        "--format=gnu",
        "--format=pax --sparse --sparse-version=1.0",
        "--format=pax --sparse --sparse-version=0.1",
        "--format=pax --sparse --sparse-version=0.0",
        "--format=gnu --sparse",
        "--format=pax --numeric-owner --hole-detection=raw --sparse"
      })
  void anHonestArchiveGivesTheTreeThatTarGives(String options) throws IOException {
    Path tree = temporary.resolve("tree");
    Path archive = temporary.resolve("a.tar");
    Path expected = Files.createDirectories(temporary.resolve("expected"));
    Machine.run("sh", "-c", TREE, tree.toString());
    Machine.run("sh", "-c", "tar c " + options + " -f \"$0\" -C \"$1\" .", archive + "", tree + "");
    Machine.run("tar", "xpf", archive.toString(), "--numeric-owner", "-C", expected.toString());

    try (InputStream in = Files.newInputStream(archive)) {
      unpack(in, Unpacker.UNLIMITED);
    }

    assertThat(Machine.listing(target)).isEqualTo(Machine.listing(expected));
  }

  @Test
  void holesStayHoles() throws IOException {
    Path tree = temporary.resolve("tree");
    Path archive = temporary.resolve("a.tar");
    Machine.run("sh", "-c", TREE, tree.toString());
    Machine.run("tar", "cSf", archive.toString(), "-C", tree.toString(), "sparse");
    try (InputStream in = Files.newInputStream(archive)) {
      unpack(in, 1 << 20);
    }
    assertThat(Long.parseLong(Machine.run("stat", "-c%b", target + "/sparse").strip()))
        .isLessThan(100);
  }

  @Test
  void extendedAttributesAndCapabilitiesAreKept() throws IOException {
    byte[] capability = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    unpack(
        archive(
            TarEntry.file("ping", 0)
                .withOwner(1000, 1000)
                .withMode(0755)
                .withXattr("security.capability", capability),
            TarEntry.directory("d").withXattr("trusted.note", new byte[] {'d'}),
            TarEntry.link("l", TarType.SYMBOLIC_LINK, "x")
                .withXattr("trusted.note", new byte[] {'l'}),
            TarEntry.of("p", TarType.FIFO, "", 0600).withXattr("trusted.note", new byte[] {'p'}),
            TarEntry.directory("o").withXattr("trusted.overlay.opaque", new byte[] {'y'})));
    assertThat(
            Machine.run(
                "python3",
                "-c",
                """
                import os, sys
                os.chdir(sys.argv[1])
                for name in sorted(os.listdir('.')):
                    for key in os.listxattr(name, follow_symlinks=False):
                        print(name, key, os.getxattr(name, key, follow_symlinks=False).hex())
                """,
                target.toString()))
        .isEqualTo(
            """
            d trusted.note 64
            l trusted.note 6c
            o trusted.overlay.overlay.opaque 79
            p trusted.note 70
            ping security.capability 0100000200040000000000000000000000000000
            """);
  }

  @Test
  void namesResolveInsideWhateverTheySay() throws IOException {
    unpack(
        archive(
            TarEntry.file("/absolute", 0),
            TarEntry.file("../../up", 0),
            TarEntry.directory("a/b"),
            TarEntry.file("a/b/../../../../../side", 0),
            TarEntry.link("out", TarType.SYMBOLIC_LINK, "/"),
            TarEntry.file("out/through-root", 0),
            TarEntry.link("up", TarType.SYMBOLIC_LINK, "../../../.."),
            TarEntry.file("up/through-up", 0),
            TarEntry.link("one", TarType.SYMBOLIC_LINK, "/a"),
            TarEntry.link("a/two", TarType.SYMBOLIC_LINK, "../one/b"),
            TarEntry.file("one/two/deep", 0),
            TarEntry.link("hard", TarType.HARD_LINK, "/../one/two/deep")));
    assertThat(target.resolve("absolute")).isRegularFile();
    assertThat(target.resolve("side")).isRegularFile();
    assertThat(target.resolve("through-root")).isRegularFile();
    assertThat(target.resolve("through-up")).isRegularFile();
    assertThat(target.resolve("a/b/deep")).isRegularFile();
    assertThat(target.resolve("hard")).isRegularFile();
    assertThat(Machine.names(temporary.resolve("jail"))).containsExactly("target");
  }

  @Test
  void aLaterEntryTakesThePlaceOfAnEarlierOne() throws IOException {
    unpack(
        archive(
            TarEntry.file("file-then-directory", 0),
            TarEntry.directory("file-then-directory"),
            TarEntry.file("file-then-directory/in", 0),
            TarEntry.directory("directory-then-file"),
            TarEntry.file("directory-then-file/in", 0),
            TarEntry.file("directory-then-file", 0),
            TarEntry.link("link-then-directory", TarType.SYMBOLIC_LINK, "/"),
            TarEntry.directory("link-then-directory").withMode(0711),
            TarEntry.file("link-then-directory/in", 0),
            TarEntry.file("x", 0),
            TarEntry.link("self", TarType.HARD_LINK, "x"),
            TarEntry.link("self", TarType.HARD_LINK, "x"),
            TarEntry.link("x", TarType.HARD_LINK, "x")));
    assertThat(target.resolve("file-then-directory/in")).isRegularFile();
    assertThat(target.resolve("directory-then-file")).isRegularFile();
    assertThat(target.resolve("link-then-directory/in")).isRegularFile();
    assertThat(Files.isDirectory(target.resolve("link-then-directory"), LinkOption.NOFOLLOW_LINKS))
        .isTrue();
    assertThat(Machine.run("stat", "-c%h", target + "/x")).isEqualTo("2\n");
  }

  @Test
  void whiteoutsBecomeOverlaysAndSpareWhatTheLayerHas() throws IOException {
    unpack(
        archive(
            TarEntry.directory("d"),
            TarEntry.file("d/.wh.gone", 0),
            TarEntry.file("d/kept", 0),
            TarEntry.file("d/.wh.kept", 0),
            TarEntry.file(".wh.again", 0),
            TarEntry.directory("again"),
            TarEntry.directory("fresh"),
            TarEntry.file("fresh/.wh..wh..opq", 0),
            TarEntry.file("implied/.wh.deep", 0),
            TarEntry.file(".wh..wh.plnk", 0)));
    assertThat(Machine.run("stat", "-c%F %t:%T", target + "/d/gone"))
        .isEqualTo("character special file 0:0\n");
    assertThat(target.resolve("d/kept")).isRegularFile();
    assertThat(target.resolve("implied/deep")).exists();
    for (String opaque : List.of("again", "fresh")) {
      assertThat(
              Machine.run(
                  "python3",
                  "-c",
                  "import os,sys;print(os.getxattr(sys.argv[1],'trusted.overlay.opaque'))",
                  target + "/" + opaque))
          .isEqualTo("b'y'\n");
    }
    assertThat(Machine.names(target)).containsExactly("again", "d", "fresh", "implied");
  }

  @Test
  void whatCannotBeHonestIsRefused() {
    assertThatThrownBy(() -> unpack(archive(TarEntry.link("a", TarType.HARD_LINK, "missing"))))
        .isInstanceOf(MydockerException.class)
        .hasMessage("unpack test: create hard link a: its target missing is not there");
    assertThatThrownBy(() -> unpack(archive(TarEntry.file("f", 0), TarEntry.file("f/below", 0))))
        .hasMessageStartingWith("unpack test: directory f cannot be opened");
    assertThatThrownBy(() -> unpack(archive(TarEntry.file("a/..", 0))))
        .hasMessage("unpack test: entry a/..: it names a directory above another");
    assertThatThrownBy(() -> unpack(archive(TarEntry.file(".", 0))))
        .hasMessageStartingWith("unpack test: entry .: it takes the place");
    assertThatThrownBy(() -> unpack(archive(TarEntry.of("w", TarType.CHARACTER_DEVICE, "", 0600))))
        .hasMessageContaining("overlay's mark");
    assertThatThrownBy(() -> unpack(archive(TarEntry.file(".wh...", 0))))
        .hasMessageContaining("whiteout of nothing");
    assertThatThrownBy(() -> unpack(archive(TarEntry.file("f", 0).withOwner(-2, 0))))
        .hasMessageContaining("its owner -2:0");
  }

  @Test
  void anArchiveLargerThanAllowedIsRefused() {
    assertThatThrownBy(
            () -> unpack(new ByteArrayInputStream(archive(TarEntry.file("f", 2048))), 2000))
        .hasMessage("unpack test: it takes more than the 2000 bytes there is room for");
  }

  private void unpack(byte[] archive) {
    unpack(new ByteArrayInputStream(archive), Unpacker.UNLIMITED);
  }

  private void unpack(InputStream archive, long maximumBytes) {
    int directory = Machine.open(target);
    try {
      new Unpacker(Machine.FILES, directory, "", "test", Unpacker.Purpose.LAYER, maximumBytes)
          .unpack(new TarReader(archive, "test", true));
    } finally {
      Machine.FILES.close(directory);
    }
  }

  private static byte[] archive(TarEntry... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(out);
    for (TarEntry entry : entries) {
      tar.put(entry);
      byte[] content = "x".repeat((int) entry.size()).getBytes(StandardCharsets.UTF_8);
      tar.write(content, 0, content.length);
    }
    tar.finish();
    return out.toByteArray();
  }
}
