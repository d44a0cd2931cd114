package dev.mydocker.engine;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Explanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Says which lock a call ran into. The kernel answers EPERM for many reasons and tells none; but
 * the process that was refused is still there, and /proc shows what holds it: missing capabilities,
 * a system call filter, an AppArmor profile, a user namespace.
 */
final class Refusal {
  private static final Set<String> MOUNTS =
      Set.of(
          "mount",
          "umount2",
          "pivot_root",
          "fsopen",
          "fsconfig",
          "fsmount",
          "move_mount",
          "open_tree",
          "mount_setattr");

  private static final String CAP = "CAP_";
  private static final String CGROUPS = "/sys/fs/cgroup";

  private final FileWorker files;
  private long child;

  /**
   * @param performer the one that was refused, or whose helper was
   */
  Refusal(Performer performer) {
    this.files = new FileWorker(performer);
  }

  /** Remembers which process came to be. */
  void learn(Segment segment, Explanation explanation, Reply reply) {
    for (int i = 0; i < segment.instructions(); i++) {
      int operation = explanation.operationOf(i);
      boolean makes = operation == Wire.OP_SPAWN || operation == Wire.OP_EXECUTE;
      if (makes && reply.nanoseconds(i) > 0 && reply.result(i) > 0) {
        child = reply.result(i);
      }
    }
  }

  /**
   * What may be the matter, most likely first.
   *
   * @param who who was refused
   * @param error the error number
   */
  List<String> hints(String who, Explanation explanation, int instruction, int error) {
    if (error != Errno.EPERM && error != Errno.EACCES && error != Errno.EROFS) {
      return List.of();
    }
    String process = who.equals("mydocker") ? "/proc/self" : "/proc/" + child;
    String call = explanation.name(instruction);
    List<String> hints = new ArrayList<>();
    if (error == Errno.EROFS) {
      hints.add(readOnly(explanation.call(instruction), process));
      return hints;
    }
    Confinement confinement = new Confinement(files, process);
    String needed = capability(call, explanation, instruction);
    if (confinement.lacks(needed)) {
      hints.add(
          call
              + " takes "
              + needed
              + ", which this process does not have: "
              + (confinement.isBounded(needed)
                  ? "it is not in its bounding set (CapBnd in "
                      + process
                      + "/status) either, so what mydocker runs in has to give it: a container with"
                      + " --cap-add "
                      + needed.substring(CAP.length())
                      + ", a service with CapabilityBoundingSet="
                  : "run as root"));
    }
    if (confinement.inUserNamespace()) {
      hints.add(
          (MOUNTS.contains(call)
                  ? "in a user namespace mounts that came from outside are locked, and few file"
                      + " systems can be mounted (mount_namespaces(7))"
                  : "in a user namespace capabilities count for its own objects only"
                      + " (user_namespaces(7))")
              + ": run as root outside of it");
    }
    if (confinement.isFiltered()) {
      hints.add(
          "a system call filter is loaded (Seccomp: 2 in "
              + process
              + "/status), and may refuse "
              + call
              + " whatever the capabilities: what mydocker runs in has to allow it, a container with"
              + " --security-opt seccomp=FILE or --privileged, a service with SystemCallFilter=");
    }
    String profile = confinement.profile();
    if (!profile.isEmpty()) {
      hints.add(
          "the process is confined by "
              + profile
              + " ("
              + process
              + "/attr/current): run it by another profile, or unconfined");
    }
    return hints;
  }

  private static String readOnly(String call, String process) {
    return call.contains("\"" + CGROUPS)
        ? "cgroups are mounted read-only here (see "
            + CGROUPS
            + " in "
            + process
            + "/mountinfo): mount them for writing; if mydocker runs in a container, start that with"
            + " --privileged"
        : "the file system is mounted read-only here: see " + process + "/mountinfo";
  }

  /** What to do where the container's own filter kills what is to become its command. */
  static String killed(String call) {
    return "the filter that was loaded for this container does not let it get to its command: allow "
        + call
        + " in the profile (--security-opt seccomp=FILE)";
  }

  /** The capability that a call takes (capabilities(7)); empty where it is not just one. */
  private static String capability(String call, Explanation explanation, int instruction) {
    return switch (call) {
      case "mknodat" -> "CAP_MKNOD";
      case "fchown", "fchownat" -> "CAP_CHOWN";
      case "setgroups", "setresgid" -> "CAP_SETGID";
      case "setresuid" -> "CAP_SETUID";
      case "prlimit64" -> "CAP_SYS_RESOURCE";
      case "capset" -> "CAP_SETPCAP";
      case "ioctl" -> "CAP_NET_ADMIN";
      case "openat", "openat2", "open_or_make", "mkdirat", "unlinkat", "renameat2" ->
          "CAP_DAC_OVERRIDE";
      case "write" -> writing(explanation.descriptor(instruction, 0));
      case "prctl" ->
          explanation.argument(instruction, 0) == Linux.PR_CAPBSET_DROP ? "CAP_SETPCAP" : "";
      default -> "CAP_SYS_ADMIN";
    };
  }

  /** The device list of a cgroup is not for whoever owns the file. */
  private static String writing(String path) {
    return path.contains("/devices.") ? "CAP_SYS_ADMIN" : "CAP_DAC_OVERRIDE";
  }
}
