package dev.mydocker.testing;

import dev.mydocker.kernel.CoProcess;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.Exec;
import dev.mydocker.runtime.ExecRequest;
import dev.mydocker.runtime.LaunchRequest;
import dev.mydocker.runtime.Launcher;
import dev.mydocker.runtime.MonitorSetup;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import dev.mydocker.runtime.rootfs.Overlay;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What an application does that may not load native code: a container by way of a co-process. Its
 * own program, so that a test can choose the JVM's flags, and kill it.
 */
final class CoProcessContainer {
  private static final LaunchRequest.SeccompProgram UNFILTERED = LaunchRequest.SeccompProgram.NONE;

  private CoProcessContainer() {}

  /**
   * Runs a container.
   *
   * @param arguments a directory with {@code layer} and {@code config.json}; then {@code exec} or
   *     {@code stay}
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    PrintStream out = System.out;
    for (String name : List.of("upper", "work", "run", "run-exec", "container")) {
      Files.createDirectories(directory.resolve(name));
    }
    try (CoProcess coProcess = CoProcess.start();
        Performer performer = coProcess.open()) {
      FileWorker files = new FileWorker(performer);
      int state =
          files.open(
              FileWorker.HOST, directory + "/container", Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
      MonitorSetup watched = new MonitorSetup(state, true, -1, -1, -1, false, 0, 1, -1);
      try (Launcher launcher = new Launcher(performer, request(performer, directory))) {
        launcher.create(state, init -> "");
        launcher.watch(watched);
        launcher.execute();
        out.println("pid " + launcher.pid());
        out.flush();
        if (arguments[1].equals("stay")) {
          launcher.awaitMonitor();
          return;
        }
        exec(performer, directory, launcher.pidfd());
        kill(performer, launcher.pidfd());
        launcher.awaitMonitor();
      }
    }
    out.println("done");
    out.flush();
  }

  private static void exec(Performer performer, Path directory, int init) throws IOException {
    ProcessSpec process = Objects.requireNonNull(spec(directory).process());
    ExecRequest request =
        new ExecRequest(
            "other-jvm",
            process.toBuilder().args(List.of("sh", "-c", "echo process $$ >/executed")).build(),
            null,
            null,
            Linux.CLONE_NEWPID | Linux.CLONE_NEWNS,
            CgroupJoin.none(new FileWorker(performer)),
            null,
            directory + "/run-exec",
            false,
            UNFILTERED);
    try (Exec exec = new Exec(performer, request)) {
      exec.run(init, new MonitorSetup(-1, false, -1, -1, -1, false, 0, 0, -1));
      exec.awaitMonitor();
    }
  }

  private static void kill(Performer performer, int pidfd) {
    SegmentBuilder b = Segment.builder();
    b.syscall(
        Wire.SYS_PIDFD_SEND_SIGNAL,
        Value.of(pidfd),
        Value.of(Linux.SIGKILL),
        Value.of(0),
        Value.of(0));
    performer.perform(b.build()).orThrow("kill a container");
  }

  private static LaunchRequest request(Performer performer, Path directory) throws IOException {
    return new LaunchRequest(
        "other-jvm",
        spec(directory),
        null,
        new Overlay(List.of(directory + "/layer"), directory + "/upper", directory + "/work", true),
        directory + "/run",
        CgroupJoin.none(new FileWorker(performer)),
        List.of(),
        null,
        false,
        UNFILTERED,
        false,
        false);
  }

  private static RuntimeSpec spec(Path directory) throws IOException {
    Path config = directory.resolve("config.json");
    String text = Files.readString(config, StandardCharsets.UTF_8);
    return RuntimeSpec.parse(text.getBytes(StandardCharsets.UTF_8), config.toString());
  }
}
