package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a directory: the layer of what changed in it, or an archive of all of it. */
@Requires(Need.ROOT)
class ImageCommitIT extends StoreTest {
  @Test
  void aCommitIsALayerOfWhatChanged() throws IOException {
    Image base =
        importTree("base", "mkdir -p a/b c; echo 1 >a/one; echo 2 >a/two; echo 3 >c/three");
    Path upper = Files.createDirectories(temporary.resolve("upper"));
    Path merged = overlay(base, upper);
    String changed;
    try {
      Machine.run(
          "sh",
          "-ec",
          """
          cd "$0"; rm a/one; echo new >a/two; rm -r c; mkdir c; echo c >c/fresh
          ln a/two a/link; ln -s two a/soft; mkfifo pipe; chown 5:6 a/b; chmod 1777 a/b
          python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
          python3 -c 'import os; os.setxattr("a/two", "trusted.note", b"hi")'
          """,
          merged.toString());
      Files.delete(merged.resolve("socket"));
      Machine.run("touch", "-d@0", merged.toString());
      changed = Machine.listing(merged);
    } finally {
      Machine.run("umount", merged.toString());
    }
    ContainerConfig config =
        Changes.apply(base.config().config(), List.of("CMD [\"x\"]", "ENV A=b"));
    Image image =
        store.commit(
            Machine.open(upper),
            "the changes",
            base,
            NewImage.builder()
                .name(ImageReference.parse("committed"))
                .config(config)
                .author("me")
                .comment("why")
                .build());

    assertThat(image.layers()).hasSize(2).startsWith(base.layers().getFirst());
    assertThat(image.config().config().cmd()).containsExactly("x");
    assertThat(image.config().history()).hasSize(2);
    assertThat(image.config().history().getLast().comment()).isEqualTo("why");
    assertThat(Machine.run("tar", "tf", blob(layerBlob(image)).toString()).split("\n"))
        .contains("a/.wh.one", "a/two", "a/link", "c/.wh..wh..opq", "c/fresh")
        .doesNotContain("a/one", "c/three", "socket");

    Path again = overlay(image, Files.createDirectories(temporary.resolve("upper2")));
    try {
      Machine.run("touch", "-d@0", again.toString());
      assertThat(Machine.listing(again)).isEqualTo(changed);
      assertThat(
              Machine.run(
                  "python3",
                  "-c",
                  "import os,sys;print(os.getxattr(sys.argv[1],'trusted.note'))",
                  again + "/a/link"))
          .isEqualTo("b'hi'\n");
    } finally {
      Machine.run("umount", again.toString());
    }
  }

  @Test
  void aCommitWithoutChangesHasNoNewLayer() throws IOException {
    Image base = make("base", "x");
    Path upper = Files.createDirectories(temporary.resolve("upper"));
    Image image = store.commit(Machine.open(upper), "nothing", base, NewImage.builder().build());
    assertThat(image.layers()).isEqualTo(base.layers());
    assertThat(image.config().history().getLast().emptyLayer()).isTrue();
  }

  @Test
  void anExportedTreeIsImportedAsItWas() throws IOException {
    Path tree = temporary.resolve("tree");
    Machine.run(
        "sh",
        "-ec",
        """
        mkdir -p $0/d/e; cd $0; echo x >d/x; ln d/x y; ln -s d z; mknod null c 1 3
        chown 3000000:3000001 d/x; chmod 4711 d/x; touch -d '1999-01-02 03:04:05.678' d/e d .
        echo n >"$(printf 'b\\377')"; n=$(printf 'n%.0s' $(seq 250)); mkdir $n; echo > $n/$n
        """,
        tree.toString());
    Path archive = temporary.resolve("export.tar");
    try (OutputStream out = Files.newOutputStream(archive)) {
      store.exportTar(Machine.open(tree), out);
    }
    Path expected = Files.createDirectories(temporary.resolve("expected"));
    Machine.run("tar", "xpf", archive.toString(), "-C", expected.toString());
    Machine.run("touch", "-r", tree.toString(), expected.toString());
    assertThat(Machine.listing(expected)).isEqualTo(Machine.listing(tree));
    Image image;
    try (InputStream in = Files.newInputStream(archive)) {
      image = store.importTar(in, "export.tar", NewImage.builder().build());
    }
    Path layer = Path.of(store.layerDirectories(image).getFirst());
    Machine.run("touch", "-r", tree.toString(), layer.toString());
    assertThat(Machine.listing(layer)).isEqualTo(Machine.listing(tree));
  }

  private Path overlay(Image image, Path upper) throws IOException {
    Path merged = Files.createDirectories(Path.of(upper + "-merged"));
    Path work = Files.createDirectories(Path.of(upper + "-work"));
    Machine.run(
        "mount",
        "-t",
        "overlay",
        "overlay",
        "-o",
        "redirect_dir=off,metacopy=off,lowerdir="
            + String.join(":", store.layerDirectories(image))
            + ",upperdir="
            + upper
            + ",workdir="
            + work,
        merged.toString());
    return merged;
  }

  private Image importTree(String name, String script) throws IOException {
    Path tree = Files.createDirectories(temporary.resolve("tree-" + name));
    Machine.run("sh", "-ec", "cd \"$0\"; " + script, tree.toString());
    int directory = Machine.open(tree);
    try {
      return store.importDirectory(
          directory, "the tree", NewImage.builder().name(ImageReference.parse(name)).build());
    } finally {
      Machine.FILES.close(directory);
    }
  }
}
