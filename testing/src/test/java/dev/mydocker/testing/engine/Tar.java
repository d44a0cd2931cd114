package dev.mydocker.testing.engine;

import dev.mydocker.testkit.Command;
import java.nio.file.Path;
import java.util.List;

/** GNU tar, with which our archives are compared. */
final class Tar {
  private Tar() {}

  /** The names in an archive. */
  static List<String> names(Path archive) {
    return run("tar", "-tf", archive.toString()).lines().toList();
  }

  /** Everything that an archive says of its entries, in order of their names. */
  static List<String> listing(Path archive) {
    return run(
            "tar",
            "-tvf",
            archive.toString(),
            "--numeric-owner",
            "--full-time",
            "--quoting-style=c")
        .lines()
        .map(line -> line.replaceAll(" {2,}", " "))
        .sorted()
        .toList();
  }

  static void unpack(Path archive, Path directory) {
    run("tar", "-xpf", archive.toString(), "-C", directory.toString(), "--xattrs");
  }

  static String run(String... command) {
    return new Command(List.of(command)).run().orThrow().stdout();
  }
}
