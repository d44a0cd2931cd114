package dev.mydocker.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A look at the machine by way of /proc. Whatever vanishes meanwhile is left out. */
final class Proc {
  private static final Path PROC = Path.of("/proc");
  private static final int LOCK_DEPTH = 4;

  private Proc() {}

  /** One process, zombies among them. */
  record Entry(long pid, long parent, String state, String exe, String command, String cgroups) {
    @Override
    public String toString() {
      return pid + " (child of " + parent + ", state " + state + ", " + exe + ") " + command;
    }
  }

  static List<Entry> processes() {
    List<Entry> found = new ArrayList<>();
    for (Path directory : list(PROC)) {
      String name = name(directory);
      if (!isNumber(name)) {
        continue;
      }
      String stat = read(directory.resolve("stat"));
      int end = stat.lastIndexOf(')');
      if (end < 0) {
        continue;
      }
      String[] fields = stat.substring(end + 2).split(" ");
      String command = read(directory.resolve("cmdline")).replace('\0', ' ').strip();
      found.add(
          new Entry(
              Long.parseLong(name),
              Long.parseLong(fields[1]),
              fields[0],
              link(directory.resolve("exe")),
              command.isEmpty() ? stat.substring(0, end + 1) : command,
              read(directory.resolve("cgroup"))));
    }
    return found;
  }

  /**
   * Where in the kernel a process, all that descend from it and their threads are at the moment.
   */
  static String whereabouts(ProcessHandle root) {
    StringBuilder text = new StringBuilder();
    for (ProcessHandle handle : Stream.concat(Stream.of(root), root.descendants()).toList()) {
      Path process = PROC.resolve(Long.toString(handle.pid()));
      text.append(handle.pid()).append(' ');
      text.append(read(process.resolve("cmdline")).replace('\0', ' ').strip()).append('\n');
      for (Path thread : list(process.resolve("task"))) {
        text.append("  ").append(read(thread.resolve("comm")).strip());
        text.append(" in ").append(read(thread.resolve("wchan")));
        text.append(", system call ").append(read(thread.resolve("syscall")).split(" ")[0].strip());
        read(thread.resolve("stack")).lines().forEach(l -> text.append("\n    ").append(l));
        text.append('\n');
      }
    }
    return text.toString();
  }

  /** This process and those it descends from: whoever started the tests. */
  static Set<Long> ourselves() {
    Set<Long> pids = new HashSet<>();
    for (ProcessHandle handle = ProcessHandle.current();
        handle != null;
        handle = handle.parent().orElse(null)) {
      pids.add(handle.pid());
    }
    return pids;
  }

  /** The open files, working and root directory of a process that lie at or below a path. */
  static List<String> uses(long pid, String below) {
    List<String> found = new ArrayList<>();
    Path directory = PROC.resolve(Long.toString(pid));
    for (String name : List.of("cwd", "root", "exe")) {
      addIfBelow(link(directory.resolve(name)), below, found);
    }
    for (Path descriptor : list(directory.resolve("fd"))) {
      addIfBelow(link(descriptor), below, found);
    }
    return found;
  }

  private static void addIfBelow(String target, String below, List<String> found) {
    if (target.equals(below) || target.startsWith(below + "/")) {
      found.add(target);
    }
  }

  /**
   * The mounts that this process sees, as the kernel prints them, without their volatile numbers.
   */
  static List<String> mounts() {
    List<String> found = new ArrayList<>();
    for (String line : read(PROC.resolve("self/mountinfo")).lines().toList()) {
      String[] fields = line.split(" ");
      String type = line.substring(line.indexOf(" - ") + 3);
      found.add(fields[4] + " from " + fields[3] + " of " + type);
    }
    return found;
  }

  /** The directories of all mounted cgroup hierarchies whose path has this component or prefix. */
  static List<String> cgroups(String prefix) {
    List<String> found = new ArrayList<>();
    for (String line : read(PROC.resolve("self/mountinfo")).lines().toList()) {
      if (line.contains(" - cgroup ") || line.contains(" - cgroup2 ")) {
        collect(Path.of(line.split(" ")[4]), prefix, false, found);
      }
    }
    return found;
  }

  private static void collect(Path directory, String prefix, boolean inside, List<String> found) {
    for (Path entry : list(directory)) {
      if (Files.isDirectory(entry, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
        boolean matches = inside || name(entry).startsWith(prefix);
        if (matches) {
          found.add(entry.toString());
        }
        collect(entry, prefix, matches, found);
      }
    }
  }

  /**
   * The network namespaces that processes are in, hold by a descriptor, or that a mount keeps: the
   * kernel removes all others.
   */
  static Set<String> networkNamespaces() {
    Set<String> found = new TreeSet<>();
    for (Path directory : list(PROC)) {
      if (isNumber(name(directory))) {
        addNamespace(link(directory.resolve("ns/net")), found);
        for (Path descriptor : list(directory.resolve("fd"))) {
          addNamespace(link(descriptor), found);
        }
      }
    }
    for (String line : read(PROC.resolve("self/mountinfo")).lines().toList()) {
      addNamespace(line.split(" ")[3], found);
    }
    return found;
  }

  private static void addNamespace(String link, Set<String> found) {
    if (link.startsWith("net:[")) {
      found.add(link);
    }
  }

  private static boolean isNumber(String name) {
    return name.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** The files and directories below one that somebody holds locked (flock(2), fcntl(2)). */
  static List<String> locks(Path below) {
    // proc(5): "1: FLOCK  ADVISORY  WRITE 4711 08:01:123456 0 EOF"
    Set<String> inodes = new HashSet<>();
    for (String line : read(PROC.resolve("locks")).lines().toList()) {
      for (String field : line.split(" +")) {
        if (field.matches("[0-9a-f]+:[0-9a-f]+:\\d+")) {
          inodes.add(field.substring(field.lastIndexOf(':') + 1));
        }
      }
    }
    List<String> found = new ArrayList<>();
    collectLocked(below, LOCK_DEPTH, inodes, found);
    return found;
  }

  /** Locks are no deeper; what is deeper are files of containers. */
  private static void collectLocked(
      Path directory, int depth, Set<String> inodes, List<String> found) {
    for (Path entry : list(directory)) {
      try {
        if (inodes.contains(
            Files.getAttribute(entry, "unix:ino", java.nio.file.LinkOption.NOFOLLOW_LINKS)
                .toString())) {
          found.add(entry.toString());
        }
      } catch (IOException e) {
        continue;
      }
      if (depth > 1 && Files.isDirectory(entry, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
        collectLocked(entry, depth - 1, inodes, found);
      }
    }
  }

  static List<Path> list(Path directory) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(found::add);
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return found;
    }
    return found;
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static String link(Path path) {
    try {
      return Files.readSymbolicLink(path).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static String read(Path path) {
    try {
      return new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
