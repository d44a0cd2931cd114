package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Directories that an image wants data to be kept in: a volume for each, with what is there. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
class VolumesIT {
  private final Sandbox sandbox;

  VolumesIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** Two volumes: one with files of its image, one that the image knows nothing of. */
  @BeforeEach
  void anImageWithVolumesIsHere() {
    String content =
        "mkdir -p /data/sub; echo old >/data/file; ln -s file /data/link; ln /data/file /data/hard;"
            + " chown 7:8 /data; chmod 1770 /data; chmod 4711 /data/file; touch -d '2001-02-03 04:05:06' /data";
    run("run", "--name", "source", "busybox", "sh", "-ec", content).orThrow();
    run("commit", "-c", "VOLUME /data /var/empty/", "-c", "EXPOSE 80", "source", "with:volumes")
        .orThrow();
    run("rm", "source").orThrow();
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    for (String id : run("ps", "-aq").stdout().lines().toList()) {
      run("rm", "-f", id).orThrow();
    }
    assertThat(sandbox.root().resolve("containers")).isEmptyDirectory();
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private String inspect(String format) {
    return run("inspect", "-f", format, "box").orThrow().stdout();
  }

  @Test
  void aVolumeHasWhatTheImageHasThereAndKeepsWhatIsWritten() {
    Result first =
        run(
            "run",
            "--name",
            "box",
            "--read-only",
            "with:volumes",
            "sh",
            "-ec",
            "stat -c '%u:%g %a %Y' /data; stat -c '%a %h' /data/file; cat /data/link;"
                + " ls -A /data/sub /var/empty; grep -c -e ' /data ' -e ' /var/empty ' /proc/mounts;"
                + " echo new >>/data/file; echo x >/var/empty/x");
    assertThat(first.orThrow().stdout())
        .isEqualTo("7:8 1770 981173106\n4711 2\nold\n/data/sub:\n\n/var/empty:\n2\n");
    assertThat(run("start", "-a", "box").orThrow().stdout())
        .contains("old\nnew\n")
        .endsWith("/var/empty:\nx\n2\n");
    assertThat(inspect("{{range .Mounts}}{{.Type}} {{.Destination}} {{.RW}};{{end}}"))
        .isEqualTo("volume /data true;volume /var/empty true;\n");
    assertThat(inspect("{{json .Config.Volumes}} {{json .Config.ExposedPorts}}"))
        .isEqualTo("{\"/data\":{},\"/var/empty\":{}} {\"80/tcp\":{}}\n");
    String source = inspect("{{(index .Mounts 0).Source}}").strip();
    assertThat(Path.of(source, "file")).hasContent("old\nnew\nnew");
  }

  @Test
  void aVolumeIsNeitherCommittedNorExportedAndGoesWithItsContainer() throws IOException {
    run("run", "--name", "box", "with:volumes", "sh", "-c", "echo new >/data/file; echo x >/x")
        .orThrow();
    String source = inspect("{{(index .Mounts 0).Source}}").strip();
    run("commit", "box", "other").orThrow();
    assertThat(run("run", "--rm", "other", "cat", "/x", "/data/file").orThrow().stdout())
        .isEqualTo("x\nold\n");
    Path archive = sandbox.directory().resolve("export.tar");
    run("export", "-o", archive.toString(), "box").orThrow();
    Path unpacked = Files.createDirectories(sandbox.directory().resolve("export"));
    RichImage.sh("tar -xf \"$0\" -C \"$1\"", archive.toString(), unpacked.toString());
    assertThat(unpacked.resolve("data/file")).hasContent("old");
    assertThat(Path.of(source)).isDirectory();
    run("rm", "box").orThrow();
    assertThat(Path.of(source)).doesNotExist();
  }

  @Test
  void whatIsMountedThereTakesItsPlace() throws IOException {
    Path mine = Files.createDirectories(sandbox.directory().resolve("mine"));
    Files.writeString(mine.resolve("file"), "mine\n");
    Result result =
        run(
            "run",
            "--name",
            "box",
            "-v",
            mine + ":/data",
            "--tmpfs",
            "/var/empty",
            "with:volumes",
            "sh",
            "-c",
            "cat /data/file; grep ' /var/empty ' /proc/mounts | cut -d' ' -f3");
    assertThat(result.orThrow().stdout()).isEqualTo("mine\ntmpfs\n");
    assertThat(inspect("{{json .Config.Volumes}} {{range .Mounts}}{{.Type}} {{end}}"))
        .isEqualTo("null bind tmpfs \n");
  }

  @Test
  void aVolumeWhereTheImageHasAFileOrThatIsTheRootIsRefused() throws IOException {
    run("create", "--name", "box", "busybox").orThrow();
    for (List<String> each :
        List.of(
            List.of("/bin/busybox", "something else than a directory there"),
            List.of("/", "destination can't be '/'"),
            List.of("data", "mount path must be absolute"))) {
      run("commit", "-c", "VOLUME " + each.getFirst(), "box", "bad").orThrow();
      Result result = run("run", "bad", "true");
      assertThat(result.exit()).isNotZero();
      assertThat(result.stderr()).hasLineCount(1).contains(each.getLast());
    }
    run("rm", "box").orThrow();
    assertThat(sandbox.root().resolve("containers")).isEmptyDirectory();
  }
}
