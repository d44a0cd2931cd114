package dev.mydocker.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One test class's own corner of the machine: a state directory, a cgroup parent and a prefix for
 * names, so that classes run side by side and each answers for what it leaves behind.
 *
 * <p>Declare {@code @ExtendWith(SandboxExtension.class)} and take it as a parameter.
 */
public final class Sandbox {
  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration OUTPUT_PATIENCE = Duration.ofMinutes(1);

  private final String name;
  private final Path directory;

  Sandbox() {
    // Digits enough that no name begins with another.
    name = "mydocker-test-%d-%03d".formatted(ProcessHandle.current().pid(), NEXT.incrementAndGet());
    try {
      directory = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A directory for the class's own files, deleted at its end. */
  public Path directory() {
    return directory;
  }

  /** The engine's state directory, not made yet. */
  public Path root() {
    return directory.resolve("lib");
  }

  /** The engine's directory for what does not survive a reboot, not made yet. */
  public Path run() {
    return directory.resolve("run");
  }

  /** The cgroup below which all of this class's containers live. */
  public String cgroupParent() {
    return name;
  }

  /** What every container's name begins with. */
  public String prefix() {
    return name.substring("mydocker-test-".length()) + "-";
  }

  /** The environment that makes a command or a library use this sandbox. */
  public Map<String, String> environment() {
    return Map.of(
        "MYDOCKER_ROOT", root().toString(),
        "MYDOCKER_RUN", run().toString(),
        "MYDOCKER_CGROUP_PARENT", cgroupParent(),
        // What a test sees must not hang on what is on the network.
        "MYDOCKER_OFFLINE", "1");
  }

  /** Starts the launcher of the checkout that is tested, in this sandbox. */
  public Command mydocker(String... arguments) {
    List<String> line = new ArrayList<>(List.of(Checkout.directory() + "/mydocker"));
    line.addAll(List.of(arguments));
    return new Command(line).environment(environment());
  }

  /**
   * Returns once a container has written a text: what it did before that is done then, such as
   * setting a trap.
   */
  public void awaitOutput(String container, String text) {
    long deadline = System.nanoTime() + OUTPUT_PATIENCE.toNanos();
    Command.Result logs = mydocker("logs", container).run().orThrow();
    while (!logs.stdout().contains(text) && !logs.stderr().contains(text)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("waited for " + text + ", there is " + logs);
      }
      logs = mydocker("logs", container).run().orThrow();
    }
  }

  /** Starts the launcher with a terminal, in this sandbox. */
  public Terminal terminal(String... arguments) {
    List<String> line = new ArrayList<>(List.of(Checkout.directory() + "/mydocker"));
    line.addAll(List.of(arguments));
    return Terminal.of(line, environment());
  }

  /**
   * Returns what is still there of this class: processes, mounts, cgroups and locks. A network
   * namespace is there as long as a process or a mount is.
   */
  List<String> traces() {
    List<String> left = new ArrayList<>();
    String path = directory.toString();
    for (String mount : Proc.mounts()) {
      if (mount.startsWith(path + "/") || mount.contains(" from " + path)) {
        left.add("mount " + mount);
      }
    }
    Proc.cgroups(name).forEach(cgroup -> left.add("cgroup " + cgroup));
    Proc.locks(directory).forEach(lock -> left.add("lock " + lock));
    Set<Long> ourselves = Proc.ourselves();
    for (Proc.Entry process : Proc.processes()) {
      if (ourselves.contains(process.pid())) {
        continue;
      }
      List<String> uses = Proc.uses(process.pid(), path);
      if (!uses.isEmpty()
          || process.cgroups().contains("/" + name)
          || process.command().contains(path)) {
        left.add("process " + process + (uses.isEmpty() ? "" : " which has open " + uses));
      }
    }
    return left;
  }

  /** Fails for what was left behind, and deletes the directory in any case. */
  void close() {
    List<String> left = LeakCheck.settle(PATIENCE, this::traces);
    @Nullable IOException failure = null;
    if (left.stream().noneMatch(trace -> trace.startsWith("mount "))) {
      failure = delete(directory);
    }
    if (!left.isEmpty()) {
      throw new IllegalStateException("left behind:\n  " + String.join("\n  ", left));
    }
    if (failure != null) {
      throw new UncheckedIOException(failure);
    }
  }

  private static @Nullable IOException delete(Path directory) {
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path done, @Nullable IOException failure)
                throws IOException {
              Files.delete(done);
              return FileVisitResult.CONTINUE;
            }
          });
      return null;
    } catch (IOException e) {
      return e;
    }
  }
}
