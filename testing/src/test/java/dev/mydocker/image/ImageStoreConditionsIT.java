package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.CoProcess;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store where something is unlike usual: the performer, the disk, the reader. */
@Requires(Need.ROOT)
class ImageStoreConditionsIT {
  @TempDir private Path temporary;
  private Path tree;
  private Path archive;

  @AfterEach
  void clean() {
    Machine.empty(temporary);
  }

  @BeforeEach
  void makeTree() {
    tree = temporary.resolve("tree");
    archive = temporary.resolve("a.tar.gz");
    Machine.run(
        "sh",
        "-ec",
        """
        mkdir -p $0/a/b; cd $0; for i in $(seq 60); do head -c $((i * 999)) /dev/urandom >a/$i; done
        ln a/1 a/b/link; ln -s ../1 a/b/soft; head -c 1500000 /dev/urandom >big
        chown 1:2 a; chmod 2711 a; touch -d @1.5 a/b a .; tar --format=pax -czf "$1" .
        """,
        tree.toString(),
        archive.toString());
  }

  @Test
  void aCoProcessMakesTheSameTree() throws IOException {
    Path root = temporary.resolve("root");
    try (CoProcess coProcess = CoProcess.start(Machine.NATIVE);
        Performer performer = coProcess.open()) {
      FileWorker files = new FileWorker(performer);
      ImageStore store = new ImageStore(files, root.toString());
      Image image;
      try (InputStream in = Files.newInputStream(archive)) {
        image = store.importTar(in, "a", named("a"));
      }
      assertThat(Machine.listing(Path.of(store.layerDirectories(image).getFirst())))
          .isEqualTo(Machine.listing(tree));
      int directory =
          files.open(FileWorker.HOST, tree.toString(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
      Image same = store.importDirectory(directory, "tree", named("b"));
      Path layer = Path.of(store.layerDirectories(same).getFirst());
      Machine.run("touch", "-d@1.5", layer.toString());
      assertThat(Machine.listing(layer)).isEqualTo(Machine.listing(tree));
      byte[] cut = Arrays.copyOf(Files.readAllBytes(archive), 900_000);
      assertThatThrownBy(() -> store.importTar(new ByteArrayInputStream(cut), "cut", named("c")))
          .isInstanceOf(MydockerException.class);
      assertThat(store.list()).hasSize(2);
      assertThat(root.resolve("images/tmp")).isEmptyDirectory();
    }
  }

  @Test
  void aFullDiskIsSaidAndLeavesNothing() throws IOException {
    Path small = Files.createDirectories(temporary.resolve("small"));
    Machine.run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small.toString());
    try {
      ImageStore store = new ImageStore(Machine.FILES, small.toString());
      byte[] content = new byte[100_000];
      new Random(1).nextBytes(content);
      Image kept = store.importTar(new ByteArrayInputStream(tar(content)), "k", named("kept"));
      String before = Machine.run("find", small.toString());
      try (InputStream in = Files.newInputStream(archive)) {
        assertThatThrownBy(() -> store.importTar(in, "a.tar.gz", named("a")))
            .isInstanceOfSatisfying(
                MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.RESOURCE))
            .hasMessageEndingWith("no space left on device");
      }
      assertThat(Machine.run("find", small.toString())).isEqualTo(before);
      assertThat(store.find("kept")).contains(kept);
    } finally {
      Machine.run("umount", small.toString());
    }
  }

  @Test
  void aStreamThatFailsLeavesNothing() throws IOException {
    Path root = temporary.resolve("root");
    ImageStore store = new ImageStore(Machine.FILES, root.toString());
    InputStream failing =
        new InputStream() {
          private final InputStream in = Files.newInputStream(archive);
          private int left = 400_000;

          @Override
          public int read() throws IOException {
            throw new IOException("not asked byte by byte");
          }

          @Override
          public int read(byte[] bytes, int from, int length) throws IOException {
            if (left <= 0) {
              in.close();
              throw new IOException("the line was cut");
            }
            int got = in.read(bytes, from, Math.min(length, left));
            left -= got;
            return got;
          }
        };
    assertThatThrownBy(() -> store.importTar(failing, "the line", named("a")))
        .hasMessage("read the line: the line was cut");
    assertThat(store.list()).isEmpty();
    assertThat(Machine.names(root.resolve("images/tmp"))).isEmpty();
    assertThat(Machine.names(root.resolve("images/blobs/sha256"))).isEmpty();
  }

  private static NewImage named(String name) {
    return NewImage.builder().name(ImageReference.parse(name)).build();
  }

  private byte[] tar(byte[] content) throws IOException {
    Path one = Files.createDirectories(temporary.resolve("one"));
    Files.write(one.resolve("file"), content);
    Path plain = temporary.resolve("one.tar");
    Machine.run("tar", "cf", plain.toString(), "-C", one.toString(), ".");
    return Files.readAllBytes(plain);
  }
}
