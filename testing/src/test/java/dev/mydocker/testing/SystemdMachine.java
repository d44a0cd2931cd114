package dev.mydocker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Sandbox;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A real systemd as the first process of namespaces of its own, with no unit but a target and with
 * cgroup v2 alone, whose root is a cgroup of the sandbox.
 */
final class SystemdMachine implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Nothing of the machine around is changed: no sysctl, and /run is another. */
  private static final String BOOT =
      """
      set -e
      mount -t proc proc /proc
      mount --bind /proc/sys /proc/sys
      mount -o remount,ro,bind /proc/sys
      mount -t tmpfs -o mode=755 tmpfs /run
      umount -R -l /sys/fs/cgroup
      mount -t cgroup2 cgroup2 /sys/fs/cgroup
      mkdir -p /run/systemd/system
      printf '[Unit]\\nDefaultDependencies=no\\n' >/run/systemd/system/test.target
      exec env -i PATH="$PATH" container=other SYSTEMD_UNIT_PATH=/run/systemd/system.control:/run/systemd/transient:/run/systemd/system \
        SYSTEMD_GENERATOR_PATH=/run/none SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/run/none \
        /lib/systemd/systemd --unit=test.target --log-target=null --show-status=no
      """;

  private final Path root;
  private final Process unshare;
  private final long pid;

  private SystemdMachine(Path root, Process unshare, long pid) {
    this.root = root;
    this.unshare = unshare;
    this.pid = pid;
  }

  /** Where cgroup v2 is mounted. */
  static Optional<Path> unified() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"), UTF_8)) {
      if (line.contains(" - cgroup2 ")) {
        return Optional.of(Path.of(line.split(" ")[4]));
      }
    }
    return Optional.empty();
  }

  /** Starts it; returns when it takes calls. */
  static SystemdMachine start(Sandbox sandbox, Path unified) throws IOException {
    Path control = unified.resolve("cgroup.subtree_control");
    for (String name :
        Files.readString(unified.resolve("cgroup.controllers"), UTF_8).split("\\s")) {
      if (!name.isEmpty()) {
        Files.writeString(control, "+" + name, UTF_8);
      }
    }
    Path root = Files.createDirectories(unified.resolve(sandbox.cgroupParent()));
    String join = "echo 0 >\"$0/cgroup.procs\"; exec unshare -p -f -m -C -u -i -n";
    String line = join + " --kill-child=KILL sh -c \"$1\"";
    Process unshare = new Command(List.of("sh", "-c", line, root.toString(), BOOT)).start();
    try {
      Path children = Path.of("/proc/" + unshare.pid() + "/task/" + unshare.pid() + "/children");
      await(
          "systemd takes calls",
          () -> {
            String child = read(children).strip();
            return !child.isEmpty()
                && Files.exists(Path.of("/proc/" + child + "/root/run/systemd/private"));
          });
      // A cgroup with processes gives no controllers to those below it.
      Path caller = Files.createDirectories(root.resolve("caller"));
      Files.writeString(caller.resolve("cgroup.procs"), Long.toString(unshare.pid()), UTF_8);
      return new SystemdMachine(root, unshare, Long.parseLong(read(children).strip()));
    } catch (RuntimeException | IOException e) {
      unshare.destroyForcibly();
      throw e;
    }
  }

  /** Runs a command beside systemd, with files for its output. */
  Command.Result run(Path directory, String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("sh", "-c"));
    line.add(
        "echo 0 >"
            + root
            + "/caller/cgroup.procs; exec nsenter -t "
            + pid
            + " -p -m -C -u -i -n sh -c 'cd \"$0\"; exec \"$@\" >stdout 2>stderr' \"$@\"");
    line.addAll(List.of("sh", directory.toString()));
    line.addAll(List.of(words));
    int exit = new Command(line).run().exit();
    return new Command.Result(
        exit, read(directory.resolve("stdout")), read(directory.resolve("stderr")));
  }

  /** Runs {@code mydocker-oci --systemd-cgroup}. */
  Command.Result oci(Sandbox sandbox, OciBundle bundle, String... words) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Checkout.directory() + "/mydocker-oci");
    line.addAll(List.of("--root", OciBundle.root(sandbox).toString(), "--systemd-cgroup"));
    line.addAll(List.of(words));
    return run(bundle.directory(), line.toArray(String[]::new));
  }

  /** What systemd says of a unit, {@code Name=value} in lines. */
  List<String> show(OciBundle bundle, String unit, String properties) throws IOException {
    return run(bundle.directory(), "systemctl", "--no-pager", "show", unit, "-p", properties)
        .orThrow()
        .stdout()
        .lines()
        .toList();
  }

  /** A cgroup by its path from systemd's root. */
  Path cgroup(String path) {
    return root.resolve(path.substring(1));
  }

  static void await(String what, BooleanSupplier reached) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("waited in vain until " + what);
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    // With it goes its PID namespace, and all that it has started.
    unshare.destroyForcibly();
    await(
        "all of systemd's processes have ended",
        () -> read(root.resolve("cgroup.events")).contains("populated 0"));
    remove(root);
  }

  private static void remove(Path cgroup) throws IOException {
    try (DirectoryStream<Path> below = Files.newDirectoryStream(cgroup, Files::isDirectory)) {
      for (Path each : below) {
        remove(each);
      }
    }
    Files.delete(cgroup);
  }
}
