package dev.mydocker.testing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Exit;
import dev.mydocker.engine.StateDirectory;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Containers that belong to a process go with it, however it ends. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class OwnedIT {
  private final Sandbox sandbox;
  private Path temporary;

  OwnedIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void prepare() throws IOException {
    temporary = Files.createTempDirectory(sandbox.directory(), "tmp");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    // Whatever a test that failed has left goes with the next use.
    open().close();
    await("no cgroup", () -> cgroups().isEmpty());
    assertThat(sandbox.root().resolve("containers")).isEmptyDirectory();
    assertThat(sandbox.root().resolve("owned")).isEmptyDirectory();
    // The index of all containers is a cache, and stays.
    assertThat(names(sandbox.run().resolve(".engine"))).isSubsetOf("index");
  }

  private Engine open() {
    return Engine.open(StateDirectory.of(sandbox.environment()));
  }

  private ContainerSpec spec(String... command) {
    return ContainerSpec.of("busybox", command).cgroupParent(sandbox.cgroupParent());
  }

  @Test
  void aKilledJvmLeavesNothingOfTwentyContainers() throws Exception {
    try (Application application = new Application(20, "root")) {
      assertThat(application.inits).hasSize(20);
      application.kill(List.of(application.process.pid()));
      application.awaitEnds();
      await("no cgroup", () -> cgroups().isEmpty());
      await("no container", () -> names(sandbox.root().resolve("containers")).isEmpty());
      await("no owner", () -> names(sandbox.root().resolve("owned")).isEmpty());
      await("no file of the helper's", () -> names(temporary).isEmpty());
      assertThat(names(sandbox.run().resolve(".engine"))).isSubsetOf("index");
      assertThat(names(sandbox.root().resolve("names"))).isEmpty();
    }
  }

  @Test
  void killedWithItsMonitorsTheProcessesGoAtOnceAndTheRestAtTheNextUse() throws Exception {
    // As user 1000: the kernel forgets the wish to die with the parent when a process changes that.
    try (Application application = new Application(20, "1000")) {
      List<Long> all = new ArrayList<>(application.monitors);
      all.add(application.process.pid());
      application.process.toHandle().descendants().map(ProcessHandle::pid).forEach(all::add);
      application.thaw();
      application.kill(all);
      application.awaitEnds();
      assertThat(names(sandbox.root().resolve("containers"))).isNotEmpty();
      assertThat(sandbox.mydocker("ps", "-aq").run().orThrow().stdout()).isEmpty();
      assertThat(names(sandbox.root().resolve("containers"))).isEmpty();
      assertThat(cgroups()).isEmpty();
    }
  }

  @Test
  void closingTheEngineRemovesItsContainersAndNoOthers() throws Exception {
    Container other;
    try (Engine engine = open()) {
      other = engine.start(spec("sleep", "1000").name("other"));
      Container owned = engine.start(spec("sleep", "1000").ownedByThisProcess());
      try (Engine second = open()) {
        Container seconds = second.start(spec("sleep", "1000").ownedByThisProcess());
        assertThat(seconds.id()).isNotEqualTo(owned.id());
      }
      assertThat(engine.list()).hasSize(2);
    }
    try (Engine engine = open()) {
      assertThat(engine.list()).singleElement().extracting(info -> info.id()).isEqualTo(other.id());
      engine.container("other").remove(true);
    }
  }

  @Test
  void anOwnedContainerStopsAndStartsAgainAndKeepsItsFiles() {
    try (Engine engine = open()) {
      Container container =
          engine.start(spec("sh", "-c", "echo once >>/file; exec sleep 1000").ownedByThisProcess());
      container.kill(9);
      assertThat(container.await()).isEqualTo(new Exit.Signal(9));
      container.copyOut("/file", temporary);
      assertThat(temporary.resolve("file")).content().isEqualTo("once\n");
      container.copyIn(temporary.resolve("file"), "/copy");
      container.start();
      // PID 1 is the engine's init, so that it can end with its monitor.
      assertThat(container.exec("cat", "/file", "/copy").orThrow().stdout())
          .isEqualTo("once\nonce\nonce\n");
      container.remove(true);
      assertThat(engine.list()).isEmpty();
    }
  }

  @Test
  void theCommandLineFindsItAndMayRemoveIt() {
    try (Engine engine = open()) {
      Container container = engine.start(spec("sleep", "1000").name("mine").ownedByThisProcess());
      assertThat(sandbox.mydocker("exec", "mine", "echo", "hi").run().orThrow().stdout())
          .isEqualTo("hi\n");
      sandbox.mydocker("rm", "-f", "mine").run().orThrow();
      assertThatThrownBy(container::info)
          .isInstanceOfSatisfying(
              MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
    }
  }

  /** {@link OwningApplication}, running. */
  private final class Application implements AutoCloseable {
    final Process process;
    final List<Long> inits = new ArrayList<>();
    final List<Long> monitors = new ArrayList<>();

    Application(int containers, String user) throws IOException {
      process =
          Command.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--illegal-native-access=deny",
                  "-Dmydocker.home=" + System.getProperty("mydocker.home"),
                  "-Djava.io.tmpdir=" + temporary,
                  "-cp",
                  System.getProperty("java.class.path"),
                  OwningApplication.class.getName(),
                  Integer.toString(containers),
                  user,
                  sandbox.cgroupParent())
              .environment(Map.copyOf(sandbox.environment()))
              .limit(Duration.ofSeconds(60))
              .start();
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      for (String line = out.readLine(); !"ready".equals(line); line = out.readLine()) {
        assertThat(line).as("output of the application").isNotNull();
        inits.add(Long.parseLong(line.substring(0, line.indexOf(' '))));
        monitors.add(Long.parseLong(line.substring(line.indexOf(' ') + 1)));
      }
    }

    /** Those that a cgroup holds still cannot end before their cgroup lets them go. */
    void thaw() {
      sandbox.mydocker("unpause", "paused").run().orThrow();
    }

    void kill(List<Long> pids) {
      List<String> line = new ArrayList<>(List.of("kill", "-9"));
      pids.forEach(pid -> line.add(pid.toString()));
      new Command(line).run();
    }

    void awaitEnds() throws Exception {
      process.waitFor();
      List<Long> all = new ArrayList<>(inits);
      all.addAll(monitors);
      await("no process", () -> all.stream().noneMatch(OwnedIT::runs));
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static boolean runs(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.UTF_8);
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  private List<String> cgroups() {
    List<String> found = new ArrayList<>();
    File[] hierarchies = new File("/sys/fs/cgroup").listFiles(File::isDirectory);
    for (File hierarchy : hierarchies == null ? new File[0] : hierarchies) {
      if (new File(hierarchy, sandbox.cgroupParent()).exists()) {
        found.add(hierarchy.toString());
      }
    }
    if (new File("/sys/fs/cgroup", sandbox.cgroupParent()).exists()) {
      found.add("/sys/fs/cgroup");
    }
    return found;
  }

  private static List<String> names(Path directory) {
    String[] names = directory.toFile().list();
    return names == null ? List.of() : List.of(names);
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    Instant end = Instant.now().plusSeconds(15);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as(what).isBefore(end);
      Thread.sleep(10);
    }
  }
}
