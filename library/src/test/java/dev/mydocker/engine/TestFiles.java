package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.InProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The real file system, by the real bridge, which the build leaves in target/native. */
final class TestFiles {
  static final FileWorker WORKER =
      new FileWorker(
          new InProcess(
              System.getProperty(
                  "mydocker.home", Path.of("target", "native").toAbsolutePath().toString())));

  private TestFiles() {}

  /** What a directory holds, hidden files too. */
  static List<String> names(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
