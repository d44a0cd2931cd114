package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.image.tar.TarReader;
import dev.mydocker.image.tar.TarType;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.kernel.CoProcess;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Programs;
import dev.mydocker.testkit.Requires;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The code that unpacks, performed by a helper that is root in a user namespace of its own only.
 */
@Requires(Need.ROOT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UserNamespaceUnpackIT {
  /** Enters a user namespace, has somebody outside write its maps, and becomes the helper. */
  private static final String HELPER =
      """
      #!/bin/sh
      here=$(readlink /proc/self/ns/user)
      (
        while [ "$(readlink /proc/$$/ns/user)" = "$here" ]; do :; done
        echo 0 0 4294967295 >/proc/$$/gid_map && echo 0 0 4294967295 >/proc/$$/uid_map
      ) &
      exec unshare --user sh -c 'until read -r map </proc/self/uid_map; do :; done; exec "$@"' sh \\
        "$0.real" "$@"
      """;

  @TempDir private static Path home;
  @TempDir private Path temporary;
  private Path target;
  private CoProcess process;
  private Performer performer;

  @BeforeAll
  void start() throws IOException {
    Path helper = Programs.script(home.resolve("mydocker-helper"), HELPER);
    Files.createSymbolicLink(Path.of(helper + ".real"), Path.of(Machine.NATIVE, "mydocker-helper"));
    process = CoProcess.start(home.toString());
    performer = process.open();
  }

  @AfterAll
  void end() {
    performer.close();
    process.close();
  }

  @BeforeEach
  void makeTarget() throws IOException {
    target = Files.createDirectories(temporary.resolve("target"));
  }

  @AfterEach
  void clean() {
    Machine.empty(temporary);
  }

  @Test
  void theTreeIsThatOfTarButForDevices() throws IOException {
    Path tree = temporary.resolve("tree");
    Path archive = temporary.resolve("a.tar");
    Path expected = Files.createDirectories(temporary.resolve("expected"));
    Machine.run("sh", "-c", UnpackerIT.TREE, tree.toString());
    Machine.run("sh", "-c", "tar c -f \"$0\" -C \"$1\" .", archive + "", tree + "");
    Machine.run("tar", "xpf", archive.toString(), "--numeric-owner", "-C", expected.toString());
    String devices = "cd \"$0\" && rm null loop && touch -d '2001-02-03 04:05:06' .";
    Machine.run("sh", "-c", devices, expected.toString());

    try (InputStream in = Files.newInputStream(archive)) {
      unpack(in);
    }

    assertThat(Machine.listing(target)).isEqualTo(Machine.listing(expected));
  }

  @Test
  void overlaysMarksAreThoseOfAUserNamespace() throws IOException {
    byte[] yes = {'y'};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(out);
    tar.put(TarEntry.file("d/.wh.gone", 0));
    tar.put(TarEntry.directory("fresh"));
    tar.put(TarEntry.file("fresh/.wh..wh..opq", 0));
    tar.put(
        TarEntry.directory("liar")
            .withXattr("user.overlay.opaque", yes)
            .withXattr("trusted.overlay.opaque", yes)
            .withXattr("user.note", yes));
    tar.put(TarEntry.of("p", TarType.FIFO, "", 0600));
    tar.finish();

    unpack(new ByteArrayInputStream(out.toByteArray()));

    assertThat(Machine.run("stat", "-c%F %t:%T", target + "/d/gone"))
        .isEqualTo("character special file 0:0\n");
    assertThat(attributes("fresh")).isEqualTo("['user.overlay.opaque']\n");
    assertThat(attributes("liar")).isEqualTo("['user.note', 'user.overlay.overlay.opaque']\n");
    assertThat(Machine.run("stat", "-c%F", target + "/p")).isEqualTo("fifo\n");
  }

  private String attributes(String name) {
    String list = "import os,sys;print(sorted(os.listxattr(sys.argv[1])))";
    return Machine.run("python3", "-c", list, target + "/" + name);
  }

  private void unpack(InputStream archive) {
    FileWorker files = new FileWorker(performer);
    int directory =
        files.open(FileWorker.HOST, target.toString(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      new Unpacker(files, directory, "", "test", Unpacker.Purpose.LAYER, Unpacker.UNLIMITED)
          .unpack(new TarReader(archive, "test", true));
    } finally {
      files.close(directory);
    }
  }
}
