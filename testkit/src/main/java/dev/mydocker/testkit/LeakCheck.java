package dev.mydocker.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What mydocker could leave behind on a machine, at one moment: mounts, cgroups, helpers and
 * commands, processes in our cgroups, network namespaces and interfaces, locks, state directories.
 *
 * @param traces one line each
 */
public record LeakCheck(Set<String> traces) {
  private static final List<Path> STATE =
      List.of(
          Path.of("/run/mydocker"),
          Path.of("/run/mydocker/.engine"),
          Path.of("/var/lib/mydocker/containers"),
          Path.of("/var/lib/mydocker/names"));

  /** Copies. */
  public LeakCheck {
    traces = Set.copyOf(traces);
  }

  /** Looks at the whole machine. */
  public static LeakCheck machine() {
    Set<String> traces = new TreeSet<>();
    Proc.mounts().forEach(mount -> traces.add("mount " + mount));
    Proc.cgroups("mydocker").forEach(cgroup -> traces.add("cgroup " + cgroup));
    Set<Long> ourselves = Proc.ourselves();
    for (Proc.Entry process : Proc.processes()) {
      boolean ours =
          process.exe().startsWith("/memfd:mydocker")
              || process.exe().contains("/mydocker-helper")
              || process.command().contains("dev.mydocker.cli.Main")
              || process.cgroups().contains("/mydocker");
      if (ours && !ourselves.contains(process.pid())) {
        traces.add("process " + process);
      }
    }
    addEntries("network namespace", Path.of("/run/netns"), traces);
    Proc.networkNamespaces().forEach(namespace -> traces.add("network namespace " + namespace));
    Proc.locks(Path.of("/var/lib/mydocker")).forEach(lock -> traces.add("lock " + lock));
    addEntries("network interface", Path.of("/sys/class/net"), traces);
    for (Path directory : STATE) {
      addEntries("state", directory, traces);
    }
    return new LeakCheck(traces);
  }

  private static void addEntries(String kind, Path directory, Set<String> traces) {
    Proc.list(directory).forEach(entry -> traces.add(kind + " " + entry));
  }

  /** Returns what is here and was not there before. */
  public List<String> since(LeakCheck before) {
    return traces.stream().filter(trace -> !before.traces.contains(trace)).sorted().toList();
  }

  /**
   * Looks again and again until nothing is left, for what has just ended may still be cleaning up.
   *
   * @return what is left when the time is over
   */
  static List<String> settle(Duration patience, Supplier<List<String>> look) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      List<String> left = look.get();
      if (left.isEmpty() || System.nanoTime() > deadline) {
        return new ArrayList<>(left);
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ArrayList<>(left);
      }
    }
  }
}
