package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Trees as hostile programs leave them. */
@ParameterizedClass
@EnumSource(Performers.class)
class DeleteTreeTest {
  private static final int DEPTH = 3000;

  @TempDir private Path directory;
  private final Performer performer;
  private final FileWorker files;
  private int parent = -1;

  DeleteTreeTest(Performers kind) {
    performer = kind.open();
    files = new FileWorker(performer);
  }

  @BeforeEach
  void makeTree() throws IOException {
    Files.createDirectory(directory.resolve("tree"));
    parent =
        files.open(FileWorker.HOST, directory.toString(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
  }

  @AfterEach
  void close() {
    files.close(parent);
    performer.close();
  }

  @Test
  void filesByTheThousandGo() throws IOException {
    for (int i = 0; i < 2000; i++) {
      files.close(
          files.open(parent, "tree/a file with a longer name, number " + i, Linux.O_CREAT, 0600));
    }
    files.makeDirectories(parent, "tree/a/b/c/d", 0700);
    files.deleteTree(parent, "tree");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void strangeNamesGo() {
    for (String name :
        new String[] {"new\nline", " ", "..x", "...", "-rf", "\uDCFF\uDC80", "a".repeat(255)}) {
      files.makeDirectory(parent, "tree/" + name, 0700);
      files.makeSymbolicLink(parent, "tree/" + name + "/link", name);
    }
    files.deleteTree(parent, "tree");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void symbolicLinksAreRemovedAndNotFollowed() throws IOException {
    Files.createDirectory(directory.resolve("other"));
    Files.writeString(directory.resolve("other/file"), "kept");
    files.makeSymbolicLink(parent, "tree/relative", "../other");
    files.makeSymbolicLink(parent, "tree/absolute", directory + "/other");
    files.makeSymbolicLink(parent, "link", "other");
    files.deleteTree(parent, "tree");
    files.deleteTree(parent, "link");
    assertThat(directory.toFile().list()).containsExactly("other");
    assertThat(directory.resolve("other/file")).content().isEqualTo("kept");
  }

  @Test
  void aVeryDeepTreeGoes() {
    int at = files.open(parent, "tree", Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    for (int i = 0; i < DEPTH; i++) {
      files.makeDirectory(at, "d", 0700);
      int next = files.open(at, "d", Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
      files.close(at);
      at = next;
    }
    files.close(at);
    files.deleteTree(parent, "tree");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void namesThatTheRemovalItselfUsesDoNotStopIt() {
    files.makeDirectory(parent, "tree/.deep-" + "0".repeat(16), 0700);
    String path = "tree";
    for (int i = 0; i < 120; i++) {
      path += "/.deep-" + "0".repeat(15) + "1";
      files.makeDirectory(parent, path, 0700);
    }
    files.deleteTree(parent, "tree");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aMountIsNeitherCrossedNorRemoved() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may mount");
    Files.createDirectories(directory.resolve("tree/mounted"));
    Files.createDirectory(directory.resolve("other"));
    Files.writeString(directory.resolve("other/file"), "kept");
    mount(directory + "/other", directory + "/tree/mounted");
    try {
      assertThatThrownBy(() -> files.deleteTree(parent, "tree"))
          .hasMessage("remove tree: device or resource busy");
    } finally {
      unmount(directory + "/tree/mounted");
    }
    assertThat(directory.resolve("other/file")).content().isEqualTo("kept");
    files.deleteTree(parent, "tree");
    assertThat(directory.resolve("tree")).doesNotExist();
  }

  @Test
  void aTreeThatIsAMountIsNotEmptied() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may mount");
    Files.createDirectory(directory.resolve("other"));
    Files.writeString(directory.resolve("other/file"), "kept");
    mount(directory + "/other", directory + "/tree");
    try {
      assertThatThrownBy(() -> files.deleteTree(parent, "tree"))
          .hasMessage("remove tree: device or resource busy");
    } finally {
      unmount(directory + "/tree");
    }
    assertThat(directory.resolve("other/file")).content().isEqualTo("kept");
  }

  @Test
  void theHostsPathsMayBeAbsoluteAndLeadOverLinks() {
    files.makeDirectories(parent, "tree/a/b", 0700);
    files.makeSymbolicLink(parent, "link", "tree");
    files.deleteTree(FileWorker.HOST, directory + "/link/a");
    assertThat(directory.resolve("tree")).isEmptyDirectory();
    files.deleteTree(FileWorker.HOST, directory + "/tree");
    assertThat(directory.resolve("tree")).doesNotExist();
  }

  @Test
  void whatIsNotThereIsGone() {
    assertThatCode(() -> files.deleteTree(parent, "missing")).doesNotThrowAnyException();
  }

  @Test
  void aFileGoesToo() throws IOException {
    Files.writeString(directory.resolve("tree/file"), "");
    files.deleteTree(parent, "tree/file");
    assertThat(directory.resolve("tree")).isEmptyDirectory();
  }

  private void mount(String source, String target) {
    SegmentBuilder b = Segment.builder();
    b.syscall(
        Wire.SYS_MOUNT,
        b.text(source),
        b.text(target),
        Value.of(0),
        Value.of(Linux.MS_BIND),
        Value.of(0));
    performer.perform(b.build()).orThrow("mount " + source);
  }

  private void unmount(String target) {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_UMOUNT2, b.text(target), Value.of(Linux.MNT_DETACH));
    performer.perform(b.build()).orThrow("unmount " + target);
  }
}
