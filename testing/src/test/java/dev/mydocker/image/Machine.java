package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.InProcess;
import dev.mydocker.kernel.Linux;
import dev.mydocker.testkit.Checkout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The real kernel, and the tools that this package's tests compare with. */
final class Machine {
  /** Where helper and bridge are. */
  static final String NATIVE =
      System.getProperty("mydocker.native", Checkout.directory() + "/library/target/native");

  static final FileWorker FILES = new FileWorker(new InProcess(NATIVE));

  /** Prints every file below "." with all that a tar keeps, in a stable order. */
  private static final String LISTING =
      """
      cd "$0" && find . -printf '%P %y %#m %U:%G %n %l ' \\
        \\( -type d -printf '- ' -o -type l -printf '- ' -o -printf '%s ' \\) \\
        -printf '%T@\\n' | LC_ALL=C sort
      find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
      find . \\( -type c -o -type b \\) -print0 | LC_ALL=C sort -z | xargs -0 -r stat -c '%n %t:%T'
      """;

  private Machine() {}

  static String listing(Path directory) {
    return run("sh", "-c", LISTING, directory.toString());
  }

  static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      assertThat(exit).as("%s: %s", List.of(command), output).isZero();
      return output;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Removes what is in a directory, without JUnit's warnings of links that lead out of it. */
  static void empty(Path directory) {
    run("find", directory.toString(), "-mindepth", "1", "-delete");
  }

  /** How many descriptors of this process are of files in a directory. */
  static long openBelow(Path directory) throws IOException {
    long count = 0;
    for (String descriptor : names(Path.of("/proc/self/fd"))) {
      try {
        Path file = Files.readSymbolicLink(Path.of("/proc/self/fd", descriptor));
        count += file.toString().startsWith(directory + "/") ? 1 : 0;
      } catch (NoSuchFileException e) {
        // Closed since.
      }
    }
    return count;
  }

  static int open(Path directory) {
    return FILES.open(FileWorker.HOST, directory.toString(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
  }
}
