package dev.mydocker.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Programs that a test makes in order to run them.
 *
 * <p>They are written by a child, never by the tests' own process: a child that another test starts
 * in that moment has the file open for writing until its execve(2), and who executes the file then
 * gets ETXTBSY.
 */
public final class Programs {
  private Programs() {}

  /** A script that everybody may execute. */
  public static Path script(Path path, String text) {
    Command.of("sh", "-c", "cat >\"$1\" && chmod 755 \"$1\"", "sh", path.toString())
        .input(text)
        .run()
        .orThrow();
    return path;
  }

  /** A copy of the host's static busybox that everybody may execute. */
  public static Path busybox(Path path) {
    Path original =
        List.of("/bin/busybox", "/usr/bin/busybox").stream()
            .map(Path::of)
            .filter(Files::exists)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no busybox: install busybox-static"));
    Command.of(
            "sh",
            "-c",
            "cp -L \"$1\" \"$2\" && chmod 755 \"$2\"",
            "sh",
            original.toString(),
            path.toString())
        .run()
        .orThrow();
    return path;
  }
}
