package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Programs;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Containers from the JVM of somebody who forbids native code: {@link CoProcessContainer}. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class CoProcessIT {
  private static final String CONFIG =
      """
      {
        "ociVersion": "1.3.0",
        "process": {
          "user": {"uid": 0, "gid": 0},
          "args": ["sh", "-c", "echo hello; exec sleep 1000"],
          "env": ["PATH=/bin"],
          "cwd": "/"
        },
        "root": {"path": "unused"},
        "mounts": [
          {"destination": "/proc", "type": "proc"},
          {"destination": "/dev", "type": "tmpfs", "options": ["nosuid", "mode=755"]}
        ],
        "linux": {
          "devices": [{"path": "/dev/null", "type": "c", "major": 1, "minor": 3}],
          "namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}]
        }
      }
      """;

  @Test
  void aContainerRunsAndIsEnteredWithoutNativeAccess(Sandbox sandbox) throws IOException {
    Path directory = prepare(sandbox.directory().resolve("deny"));
    Command.Result result = application(directory, "exec").run();
    assertThat(result.stderr()).isEmpty();
    assertThat(result.orThrow().stdout()).endsWith("done\n");
    assertThat(log(directory)).contains("hello");
    assertThat(directory.resolve("upper/executed")).content().startsWith("process ");
    assertThat(temporary(directory)).isEmptyDirectory();
  }

  @Test
  void theContainerOutlivesAKilledJvmAndTheHelperDoesNot(Sandbox sandbox) throws Exception {
    Path directory = prepare(sandbox.directory().resolve("killed"));
    Process application = application(directory, "stay").start();
    try (BufferedReader out = application.inputReader(StandardCharsets.UTF_8)) {
      String line = out.readLine();
      assertThat(line).startsWith("pid ");
      long init = Long.parseLong(line.substring("pid ".length()));
      application.destroyForcibly().waitFor();
      try {
        await(() -> isEmpty(temporary(directory)));
        await(() -> log(directory).contains("hello"));
        assertThat(ProcessHandle.of(init)).isPresent();
        String[] stat = Files.readString(Path.of("/proc/" + init + "/stat")).split(" ", -1);
        assertThat(List.of(stat[4], stat[5])).containsOnly(Long.toString(init));
        long monitor = ProcessHandle.of(init).flatMap(ProcessHandle::parent).orElseThrow().pid();
        assertThat(Files.readString(Path.of("/proc/" + monitor + "/cmdline")))
            .isEqualTo("mydocker-monitor\0");
      } finally {
        ProcessHandle.of(init).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
    await(() -> Files.exists(directory.resolve("container/exit")));
  }

  private static Command application(Path directory, String what) {
    return Command.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--illegal-native-access=deny",
            "-Dmydocker.home=" + System.getProperty("mydocker.home"),
            "-Djava.io.tmpdir=" + temporary(directory),
            "-cp",
            System.getProperty("java.class.path"),
            CoProcessContainer.class.getName(),
            directory.toString(),
            what)
        .limit(Duration.ofSeconds(60));
  }

  /** An image's only layer, of busybox, and the specification. */
  private static Path prepare(Path directory) throws IOException {
    Path bin = Files.createDirectories(directory.resolve("layer/bin"));
    Files.createDirectories(temporary(directory));
    Programs.busybox(bin.resolve("busybox"));
    for (String applet : List.of("sh", "sleep")) {
      Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
    }
    Files.writeString(directory.resolve("config.json"), CONFIG);
    return directory;
  }

  private static Path temporary(Path directory) {
    return directory.resolve("tmp");
  }

  private static boolean isEmpty(Path directory) {
    String[] names = directory.toFile().list();
    return names != null && names.length == 0;
  }

  private static String log(Path directory) {
    try {
      Path log = directory.resolve("container/container.log");
      return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    Instant end = Instant.now().plusSeconds(10);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(10);
    }
  }
}
