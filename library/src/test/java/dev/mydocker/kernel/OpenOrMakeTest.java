package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Places to mount on, in roots that an image has prepared to lead elsewhere. */
@ParameterizedClass
@EnumSource(Performers.class)
class OpenOrMakeTest {
  @TempDir private Path directory;
  private final Performer performer;
  private final FileWorker files;
  private Path top = Path.of("/");
  private int root = -1;

  OpenOrMakeTest(Performers kind) {
    performer = kind.open();
    files = new FileWorker(performer);
  }

  @BeforeEach
  void makeRoot() throws IOException {
    top = Files.createDirectory(directory.resolve("root"));
    root = files.open(FileWorker.HOST, top.toString(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
  }

  @AfterEach
  void close() {
    files.close(root);
    performer.close();
  }

  /** Zero, or the error. */
  private int make(String path, boolean directory) {
    SegmentBuilder b = Segment.builder();
    Value place =
        b.operation(
            Wire.OP_OPEN_OR_MAKE, Value.of(root), b.text(path), Value.of(directory ? 1 : 0));
    b.syscall(Wire.SYS_CLOSE, place);
    return performer.perform(b.build()).error();
  }

  @Test
  void whatIsMissingIsMadeWithItsParents() {
    assertThat(make("a/b/c", true)).isZero();
    assertThat(make("a/b/c", true)).isZero();
    assertThat(make("a/d/file", false)).isZero();
    assertThat(make("a/d/file", false)).isZero();
    assertThat(top.resolve("a/b/c")).isEmptyDirectory();
    assertThat(top.resolve("a/d/file")).isEmptyFile();
  }

  @Test
  void whatIsThereStaysAsItIs() throws IOException {
    Files.writeString(top.resolve("file"), "kept");
    assertThat(make("file", false)).isZero();
    assertThat(top.resolve("file")).hasContent("kept");
    assertThat(make("file", true)).isEqualTo(Errno.ENOTDIR);
    assertThat(make("file/below", true)).isEqualTo(Errno.ENOTDIR);
  }

  @Test
  void linksLeadNowhereElse() throws IOException {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.createSymbolicLink(top.resolve("up"), Path.of("../outside"));
    Files.createSymbolicLink(top.resolve("absolute"), outside);
    Files.createSymbolicLink(top.resolve("inside"), Path.of("/kept"));
    Files.createDirectory(top.resolve("kept"));
    make("up/made", true);
    make("absolute/made", true);
    make("up/file", false);
    make("../outside/made", true);
    assertThat(make("inside/made", true)).isZero();
    assertThat(outside).isEmptyDirectory();
    assertThat(top.resolve("kept/made")).isEmptyDirectory();
  }

  @Test
  void aNameThatIsTooLongIsAnError() {
    assertThat(make("a/" + "b".repeat(300), true)).isEqualTo(Errno.ENAMETOOLONG);
    assertThat(make("c/".repeat(3000) + "d", true)).isEqualTo(Errno.ENAMETOOLONG);
  }
}
