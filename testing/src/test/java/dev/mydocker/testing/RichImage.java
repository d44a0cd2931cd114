package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An image of two layers with every kind of file that an image can have; the second layer removes
 * and changes files of the first.
 */
final class RichImage {
  /** What it is called. */
  static final String NAME = "rich:two";

  /** Every kind of file that an image can have, and what there is to know of one. */
  private static final String RICH =
      """
      mkdir -p d/e gone "$(printf 'n%.0s' $(seq 120))/$(printf 'm%.0s' $(seq 250))"
      echo x >d/x; ln d/x d/hard; ln -s ../d/x d/soft; ln -s /nowhere/$(printf 'l%.0s' $(seq 150)) l
      mknod null c 1 3; mknod disk b 259 300; mkfifo pipe; chmod 666 null; echo old >gone/old
      chown 3000000:3000001 d/x; chmod 4711 d/x; chmod 1777 d; chown 65535:65536 d/e; echo n >"$(printf 'b\\377')"
      python3 -c 'import os; os.setxattr("d/x", "security.capability", bytes.fromhex(
        "0100000200040000000000000000000000000000")); os.setxattr("d", "user.a", b"\\0\\1")'
      truncate -s 3M sparse; echo end >>sparse; : >empty
      touch -d '1999-01-02 03:04:05.123456789' d/x d/e empty; touch -hd '2001-01-01 00:00:00.5' d/soft
      cp "$(command -v busybox)" busybox
      """;

  /** Everything that can be known of the files of a directory, but for its own attributes. */
  static final String LISTING =
      """
      import hashlib, os, stat, sys
      os.chdir(sys.argv[1].encode())
      seen = {}
      for where, names, files in os.walk(b"."):
          names.sort()
          for name in sorted(names + files):
              path = os.path.join(where, name)
              s = os.lstat(path)
              first = seen.setdefault(s.st_ino, path) if not stat.S_ISDIR(s.st_mode) else path
              kind = stat.S_IFMT(s.st_mode)
              print(path, oct(s.st_mode), s.st_uid, s.st_gid, s.st_mtime_ns,
                    s.st_rdev if kind in (stat.S_IFCHR, stat.S_IFBLK) else "",
                    os.readlink(path) if kind == stat.S_IFLNK else "",
                    hashlib.sha256(open(path, "rb").read()).hexdigest()
                    if kind == stat.S_IFREG else "",
                    first,
                    sorted((k, os.getxattr(path, k, follow_symlinks=False))
                           for k in os.listxattr(path, follow_symlinks=False)))
      """;

  private static final String CHANGE =
      "b=/busybox; $b rm -r /gone; $b mkdir /gone; echo new >/gone/new; $b rm /l; echo y >>/d/hard";

  private final Sandbox sandbox;
  private final Path work;
  private final String id;
  private final String tree;

  private RichImage(Sandbox sandbox, Path work, String id, String tree) {
    this.sandbox = sandbox;
    this.work = work;
    this.id = id;
    this.tree = tree;
  }

  /** Makes it. */
  static RichImage make(Sandbox sandbox) throws IOException {
    Path work = Files.createDirectories(sandbox.directory().resolve("exchange"));
    fill(work.resolve("source"));
    RichImage unknown = new RichImage(sandbox, work, "", "");
    String source = work.resolve("source").toString();
    unknown.run("import", source, "rich:base", "-c", "CMD [\"/busybox\", \"sh\"]").orThrow();
    unknown.run("run", "--name", "change", "rich:base", "/busybox", "sh", "-ec", CHANGE).orThrow();
    unknown
        .run("commit", "-a", "me <me@here>", "-m", "changed", "-c", "LABEL of=two", "change", NAME)
        .orThrow();
    unknown.run("rm", "change").orThrow();
    RichImage made = new RichImage(sandbox, work, unknown.id(NAME), unknown.exported(NAME));
    made.run("save", "-o", work.resolve("first.tar").toString(), NAME).orThrow();
    return made;
  }

  /** Makes files of all kinds in a directory. */
  static void fill(Path directory) throws IOException {
    Files.createDirectories(directory);
    sh("cd \"$0\"; " + RICH, directory.toString());
  }

  /** Where files of the test belong. */
  Path work() {
    return work;
  }

  /** Its id. */
  String id() {
    return id;
  }

  Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  /** Runs a script, its parameters from $0 on. */
  static String sh(String script, String... arguments) {
    List<String> line = new ArrayList<>(List.of("sh", "-ec", script));
    line.addAll(List.of(arguments));
    return new Command(line).run().orThrow().stdout();
  }

  String id(String name) {
    return run("inspect", "-f", "{{.Id}}", name).orThrow().stdout().strip();
  }

  /** The digest of all files of an image, as a container sees them. */
  String exported(String image) {
    return sh("sha256sum <\"$0\"", export(image).toString());
  }

  /** An archive of all files of an image, the same file each time. */
  Path export(String image) {
    run("create", "--name", "look", image, "x").orThrow();
    Path archive = work.resolve("export.tar");
    run("export", "-o", archive.toString(), "look").orThrow();
    run("rm", "look").orThrow();
    return archive;
  }

  /** All that can be known of an image's files, as a container sees them: sorted lines. */
  List<String> files(String image) {
    Path unpacked = work.resolve("unpacked");
    sh(
        "mkdir \"$0\"; tar -x --xattrs --xattrs-include='*' --numeric-owner -p -C \"$0\" -f \"$1\"",
        unpacked.toString(),
        export(image).toString());
    List<String> files = files(unpacked);
    sh("rm -r \"$0\"", unpacked.toString());
    return files;
  }

  /** All that can be known of the files below a directory: sorted lines. */
  static List<String> files(Path directory) {
    return sh("python3 -c \"$0\" \"$1\"", LISTING, directory.toString()).lines().sorted().toList();
  }

  /** Saves it; where a test removed it, it is taken in again from what was saved at first. */
  void save(String format, Path target) {
    if (run("inspect", NAME).exit() != 0) {
      run("load", "-i", work.resolve("first.tar").toString()).orThrow();
    }
    run("save", "--format", format, "-o", target.toString(), NAME).orThrow();
  }

  /** Whether it is here as it was, and runs. */
  void requireTheSame() {
    assertThat(id(NAME)).isEqualTo(id);
    assertThat(exported(NAME)).isEqualTo(tree);
    assertThat(run("history", "--format", "{{.Comment}}", NAME).stdout())
        .isEqualTo("changed\nImported from " + work.resolve("source") + "\n");
    requireRuns();
  }

  /** Whether a container of it sees what the second layer has. */
  void requireRuns() {
    assertThat(run("run", "--rm", NAME, "/busybox", "cat", "/gone/new").orThrow().stdout())
        .isEqualTo("new\n");
  }

  /** Removes it, takes it in again from an archive, and requires that it is the same. */
  void removeAndLoad(Path archive) {
    run("rmi", "-f", NAME).orThrow();
    assertThat(run("inspect", NAME).exit()).isEqualTo(1);
    assertThat(run("load", "-i", archive.toString()).orThrow().stdout())
        .isEqualTo("Loaded image: " + NAME + "\n");
    requireTheSame();
  }
}
