package dev.mydocker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Performer;
import dev.mydocker.runtime.cgroup.CgroupDirectory;
import dev.mydocker.runtime.cgroup.CgroupLayout;
import dev.mydocker.testkit.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What a sandbox still has after somebody was killed in it, and its removal. */
final class Aftermath {
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final Sandbox sandbox;
  private final Engine healthy;

  /**
   * @param healthy one that nobody is killed in
   */
  Aftermath(Sandbox sandbox, Engine healthy) {
    this.sandbox = sandbox;
    this.healthy = healthy;
  }

  void removeAll() {
    for (ContainerInfo info : healthy.list()) {
      try {
        healthy.container(info.id()).remove(true);
      } catch (MydockerException e) {
        assertThat(e.category()).as(e.toString()).isEqualTo(MydockerException.Category.NOT_FOUND);
      }
    }
  }

  List<String> processes(String id) {
    for (String cgroup : cgroups()) {
      Path processes = Path.of(cgroup, id, "cgroup.procs");
      try {
        List<String> pids = Files.readAllLines(processes);
        if (!pids.isEmpty()) {
          return pids;
        }
      } catch (IOException gone) {
        // So there is none.
      }
    }
    return List.of();
  }

  private List<String> cgroups() {
    try (Workbench bench = healthy.bench()) {
      Performer performer = bench.performer();
      return CgroupLayout.discover(new FileWorker(performer))
          .place(sandbox.cgroupParent())
          .directories()
          .stream()
          .map(CgroupDirectory::path)
          .toList();
    }
  }

  static void settle(String what, java.util.function.BooleanSupplier done) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("still waiting for " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
  }

  /** What a person does who wants to be rid of all of it. */
  void sweep() {
    removeAll();
    if (left().isEmpty()) {
      return;
    }
    age(sandbox.root().resolve("containers"));
    age(sandbox.run().resolve(".engine"));
    for (String cgroup : cgroups()) {
      age(Path.of(cgroup));
      age(List.of(Path.of(cgroup)));
    }
    for (Repair repair : healthy.repair()) {
      assertThat(repair.done()).as(repair.toString()).isTrue();
    }
  }

  /** Half-made things that nobody has locked yet count as left behind after a minute. */
  private static void age(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      age(entries.filter(Files::isDirectory).toList());
    } catch (IOException gone) {
      return;
    }
  }

  private static void age(List<Path> entries) {
    for (Path entry : entries) {
      try {
        Files.setLastModifiedTime(entry, FileTime.from(Instant.now().minusSeconds(120)));
      } catch (IOException gone) {
        // So there is none.
      }
    }
  }

  void verifyNothingIsLeft() {
    settle("nothing to be left: " + left(), () -> left().isEmpty());
  }

  private List<String> left() {
    List<String> left = new ArrayList<>();
    for (Path directory :
        List.of(
            sandbox.root().resolve("containers"),
            sandbox.root().resolve("names"),
            sandbox.run().resolve(".engine"))) {
      try (Stream<Path> entries = Files.list(directory)) {
        entries.forEach(entry -> left.add(entry.toString()));
      } catch (IOException e) {
        left.add(e.toString());
      }
    }
    try (Stream<Path> entries = Files.list(sandbox.run())) {
      entries
          .filter(entry -> !entry.endsWith(".engine"))
          .forEach(entry -> left.add(entry.toString()));
    } catch (IOException e) {
      left.add(e.toString());
    }
    for (String cgroup : cgroups()) {
      if (Files.exists(Path.of(cgroup))) {
        left.add(cgroup);
        addDirectories(Path.of(cgroup), left);
      }
    }
    return left;
  }

  private static void addDirectories(Path directory, List<String> to) {
    try (Stream<Path> entries = Files.list(directory)) {
      entries.filter(Files::isDirectory).forEach(entry -> to.add(entry.toString()));
    } catch (IOException gone) {
      return;
    }
  }
}
