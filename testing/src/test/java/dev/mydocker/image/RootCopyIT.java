package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Requires(Need.ROOT)
class RootCopyIT {
  @TempDir private Path temporary;
  private Path root;
  private int descriptor;
  private RootCopy copy;

  @BeforeEach
  void makeRoot() {
    root = temporary.resolve("root");
    Machine.run(
        "sh",
        "-ec",
        """
        mkdir -p $0/etc $0/data/sub $0/real; cd $0; echo h >etc/hostname; chown 7:8 data
        echo x >data/x; chmod 4755 data/x; ln data/x data/sub/y; ln -s /etc link; ln -s / up
        ln -s ../../../.. data/out; touch -d @5 data/x data/sub data
        """,
        root.toString());
    descriptor = Machine.open(root);
    copy = new RootCopy(Machine.FILES, descriptor);
  }

  @AfterEach
  void close() {
    Machine.FILES.close(descriptor);
    Machine.empty(temporary);
  }

  @Test
  void whatIsCopiedOutIsTheSameWhenItIsCopiedIn() throws IOException {
    copy.in("/real", new ByteArrayInputStream(out("/data")));
    assertThat(Machine.listing(root.resolve("real/data")))
        .isEqualTo(Machine.listing(root.resolve("data")));
    copy.in("real/data/../../link/.", new ByteArrayInputStream(out("link/hostname")));
    assertThat(root.resolve("etc/hostname")).hasContent("h");
  }

  @Test
  void linksInPathsStayInside() throws IOException {
    copy.in("/up/data/out", new ByteArrayInputStream(out("up/link/hostname")));
    assertThat(root.resolve("hostname")).hasContent("h");
    assertThat(Machine.names(temporary)).containsExactly("root");
    assertThat(names(out("/link"))).isEqualTo("link\n");
    assertThat(names(out("/etc/../data/sub"))).isEqualTo("sub/\nsub/y\n");
  }

  @Test
  void mountsBelongToWhatIsCopiedOut() throws IOException {
    Path mount = root.resolve("data/sub");
    Machine.run("mount", "-t", "tmpfs", "tmpfs", mount.toString());
    try {
      Files.writeString(mount.resolve("inside"), "volume");
      assertThat(names(out("/data"))).contains("data/sub/inside\n");
    } finally {
      Machine.run("umount", mount.toString());
    }
  }

  @Test
  void directoriesAndFilesDoNotReplaceEachOther() throws IOException {
    byte[] file = out("/etc/hostname");
    byte[] directory = out("/data");
    Files.createDirectories(root.resolve("real/hostname"));
    Files.writeString(root.resolve("real/data"), "file");
    assertThatThrownBy(() -> copy.in("/real", new ByteArrayInputStream(file)))
        .hasMessage("unpack the archive: entry hostname: a directory is there");
    assertThatThrownBy(() -> copy.in("/real", new ByteArrayInputStream(directory)))
        .hasMessage("unpack the archive: entry data/: a file of that name is there");
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThatThrownBy(() -> out("/missing/x"))
        .isInstanceOf(MydockerException.class)
        .hasMessage("open /missing: no such file or directory");
    assertThatThrownBy(() -> out("/etc/missing"))
        .hasMessage("archive missing: no such file or directory");
    assertThatThrownBy(() -> copy.in("/etc/hostname", new ByteArrayInputStream(new byte[0])))
        .hasMessage("open /etc/hostname: not a directory");
    assertThatThrownBy(() -> out("/etc/..")).isInstanceOf(MydockerException.class);
  }

  private byte[] out(String path) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    copy.out(path, out);
    return out.toByteArray();
  }

  private String names(byte[] archive) throws IOException {
    Path file = Files.createTempFile("copy", ".tar");
    Files.write(file, archive);
    String names = Machine.run("tar", "tf", file.toString());
    Files.delete(file);
    return names;
  }
}
