package dev.mydocker.testing;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.CoProcess;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.LaunchRequest;
import dev.mydocker.runtime.Launcher;
import dev.mydocker.runtime.MonitorSetup;
import dev.mydocker.runtime.PreparedSpec;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import dev.mydocker.runtime.rootfs.Overlay;
import dev.mydocker.testkit.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A container straight from a {@code config.json}, of busybox: what each member of that does. */
final class SpecContainer {
  private final Path directory;
  private final List<String> process = new ArrayList<>();
  private final List<String> linux = new ArrayList<>();
  private final List<String> mounts = new ArrayList<>();
  private final List<String> top = new ArrayList<>();
  private boolean readOnly;
  private final List<String> namespaces =
      new ArrayList<>(List.of("pid", "mount", "ipc", "uts", "network"));

  /**
   * @param directory for its files, not there yet
   */
  SpecContainer(Path directory) throws IOException {
    this.directory = directory;
    for (String name : List.of("layer/bin", "upper", "work", "run", "container")) {
      Files.createDirectories(directory.resolve(name));
    }
    Programs.busybox(directory.resolve("layer/bin/busybox"));
    Files.createSymbolicLink(directory.resolve("layer/bin/sh"), Path.of("busybox"));
    mounts.add("{\"destination\": \"/proc\", \"type\": \"proc\"}");
    mounts.add("{\"destination\": \"/dev\", \"type\": \"tmpfs\", \"options\": [\"mode=755\"]}");
  }

  /** The image's only layer. */
  Path layer() {
    return directory.resolve("layer");
  }

  /** What it changed of that. */
  Path upper() {
    return directory.resolve("upper");
  }

  /** Gives the root file system to somebody. */
  void own(int user) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.toList()) {
        Files.setAttribute(each, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(each, "unix:gid", user, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  /** Adds a member of {@code process}. */
  SpecContainer process(String name, String json) {
    process.add("\"" + name + "\": " + json);
    return this;
  }

  /** Adds a member of {@code linux}. */
  SpecContainer linux(String name, String json) {
    linux.add("\"" + name + "\": " + json);
    return this;
  }

  /** Adds a member of the whole. */
  SpecContainer with(String name, String json) {
    top.add("\"" + name + "\": " + json);
    return this;
  }

  /** Makes the root file system read-only. */
  SpecContainer readOnly() {
    readOnly = true;
    return this;
  }

  /** Adds a mount. */
  SpecContainer mount(String json) {
    mounts.add(json);
    return this;
  }

  /** Adds a namespace: a type's name, or an object. */
  SpecContainer namespace(String type) {
    namespaces.add(type);
    return this;
  }

  /** Leaves a namespace out. */
  SpecContainer without(String type) {
    namespaces.remove(type);
    return this;
  }

  /**
   * Runs a line of shell in it, to its end.
   *
   * @return what it wrote
   * @throws MydockerException if it does not start
   */
  String run(String line) throws IOException {
    RuntimeSpec spec = PreparedSpec.of(spec(line), directory.toString()).spec();
    try (CoProcess coProcess = CoProcess.start();
        Performer performer = coProcess.open()) {
      FileWorker files = new FileWorker(performer);
      int state =
          files.open(
              FileWorker.HOST, directory + "/container", Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
      try (Launcher launcher = new Launcher(performer, request(performer, spec))) {
        try {
          launcher.create(state, init -> "");
          launcher.watch(new MonitorSetup(state, true, -1, -1, -1, false, 0, 1, -1));
          launcher.execute();
        } catch (MydockerException e) {
          launcher.abandon();
          throw e;
        }
        launcher.awaitMonitor();
      }
    }
    return output();
  }

  private LaunchRequest request(Performer performer, RuntimeSpec spec) {
    return new LaunchRequest(
        "spec-container",
        spec,
        null,
        new Overlay(List.of(directory + "/layer"), directory + "/upper", directory + "/work", true),
        directory + "/run",
        CgroupJoin.none(new FileWorker(performer)),
        List.of(),
        null,
        false,
        LaunchRequest.SeccompProgram.NONE,
        false,
        false);
  }

  private RuntimeSpec spec(String line) {
    List<String> members = new ArrayList<>(top);
    List<String> ofProcess = new ArrayList<>(process);
    ofProcess.add("\"cwd\": \"/\"");
    ofProcess.add("\"env\": [\"PATH=/bin\"]");
    ofProcess.add(
        "\"args\": [\"sh\", \"-c\", \"" + line.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]");
    List<String> spaces = new ArrayList<>();
    for (String namespace : namespaces) {
      spaces.add(namespace.startsWith("{") ? namespace : "{\"type\": \"" + namespace + "\"}");
    }
    List<String> ofLinux = new ArrayList<>(linux);
    ofLinux.add("\"namespaces\": [" + String.join(", ", spaces) + "]");
    members.add("\"ociVersion\": \"1.3.0\"");
    members.add("\"root\": {\"path\": \"unused\", \"readonly\": " + readOnly + "}");
    members.add("\"process\": {" + String.join(", ", ofProcess) + "}");
    members.add("\"linux\": {" + String.join(", ", ofLinux) + "}");
    members.add("\"mounts\": [" + String.join(", ", mounts) + "]");
    String json = "{" + String.join(",\n", members) + "}";
    return RuntimeSpec.parse(json.getBytes(StandardCharsets.UTF_8), "config.json");
  }

  /** What it wrote, from its log: {@code time stream P|F text}. */
  private String output() throws IOException {
    Path log = directory.resolve("container/container.log");
    StringBuilder text = new StringBuilder();
    for (String entry : Files.readString(log, StandardCharsets.UTF_8).split("\n")) {
      String[] parts = entry.split(" ", 4);
      if (parts.length == 4) {
        text.append(parts[3]).append(parts[2].equals("F") ? "\n" : "");
      }
    }
    return text.toString();
  }
}
