package dev.mydocker.engine;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Gets helpers of ours out of a container's way that do not go on: somebody stopped them (SIGSTOP),
 * or the command that they work for.
 *
 * <p>PID 1 of a PID namespace has ended only when every process of the namespace is reaped, those
 * of {@code exec} by their monitor, outside. One that is stopped, or waits for a stopped command's
 * next plan, would make the container unkillable.
 */
final class StuckHelpers {
  private static final Duration SOON = Duration.ofMillis(200);
  private static final int SIGCONT = 18;
  private static final String OURS = "/memfd:mydocker-helper";

  private final FileWorker files;

  StuckHelpers(FileWorker files) {
    this.files = files;
  }

  /**
   * Waits until a process that was killed has ended.
   *
   * @param limit after which nobody waits any more; negative is for ever
   */
  void awaitKilled(InitProcess init, RunRecord run, Duration limit) {
    long start = System.nanoTime();
    int signal = SIGCONT;
    while (!init.await(SOON)) {
      if (!limit.isNegative() && System.nanoTime() - start > limit.toNanos()) {
        return;
      }
      signalThem(run, signal);
      signal = Linux.SIGKILL;
    }
  }

  /** Signals the parents, outside, of processes in the namespace that have ended. */
  private void signalThem(RunRecord run, int signal) {
    String namespace = link("/proc/" + run.init().pid() + "/ns/pid");
    for (long pid : pids()) {
      String status = status(pid);
      if (pid == run.init().pid()
          || !field(status, "State").startsWith("Z")
          || !link("/proc/" + pid + "/ns/pid").equals(namespace)) {
        continue;
      }
      long parent = Long.parseLong(field(status, "PPid"));
      if (parent != run.monitor().pid() && link("/proc/" + parent + "/exe").startsWith(OURS)) {
        send(files.performer(), parent, signal);
      }
    }
  }

  private List<Long> pids() {
    List<Long> pids = new ArrayList<>();
    int proc = files.open(FileWorker.HOST, "/proc", Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      for (FileWorker.Entry entry : files.list(proc)) {
        char first = entry.name().charAt(0);
        if (first >= '1' && first <= '9') {
          pids.add(Long.parseLong(entry.name()));
        }
      }
    } finally {
      files.close(proc);
    }
    return pids;
  }

  private String status(long pid) {
    return files
        .readIfThere(FileWorker.HOST, "/proc/" + pid + "/status")
        .map(Bytes::decode)
        .orElse("");
  }

  private static String field(String status, String name) {
    int at = status.indexOf("\n" + name + ":\t");
    return at < 0 ? "" : status.substring(at + name.length() + 3, status.indexOf('\n', at + 1));
  }

  private String link(String path) {
    try {
      return files.readLink(FileWorker.HOST, path).orElse("");
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT || e.error() == Errno.ESRCH || e.error() == Errno.EACCES) {
        return "";
      }
      throw e;
    }
  }

  /**
   * Lets whoever holds a lock go on, if somebody stopped that process, and every helper that was
   * stopped: the holder may wait for one.
   */
  void wakeHolder(long inode) {
    String suffix = ":" + inode;
    for (String line :
        Bytes.decode(files.read(FileWorker.HOST, "/proc/locks", 1 << 24)).split("\n")) {
      // 1: FLOCK  ADVISORY  WRITE 3548 00:2a:33612 0 EOF
      String[] words = line.split(" +");
      if (words.length > 5 && words[1].equals("FLOCK") && words[5].endsWith(suffix)) {
        send(files.performer(), Long.parseLong(words[4]), SIGCONT);
      }
    }
    for (long pid : pids()) {
      if (field(status(pid), "State").startsWith("T")
          && link("/proc/" + pid + "/exe").startsWith(OURS)) {
        send(files.performer(), pid, SIGCONT);
      }
    }
  }

  /** Lets a container's monitor go on, if somebody stopped it. */
  static void wakeMonitor(Performer performer, RunRecord run) {
    InitProcess.openMonitor(performer, run)
        .ifPresent(
            monitor -> {
              try (monitor) {
                monitor.signal(SIGCONT);
              }
            });
  }

  private static void send(Performer performer, long pid, int signal) {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_KILL, Value.of(pid), Value.of(signal));
    b.tolerating(Errno.ESRCH);
    performer.perform(b.build()).orThrow("send signal " + signal + " to helper " + pid);
  }
}
