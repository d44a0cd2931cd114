package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** File operations, by both performers. */
@ParameterizedClass
@EnumSource(Performers.class)
class FileWorkerTest {
  private static final int HOST = FileWorker.HOST;
  private static final int NEW = Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL;

  @TempDir private Path directory;
  private final Performer performer;
  private final FileWorker files;

  FileWorkerTest(Performers kind) {
    performer = kind.open();
    files = new FileWorker(performer);
  }

  @AfterEach
  void close() {
    performer.close();
  }

  private String path(String name) {
    return directory + "/" + name;
  }

  @Test
  void whatIsWrittenIsRead() {
    byte[] bytes = new byte[3_000_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i ^ i >> 8);
    }
    int file = files.open(HOST, path("large"), NEW, 0640);
    files.write(file, bytes);
    files.close(file);
    assertThat(files.read(HOST, path("large"), bytes.length)).isEqualTo(bytes);
    assertThat(files.readIfThere(HOST, path("large"))).contains(bytes);
    assertThat(files.status(HOST, path("large")).orElseThrow().permissions()).isEqualTo(0640);
  }

  @Test
  void aFileLargerThanTheLimitIsNotRead() {
    files.replace(HOST, path("file"), new byte[200_000], 0600, false);
    assertThatThrownBy(() -> files.read(HOST, path("file"), 100_000))
        .hasMessage("read " + path("file") + ": file too large");
  }

  @Test
  void aMissingFileIsEmptyWhereThatIsAsked() {
    assertThat(files.readIfThere(HOST, path("missing"))).isEmpty();
    assertThat(files.readIfThere(HOST, path("missing/below"))).isEmpty();
    assertThat(files.readLink(HOST, path("missing"))).isEmpty();
    assertThat(files.status(HOST, path("missing"))).isEmpty();
    assertThat(files.unlink(HOST, path("missing"))).isFalse();
    assertThat(files.removeDirectory(HOST, path("missing"))).isFalse();
  }

  @Test
  void filesOfTheKernelAreReadWhole() throws IOException {
    String expected = Files.readString(Path.of("/proc/self/mountinfo"));
    assertThat(
            new String(files.read(HOST, "/proc/self/mountinfo", 1 << 20), StandardCharsets.UTF_8))
        .isEqualTo(expected);
  }

  @Test
  void replacingLeavesNoTraceAndTakesThePermissions() throws IOException {
    Files.writeString(directory.resolve("file"), "old");
    files.replace(HOST, path("file"), "new".getBytes(StandardCharsets.UTF_8), 0604, true);
    assertThat(directory.resolve("file")).content().isEqualTo("new");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("file"))))
        .isEqualTo("rw----r--");
    assertThat(directory.toFile().list()).containsExactly("file");
  }

  @Test
  void namesAreBytes() {
    List<String> names = List.of("\uDCFF\uDC80", "new\nline", "grüße", "\uD83D\uDC33", "a b");
    int open = files.open(HOST, directory.toString(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    for (String name : names) {
      files.makeSymbolicLink(open, name, name);
      assertThat(files.readLink(open, name)).contains(name);
    }
    List<String> listed = new ArrayList<>();
    for (FileWorker.Entry entry : files.list(open)) {
      assertThat(entry.type()).isEqualTo(10);
      listed.add(entry.name());
    }
    assertThat(listed).containsExactlyInAnyOrderElementsOf(names);
    files.close(open);
  }

  @Test
  void aLargeDirectoryIsListedWholeAndMoreThanOnce() {
    files.makeDirectory(HOST, path("many"), 0700);
    int open = files.open(HOST, path("many"), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    for (int i = 0; i < 1500; i++) {
      files.close(files.open(open, "a name to fill the buffer sooner, " + i, NEW, 0600));
    }
    assertThat(files.list(open)).hasSize(1500);
    assertThat(files.list(open)).hasSize(1500);
    files.close(open);
  }

  @Test
  void statusTellsWhatThereIs() throws IOException {
    Files.writeString(directory.resolve("file"), "12345");
    Files.createLink(directory.resolve("second"), directory.resolve("file"));
    files.makeSymbolicLink(HOST, path("link"), "file");
    FileStatus status = files.status(HOST, path("file")).orElseThrow();
    assertThat(status.isRegular()).isTrue();
    assertThat(status.size()).isEqualTo(5);
    assertThat(status.links()).isEqualTo(2);
    assertThat(status.user()).isEqualTo(Files.getAttribute(directory.resolve("file"), "unix:uid"));
    assertThat(status.inode()).isEqualTo(Files.getAttribute(directory.resolve("file"), "unix:ino"));
    assertThat(status.modifiedSeconds())
        .isEqualTo(
            Files.getLastModifiedTime(directory.resolve("file")).toInstant().getEpochSecond());
    assertThat(files.status(HOST, path("link")).orElseThrow().isSymbolicLink()).isTrue();
    assertThat(files.statusFollowing(HOST, path("link"))).contains(status);
    FileStatus device = files.status(HOST, "/dev/null").orElseThrow();
    assertThat(device.type()).isEqualTo(Linux.S_IFCHR);
    assertThat(device.deviceMajor()).isEqualTo(1);
    assertThat(device.deviceMinor()).isEqualTo(3);
  }

  @Test
  void directoriesAreMadeWithThoseAbove() {
    files.makeDirectories(HOST, path("a/b/c"), 0750);
    files.makeDirectories(HOST, path("a/b/c"), 0750);
    assertThat(files.makeDirectory(HOST, path("a"), 0750)).isFalse();
    assertThat(files.makeDirectory(HOST, path("a/new"), 0750)).isTrue();
    assertThat(directory.resolve("a/b/c")).isDirectory();
  }

  @Test
  void renamingReplaces() throws IOException {
    Files.writeString(directory.resolve("one"), "1");
    Files.writeString(directory.resolve("two"), "2");
    files.rename(HOST, path("one"), HOST, path("two"));
    assertThat(directory.resolve("two")).content().isEqualTo("1");
    assertThat(directory.resolve("one")).doesNotExist();
  }

  @Test
  void aLockIsHeldByOneOpeningOnly() {
    int first = files.open(HOST, path("lock"), NEW, 0600);
    int second = files.open(HOST, path("lock"), Linux.O_RDWR, 0);
    assertThat(files.lock(first, true)).isTrue();
    assertThat(files.lock(second, false)).isFalse();
    files.close(first);
    assertThat(files.lock(second, false)).isTrue();
    files.close(second);
  }

  @Test
  void aResolvedPathStaysBelowItsDirectory() throws IOException {
    files.makeSymbolicLink(HOST, path("out"), "/etc");
    int open = files.open(HOST, directory.toString(), Linux.O_PATH | Linux.O_DIRECTORY, 0);
    assertThatThrownBy(
            () -> files.open(open, "out/passwd", Linux.O_RDONLY, 0, Linux.RESOLVE_BENEATH))
        .hasMessage("open out/passwd: invalid cross-device link");
    assertThatThrownBy(
            () -> files.open(open, "out/passwd", Linux.O_RDONLY, 0, Linux.RESOLVE_IN_ROOT))
        .hasMessage("open out/passwd: no such file or directory");
    files.close(open);
    files.unlink(HOST, path("out"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void anErrorNamesTheOperationAndItsObject(String message, Consumer<FileWorker> operation) {
    ThrowingCallable call = () -> operation.accept(files);
    assertThatThrownBy(call).isInstanceOf(KernelException.class).hasMessage(message);
    assertThat(MydockerException.class).isAssignableFrom(KernelException.class);
  }

  static Stream<Arguments> anErrorNamesTheOperationAndItsObject() {
    String missing = ": no such file or directory";
    return Stream.of(
        error("open /no/file" + missing, f -> f.open(HOST, "/no/file", 0, 0)),
        error("open /no/file" + missing, f -> f.read(HOST, "/no/file", 10)),
        error("open /no/file" + missing, f -> f.open(HOST, "/no/file", 0, 0, 0)),
        error("read /proc: is a directory", f -> f.readIfThere(HOST, "/proc")),
        error("read descriptor -1: bad file descriptor", f -> f.read(-1, 10)),
        error("write descriptor -1: bad file descriptor", f -> f.write(-1, new byte[1])),
        error("write /no/file" + missing, f -> f.writeExisting(HOST, "/no/file", "x")),
        error("write /no/file" + missing, f -> f.replace(HOST, "/no/file", new byte[1], 0, false)),
        error("create directory /no/a" + missing, f -> f.makeDirectory(HOST, "/no/a", 0700)),
        error(
            "create directory /proc/self/a/b" + missing,
            f -> f.makeDirectories(HOST, "/proc/self/a/b", 0700)),
        error("create symbolic link /no/l" + missing, f -> f.makeSymbolicLink(HOST, "/no/l", "t")),
        error("rename /no/file" + missing, f -> f.rename(HOST, "/no/file", HOST, "/no/other")),
        error("remove /proc: is a directory", f -> f.unlink(HOST, "/proc")),
        error("remove .: invalid argument", f -> f.removeDirectory(HOST, ".")),
        error("list descriptor -1: bad file descriptor", f -> f.list(-1)),
        error("lock descriptor -1: bad file descriptor", f -> f.lock(-1, false)),
        error("stat descriptor -5: bad file descriptor", f -> f.status(-5)));
  }

  private static Arguments error(String message, Consumer<FileWorker> operation) {
    return Arguments.of(message, operation);
  }
}
