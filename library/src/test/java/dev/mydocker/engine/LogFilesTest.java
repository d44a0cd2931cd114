package dev.mydocker.engine;

import static dev.mydocker.engine.TestFiles.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.kernel.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading a log's files while they are rotated, as fast as that goes. */
class LogFilesTest {
  private static final int FILES = 300;

  private final Path directory;

  LogFilesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path file(int age) {
    return directory.resolve(age == 0 ? "container.log" : "container.log." + age);
  }

  private void begin(int number) throws IOException {
    Files.writeString(file(0), Integer.toString(number));
  }

  /** As the monitor does it: the oldest first, which goes if there would be too many. */
  private void rotate(int kept) throws IOException {
    int age = 0;
    while (age + 1 < kept && Files.exists(file(age))) {
      age++;
    }
    for (; age > 0; age--) {
      Files.move(file(age - 1), file(age), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static int number(int file) {
    // It is made first, and written to then.
    byte[] text = WORKER.readAt(file, 0, 10);
    while (text.length == 0) {
      text = WORKER.readAt(file, 0, 10);
    }
    return Integer.parseInt(Bytes.decode(text));
  }

  /** Opens one file after the other until the last one was met; their numbers. */
  private List<Integer> readAll() {
    LogFiles log = new LogFiles(WORKER, directory.toString());
    List<Integer> numbers = new ArrayList<>();
    int before = -1;
    while (numbers.isEmpty() || numbers.getLast() < FILES - 1) {
      int file = log.next();
      if (file >= 0) {
        numbers.add(number(file));
        if (before >= 0) {
          WORKER.close(before);
        }
        before = file;
      }
    }
    assertThat(log.next()).isEqualTo(-1);
    WORKER.close(before);
    return numbers;
  }

  private List<Integer> readAllWhileRotating(int kept) throws Exception {
    begin(0);
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> rotated =
          threads.submit(
              () -> {
                for (int number = 1; number < FILES; number++) {
                  rotate(kept);
                  begin(number);
                }
                return null;
              });
      List<Integer> numbers = readAll();
      rotated.get();
      return numbers;
    }
  }

  @Test
  void eachFileIsMetOnceInItsOrder() throws Exception {
    assertThat(readAllWhileRotating(FILES)).isEqualTo(IntStream.range(0, FILES).boxed().toList());
  }

  @Test
  void whereFilesAreRemovedNoneIsMetTwiceOrLate() throws Exception {
    assertThat(readAllWhileRotating(3)).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void theFirstIsTheOldest() throws Exception {
    begin(0);
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      AtomicBoolean over = new AtomicBoolean();
      Future<?> looked =
          threads.submit(
              () -> {
                while (!over.get()) {
                  int file = new LogFiles(WORKER, directory.toString()).next();
                  assertThat(number(file)).isZero();
                  WORKER.close(file);
                }
              });
      for (int number = 1; number < FILES && !looked.isDone(); number++) {
        rotate(FILES);
        begin(number);
      }
      over.set(true);
      looked.get();
    }
  }

  @Test
  void aFileThatSomebodyTookAwayIsFollowedByTheOneInItsPlace() throws Exception {
    begin(0);
    rotate(3);
    begin(1);
    LogFiles log = new LogFiles(WORKER, directory.toString());
    int older = log.next();
    int newer = log.next();
    Files.move(file(0), directory.resolve("mine"));
    assertThat(log.next()).isEqualTo(-1);
    begin(2);
    int next = log.next();
    assertThat(number(next)).isEqualTo(2);
    WORKER.close(older);
    WORKER.close(newer);
    WORKER.close(next);
  }

  @Test
  void thereMayBeNone() {
    assertThat(new LogFiles(WORKER, directory.toString()).next()).isEqualTo(-1);
  }
}
