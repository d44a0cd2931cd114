package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.RunRecord.ProcessId;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.ProcessStat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the processes of a record still run, in /proc (proc_pid_stat(5)).
 *
 * <p>A process is who it was if its number, its start time and the machine's boot are the same.
 */
final class ProcessProbe {
  private static final int SMALL = 4096;

  /** So many bytes of a stat file hold what is looked at: 22 fields, most of up to 20 digits. */
  static final int ENOUGH = 512;

  private static final int FLAGS = 6;

  /** Of include/linux/sched.h; part of what /proc shows since there is a /proc. */
  private static final long PF_EXITING = 4;

  private final FileWorker files;
  private @Nullable String bootId;

  ProcessProbe(FileWorker files) {
    this.files = files;
  }

  /** Returns what identifies the machine's present boot. */
  String bootId() {
    String known = bootId;
    if (known == null) {
      byte[] text = files.read(FileWorker.HOST, "/proc/sys/kernel/random/boot_id", SMALL);
      known = Bytes.decode(text).strip();
      bootId = known;
    }
    return known;
  }

  /**
   * Returns a process that exists, told apart from later ones of its number.
   *
   * @throws MydockerException if it does not exist
   */
  ProcessId identify(long pid) {
    return ProcessStat.of(files, pid)
        .map(stat -> new ProcessId(pid, stat.startTime()))
        .orElseThrow(
            () -> MydockerException.of(Category.INTERNAL, "identify process", pid, "it has ended"));
  }

  /** What is there of a container's last start. */
  enum Life {
    /** Its monitor, which answers for its end; mostly its first process too. */
    WATCHED,
    /** Its first process, but no monitor. */
    ORPHANED,
    /** Nothing. */
    GONE
  }

  /** Returns what is there of a container's last start. */
  Life life(RunRecord run) {
    if (!run.bootId().equals(bootId())) {
      return Life.GONE;
    }
    Optional<ProcessStat> init = running(run.init());
    // The kernel gives a process whose parent ends another one, so this says most of the time
    // without a second look that the monitor is there; one that adopted it is not the parent.
    if (init.isPresent() && init.get().parent() == run.monitor().pid()) {
      return Life.WATCHED;
    }
    if (isRunning(run.monitor())) {
      return Life.WATCHED;
    }
    return init.isPresent() ? Life.ORPHANED : Life.GONE;
  }

  /** Returns whether a process of the present boot runs. */
  boolean isRunning(ProcessId process) {
    return running(process).isPresent();
  }

  private Optional<ProcessStat> running(ProcessId process) {
    if (process.pid() == 0) {
      return Optional.empty();
    }
    Optional<ProcessStat> stat = ProcessStat.of(files, process.pid());
    if (stat.isEmpty()) {
      return stat;
    }
    return isOf(stat.get(), process) ? stat : Optional.empty();
  }

  /**
   * Returns whether a process has ended or is about to: the first one of a PID namespace waits for
   * all others there, and has no namespaces any more meanwhile; one that is frozen sees a SIGKILL
   * only once it is thawed (cgroup v1).
   */
  boolean isEnding(ProcessId process) {
    if (!isRunning(process)) {
      return true;
    }
    Facts facts = new Facts(files);
    // Behind the name in brackets, from the third field on.
    String text = facts.text(statFile(process));
    String[] fields = text.substring(text.lastIndexOf(')') + 1).strip().split(" ");
    return fields.length <= FLAGS
        || (Long.parseLong(fields[FLAGS]) & PF_EXITING) != 0
        || isKilled(facts.field("/proc/" + process.pid() + "/status", "ShdPnd:"));
  }

  /** Whether SIGKILL is among the signals that are pending for a whole process. */
  private static boolean isKilled(String pending) {
    return pending.isEmpty()
        || (Long.parseUnsignedLong(pending, 16) & 1L << Linux.SIGKILL - 1) != 0;
  }

  /** Returns whether a process that runs is stopped by a signal or a debugger. */
  boolean isStopped(ProcessId process) {
    char state = ProcessStat.of(files, process.pid()).map(ProcessStat::state).orElse(' ');
    return state == 'T' || state == 't';
  }

  /** The file that tells what a process does. */
  static String statFile(ProcessId process) {
    return ProcessStat.file(process.pid());
  }

  /**
   * Returns whether the first process of a run is there and its monitor's child, which is {@link
   * Life#WATCHED} without a second look; false says nothing.
   *
   * @param stat what is in its {@link #statFile}, at least {@value #ENOUGH} bytes or all of it
   * @param awake whether it must be seen to run or to sleep: it is not stopped then, and the
   *     freezer of cgroup v1 does not hold it, for which the kernel shows an uninterruptible sleep
   */
  static boolean isWatched(byte[] stat, RunRecord run, boolean awake) {
    ProcessStat seen = ProcessStat.parse(stat);
    return isOf(seen, run.init())
        && seen.parent() == run.monitor().pid()
        && (!awake || seen.state() == 'S' || seen.state() == 'R');
  }

  /** Whether it is that process and no later one, and runs. */
  private static boolean isOf(ProcessStat stat, ProcessId process) {
    return !stat.hasEnded() && stat.startTime() == process.startTime();
  }
}
