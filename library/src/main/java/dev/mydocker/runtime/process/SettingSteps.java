package dev.mydocker.runtime.process;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.spec.IoPriority;
import dev.mydocker.oci.spec.LinuxMemoryPolicy;
import dev.mydocker.oci.spec.LinuxPersonality;
import dev.mydocker.oci.spec.NumberList;
import dev.mydocker.oci.spec.Scheduler;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Lowering;
import dev.mydocker.runtime.plan.Step;
import org.jspecify.annotations.Nullable;

/**
 * Steps for what a specification may ask of a process beside its privileges: how it is scheduled,
 * where its memory comes from, which label it has. All of them take privileges, or the caller's
 * /proc, so they come before these go.
 */
public final class SettingSteps {
  private static final long PROC_MAGIC = 0x9FA0;
  private static final int STATFS_SIZE = 120;
  private static final int SCHED_ATTR_SIZE = 56;
  private static final int WHO_PROCESS = 1;
  private static final int CLASS_SHIFT = 13;
  private static final int FIRST_POLICY_FLAG = 13;

  private SettingSteps() {}

  /** Sets how likely the process is to be killed where memory runs out (proc(5)). */
  public static Step oomScore(int score) {
    return new Step(
        Group.LIMITS,
        "set oom_score_adj to " + score,
        "while /proc is the host's; how soon the process is chosen where memory runs out",
        l -> oomScore(l.segment(), score));
  }

  /** Adds what sets the oom_score_adj of this process, whose /proc is not the container's yet. */
  public static void oomScore(SegmentBuilder b, int score) {
    write(b, "/proc/self/oom_score_adj", Integer.toString(score));
  }

  /** Sets the scheduling policy (sched_setattr(2)). */
  public static Step schedule(Scheduler scheduler) {
    return new Step(
        Group.SECURITY,
        "schedule by " + scheduler.policy(),
        "asked for; a realtime policy takes CAP_SYS_NICE, which may go soon",
        l -> {
          SegmentBuilder b = l.segment();
          // struct sched_attr: size and policy, flags, nice and priority, three times, clamps.
          Value attributes =
              b.longs(
                  SCHED_ATTR_SIZE | (long) Scheduler.POLICIES.indexOf(scheduler.policy()) << 32,
                  flags(scheduler),
                  word(scheduler.nice()) | word(scheduler.priority()) << 32,
                  number(scheduler.runtime()),
                  number(scheduler.deadline()),
                  number(scheduler.period()),
                  0);
          b.syscall(Wire.SYS_SCHED_SETATTR, Value.of(0), attributes, Value.of(0));
        });
  }

  private static long flags(Scheduler scheduler) {
    long flags = 0;
    for (String flag : scheduler.flags()) {
      flags |= 1L << Scheduler.FLAGS.indexOf(flag);
    }
    return flags;
  }

  private static long word(@Nullable Integer number) {
    return number == null ? 0 : number & 0xFFFF_FFFFL;
  }

  private static long number(@Nullable Long number) {
    return number == null ? 0 : number;
  }

  /** Sets the I/O priority, which children inherit (ioprio_set(2)). */
  public static Step ioPriority(IoPriority priority) {
    return new Step(
        Group.SECURITY,
        "set the I/O priority to " + priority.ioClass() + ", " + priority.priority(),
        "asked for; the realtime class takes CAP_SYS_ADMIN, which may go soon",
        l -> {
          int ioClass = IoPriority.CLASSES.indexOf(priority.ioClass()) + 1;
          Value value = Value.of(ioClass << CLASS_SHIFT | priority.priority());
          l.syscall(Wire.SYS_IOPRIO_SET, Value.of(WHO_PROCESS), Value.of(0), value);
        });
  }

  /** Sets the execution domain (personality(2)). */
  public static Step personality(LinuxPersonality personality) {
    return new Step(
        Group.SECURITY,
        "set the execution domain " + personality.domain(),
        "what uname(2) tells of the machine; before a filter may forbid the call",
        l ->
            l.syscall(
                Wire.SYS_PERSONALITY, Value.of(personality.domain().equals("LINUX32") ? 8 : 0)));
  }

  /** Sets the NUMA policy of the process's memory, which children inherit (set_mempolicy(2)). */
  public static Step memoryPolicy(LinuxMemoryPolicy policy) {
    return new Step(
        Group.SECURITY,
        "set the memory policy " + policy.mode(),
        "which memory nodes the container's memory comes from",
        l -> {
          SegmentBuilder b = l.segment();
          long mode = LinuxMemoryPolicy.MODES.indexOf(policy.mode());
          for (String flag : policy.flags()) {
            mode |= 1L << FIRST_POLICY_FLAG + LinuxMemoryPolicy.FLAGS.indexOf(flag);
          }
          String nodes = policy.nodes();
          byte[] mask = nodes == null ? new byte[0] : NumberList.parse("nodes", nodes);
          // The kernel reads one bit less than it is told of: set_mempolicy(2).
          b.syscall(
              Wire.SYS_SET_MEMPOLICY,
              Value.of(mode),
              mask.length == 0 ? Value.of(0) : b.bytes(mask),
              Value.of(mask.length == 0 ? 0 : 8L * mask.length + 1));
        });
  }

  /** Adds what restricts this process to processors; {@code list} is such as 0-3,7. */
  public static void restrict(SegmentBuilder b, String name, String list) {
    byte[] mask = NumberList.parse(name, list);
    b.syscall(Wire.SYS_SCHED_SETAFFINITY, Value.of(0), Value.of(mask.length), b.bytes(mask));
  }

  /**
   * Has the next execve enter an SELinux domain. The file is looked at: it must be of a real proc
   * file system (CVE-2019-16884).
   */
  public static Step label(String label) {
    return new Step(
        Group.SECURITY,
        "label the process " + label,
        "SELinux decides by it what the container may touch",
        l -> writeAttribute(l, "/proc/self/attr/exec", label));
  }

  /** Writes a process attribute, to a file of a real proc file system only. */
  static void writeAttribute(Lowering l, String path, String text) {
    SegmentBuilder b = l.segment();
    byte[] order = Bytes.encode(text);
    Value file = open(b, path);
    Value status = b.room(STATFS_SIZE);
    b.syscall(Wire.SYS_FSTATFS, file, status);
    b.check(b.load(status, 8), -1, PROC_MAGIC, Errno.ELOOP);
    b.syscall(Wire.SYS_WRITE, file, b.bytes(order), Value.of(order.length));
    b.syscall(Wire.SYS_CLOSE, file);
  }

  private static void write(SegmentBuilder b, String path, String text) {
    Value file = open(b, path);
    b.syscall(Wire.SYS_WRITE, file, b.text(text), Value.of(Bytes.encode(text).length));
    b.syscall(Wire.SYS_CLOSE, file);
  }

  private static Value open(SegmentBuilder b, String path) {
    return b.syscall(
        Wire.SYS_OPENAT,
        Value.of(Linux.AT_FDCWD),
        b.text(path),
        Value.of(Linux.O_WRONLY | Linux.O_CLOEXEC),
        Value.of(0));
  }
}
