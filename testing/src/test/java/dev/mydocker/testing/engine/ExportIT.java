package dev.mydocker.testing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.StateDirectory;
import dev.mydocker.engine.Status;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Root file systems of containers as archives. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class ExportIT {
  /** Files of all kinds, on top of the image's and in place of some. */
  private static final String FILES =
      """
      mkdir -p /d/deep/er && echo content >/d/file && chmod 4750 /d/file && chown 1000:2000 /d/file
      ln /d/file /d/hard && ln -s ../../../../../etc/shadow /d/up && ln -s /host/secret /d/absolute
      mkfifo /d/fifo && mknod /d/null c 1 3 && mknod /d/disk b 7 9
      touch -d '1999-12-31 23:59:59' /d/old && echo x >'/d/a name' && echo y >"/d/\\303\\244"
      rm /bin/vi && rm -r /tmp && mkdir /tmp && touch /tmp/new && chmod 1777 /tmp
      dd if=/dev/zero of=/d/sparse bs=1 count=1 seek=1000000 2>/dev/null
      long=$(printf '%0100d' 0) && mkdir -p /d/$long/$long && touch /d/$long/$long/$long
      """;

  private final Sandbox sandbox;
  private Engine engine;

  ExportIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void open() {
    engine = Engine.open(StateDirectory.of(sandbox.environment()));
  }

  @AfterEach
  void removeAll() {
    try (Engine last = engine) {
      last.list().forEach(info -> last.container(info.id()).remove(true));
    }
  }

  private ContainerSpec spec(String... command) {
    return ContainerSpec.of("busybox", command).cgroupParent(sandbox.cgroupParent());
  }

  private Path export(Container container, String name) throws IOException {
    Path archive = sandbox.directory().resolve(name + ".tar");
    try (OutputStream out = Files.newOutputStream(archive)) {
      container.export(out);
    }
    return archive;
  }

  /** What GNU tar makes of the same file system, mounted where nobody else sees it. */
  private Path expected(Container container) throws IOException {
    Path archive = sandbox.directory().resolve("expected.tar");
    Path merged = Files.createDirectories(sandbox.directory().resolve("merged"));
    Path layer;
    try (Stream<Path> layers = Files.list(sandbox.root().resolve("images/layers"))) {
      layer = layers.findFirst().orElseThrow();
    }
    Tar.run(
        "unshare",
        "-m",
        "sh",
        "-ec",
        """
        mount -t overlay -o "lowerdir=$1/upper:$2" overlay "$3"
        tar --format=posix --sort=name -cf "$4" -C "$3" .
        """,
        "sh",
        container.info().directory(),
        layer.toString(),
        merged.toString(),
        archive.toString());
    return archive;
  }

  @Test
  void anExportHoldsWhatGnuTarFindsStoppedAndRunning() throws Exception {
    Container container = engine.start(spec("sh", "-ec", FILES + "\nsleep 1000"));
    while (container.exec("test", "-e", "/d/sparse").exit().shellCode() != 0) {
      Thread.sleep(20);
    }
    while (container.exec("sh", "-c", "ls -d /d/0*/0*/0*").exit().shellCode() != 0) {
      Thread.sleep(20);
    }
    List<String> running = Tar.listing(export(container, "running"));
    assertThat(container.info().status()).isEqualTo(Status.RUNNING);
    container.kill(9);
    container.await();
    List<String> stopped = Tar.listing(export(container, "stopped"));
    List<String> expected =
        Tar.listing(expected(container)).stream()
            .filter(line -> !line.endsWith(" \"./\""))
            .map(line -> line.replace("\"./", "\""))
            .toList();
    assertThat(expected).hasSizeGreaterThan(100).anyMatch(line -> line.contains("d/disk"));
    assertThat(stopped).isEqualTo(expected);
    assertThat(running).isEqualTo(expected);
  }

  @Test
  void theContentIsTheFilesAndNothingOfTheHost() throws Exception {
    Path secret = Files.writeString(sandbox.directory().resolve("secret"), "not yours");
    String script =
        "echo mine >/file; ln -s "
            + secret
            + " /link; rm -r /var; ln -s "
            + sandbox.directory()
            + " /var";
    Container container = engine.start(spec("sh", "-c", script));
    assertThat(container.await().shellCode()).isZero();
    Path archive = export(container, "content");
    assertThat(Tar.run("tar", "-xOf", archive.toString(), "file")).isEqualTo("mine\n");
    assertThat(Tar.listing(archive))
        .anyMatch(line -> line.endsWith("\"link\" -> \"" + secret + "\""))
        .anyMatch(line -> line.endsWith("\"var\" -> \"" + sandbox.directory() + "\""))
        .noneMatch(line -> line.contains("\"var/"));
    assertThat(Files.readString(archive, StandardCharsets.ISO_8859_1)).doesNotContain("not yours");
  }

  @Test
  void nothingIsMountedOnTheHostMeanwhile() throws Exception {
    Container container = engine.create(spec("true"));
    List<String> seen = new ArrayList<>();
    OutputStream looking =
        new OutputStream() {
          @Override
          public void write(int value) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            if (seen.isEmpty()) {
              seen.add(Files.readString(Path.of("/proc/self/mountinfo")));
            }
          }
        };
    container.export(looking);
    assertThat(seen).hasSize(1).allMatch(it -> !it.contains(sandbox.directory().toString()));
  }

  @Test
  void aContainerThatIsRemovedMeanwhileMakesNoArchive() {
    Container container = engine.create(spec("true"));
    OutputStream remover =
        new OutputStream() {
          private boolean done;

          @Override
          public void write(int value) {
            if (!done) {
              done = true;
              container.remove(true);
            }
          }
        };
    assertThatThrownBy(() -> container.export(remover))
        .isInstanceOfSatisfying(
            MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
  }
}
