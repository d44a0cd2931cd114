package dev.mydocker.testing;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Programs;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bundle with busybox as its only program, and the launcher of {@code mydocker-oci} to run it
 * with a state directory and a cgroup of the sandbox.
 */
final class OciBundle {
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final Sandbox sandbox;
  private final Path directory;
  private final Map<String, String> process = new LinkedHashMap<>();
  private final Map<String, String> linux = new LinkedHashMap<>();
  private final Map<String, String> top = new LinkedHashMap<>();
  private final List<String> mounts = new ArrayList<>();

  /** Makes a bundle whose process is {@code sh -c LINE}. */
  OciBundle(Sandbox sandbox, String line) throws IOException {
    this.sandbox = sandbox;
    directory = sandbox.directory().resolve("bundle" + NEXT.incrementAndGet());
    for (String name : List.of("bin", "proc", "dev", "sys", "tmp", "etc")) {
      Files.createDirectories(directory.resolve("rootfs").resolve(name));
    }
    Programs.busybox(directory.resolve("rootfs/bin/busybox"));
    for (String name :
        List.of("sh", "cat", "sleep", "tty", "id", "ls", "ps", "stat", "true", "readlink")) {
      Files.createSymbolicLink(directory.resolve("rootfs/bin/" + name), Path.of("busybox"));
    }
    process("cwd", "\"/\"");
    process("env", "[\"PATH=/bin\"]");
    process("user", "{\"uid\": 0, \"gid\": 0}");
    process("args", "[\"sh\", \"-c\", " + quoted(line) + "]");
    mounts.add("{\"destination\": \"/proc\", \"type\": \"proc\", \"source\": \"proc\"}");
    mounts.add(
        "{\"destination\": \"/dev\", \"type\": \"tmpfs\", \"source\": \"tmpfs\","
            + " \"options\": [\"mode=755\"]}");
    mounts.add(
        "{\"destination\": \"/dev/pts\", \"type\": \"devpts\", \"source\": \"devpts\","
            + " \"options\": [\"newinstance\", \"ptmxmode=0666\", \"mode=0620\"]}");
    namespaces("pid", "mount", "ipc", "uts", "network", "cgroup");
    linux("cgroupsPath", "\"/" + sandbox.cgroupParent() + "-" + directory.getFileName() + "\"");
    top.put("root", "{\"path\": \"rootfs\"}");
    top.put("ociVersion", "\"1.0.2\"");
  }

  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  /** Sets a member of {@code process}. */
  OciBundle process(String name, String json) {
    process.put(name, json);
    return this;
  }

  /** Sets a member of {@code linux}. */
  OciBundle linux(String name, String json) {
    linux.put(name, json);
    return this;
  }

  /** Sets a member of the whole. */
  OciBundle with(String name, String json) {
    top.put(name, json);
    return this;
  }

  /** Adds a mount. */
  OciBundle mount(String json) {
    mounts.add(json);
    return this;
  }

  /** Leaves out what is mounted there. */
  OciBundle without(String destination) {
    mounts.removeIf(mount -> mount.contains("\"destination\": " + quoted(destination)));
    return this;
  }

  /** Sets the command's words. */
  OciBundle args(String... words) {
    List<String> all = new ArrayList<>();
    for (String word : words) {
      all.add(quoted(word));
    }
    return process("args", "[" + String.join(", ", all) + "]");
  }

  /** Sets the namespaces by their names. */
  OciBundle namespaces(String... types) {
    List<String> all = new ArrayList<>();
    for (String type : types) {
      all.add("{\"type\": \"" + type + "\"}");
    }
    return linux("namespaces", "[" + String.join(", ", all) + "]");
  }

  /** Where it is. */
  Path directory() {
    return directory;
  }

  /** The root file system. */
  Path rootfs() {
    return directory.resolve("rootfs");
  }

  /** Where containers' state is. */
  static Path root(Sandbox sandbox) {
    return sandbox.directory().resolve("oci");
  }

  /** Writes {@code config.json}. */
  OciBundle write() throws IOException {
    Map<String, String> all = new LinkedHashMap<>(top);
    all.put("process", object(process));
    all.put("linux", object(linux));
    all.put("mounts", "[" + String.join(",\n", mounts) + "]");
    return write(object(all));
  }

  /** Writes this as {@code config.json}. */
  OciBundle write(String json) throws IOException {
    Files.writeString(directory.resolve("config.json"), json, StandardCharsets.UTF_8);
    return this;
  }

  private static String object(Map<String, String> members) {
    List<String> all = new ArrayList<>();
    members.forEach((name, json) -> all.add("\"" + name + "\": " + json));
    return "{" + String.join(",\n", all) + "}";
  }

  private static List<String> line(Sandbox sandbox, String... words) {
    List<String> line = new ArrayList<>();
    line.add(Checkout.directory() + "/mydocker-oci");
    line.addAll(List.of("--root", root(sandbox).toString()));
    line.addAll(List.of(words));
    return line;
  }

  /** The command {@code mydocker-oci}, in the bundle's directory. */
  Command command(String... words) {
    return new Command(line(sandbox, words)).directory(directory);
  }

  /** Runs {@code mydocker-oci} to its end. */
  Command.Result run(String... words) {
    return List.of(words).contains("create") ? leave(words) : command(words).run();
  }

  /**
   * Runs a command that leaves a container behind, whose output are files: with pipes one would
   * wait for the container's end.
   */
  private Command.Result leave(String... words) {
    List<String> all = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" >stdout 2>stderr", "sh"));
    all.addAll(line(sandbox, words));
    int exit = new Command(all).directory(directory).run().exit();
    return new Command.Result(exit, printed("stdout"), printed("stderr"));
  }

  private String printed(String stream) {
    try {
      return Files.readString(directory.resolve(stream), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Creates and starts a container; the process id of its first process. */
  long start(String id) throws IOException {
    Path pidFile = directory.resolve("pid");
    run("create", "--pid-file", pidFile.toString(), id).orThrow();
    run("start", id).orThrow();
    return Long.parseLong(Files.readString(pidFile, StandardCharsets.UTF_8));
  }

  /** Runs {@code mydocker-oci} in a terminal. */
  Terminal terminal(String... words) {
    return Terminal.of(line(sandbox, words), Map.of());
  }

  /** The container's status, or an empty text if there is none. */
  String status(String id) {
    Command.Result state = run("state", id);
    int at = state.stdout().indexOf("\"status\": \"");
    if (at < 0) {
      return "";
    }
    int from = at + "\"status\": \"".length();
    return state.stdout().substring(from, state.stdout().indexOf('"', from));
  }

  /** Waits until the container has a status. */
  void await(String id, String status) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    String seen = status(id);
    while (!seen.equals(status)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("container " + id + " is " + seen + ", not " + status);
      }
      seen = status(id);
    }
  }
}
