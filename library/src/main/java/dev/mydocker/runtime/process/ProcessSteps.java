package dev.mydocker.runtime.process;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.spec.Rlimit;
import dev.mydocker.oci.spec.UserSpec;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Lowering;
import dev.mydocker.runtime.plan.Step;
import java.util.List;

/** Steps that turn the helper's child into the container's process, up to its execve. */
public final class ProcessSteps {
  private static final int SECCOMP_SET_MODE_FILTER = 1;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int CAPABILITY_VERSION_3 = 0x20080522;
  private static final int KEYCTL_JOIN_SESSION_KEYRING = 1;
  private static final long TIOCSCTTY = 0x540E;

  /** The socket on which every helper serves segments: native/main.c. */
  static final int SESSION = 3;

  private ProcessSteps() {}

  /**
   * Has the process end with its parent. That may have ended before: from inside a new PID
   * namespace getppid(2) does not tell, its pidfd does.
   *
   * @param parent a pidfd of the parent, which is closed
   */
  public static Step endWithParent(Group group, String why, Value parent) {
    return new Step(
        group,
        "end with the monitor",
        why,
        l -> {
          SegmentBuilder b = l.segment();
          b.syscall(Wire.SYS_PRCTL, Value.of(Linux.PR_SET_PDEATHSIG), Value.of(Linux.SIGKILL));
          Value poll = b.longs(Linux.POLLIN << 32);
          b.store(poll, parent, 4);
          Value ended =
              b.syscall(Wire.SYS_PPOLL, poll, Value.of(1), b.longs(0, 0), Value.of(0), Value.of(0));
          b.check(ended, -1, 0, Errno.ESRCH);
          l.close(parent);
        });
  }

  /** Lets the process outlive its parent again. */
  public static Step outliveParent() {
    return new Step(
        Group.START,
        "outlive the monitor",
        "should it be killed, the next command gives the container another one",
        l -> outliveParent(l.segment()));
  }

  /** Adds what lets a process outlive its parent. */
  public static void outliveParent(SegmentBuilder b) {
    b.syscall(Wire.SYS_PRCTL, Value.of(Linux.PR_SET_PDEATHSIG), Value.of(0));
  }

  /** Joins the container's cgroup in every hierarchy where it was not born into it. */
  public static Step joinCgroup(CgroupJoin join) {
    return new Step(
        Group.LIMITS,
        "join the container's cgroup",
        "the limits hold from before the first instruction of the container's own",
        l -> joinCgroup(l.segment(), join));
  }

  /** Adds a process's joining of a cgroup, and closes what it did it by. */
  public static void joinCgroup(SegmentBuilder b, CgroupJoin join) {
    Value self = b.text("0");
    for (int descriptor : join.files()) {
      Value file = b.descriptor(descriptor);
      b.syscall(Wire.SYS_WRITE, file, self, Value.of(1));
      // The monitors' cgroup may have gone with the last of them in this very moment.
      b.tolerating(Errno.ENODEV);
      b.syscall(Wire.SYS_CLOSE, file);
    }
  }

  /** A process that is not dumpable cannot be traced or opened by others of its user. */
  public static Step notDumpable() {
    return new Step(
        Group.LIMITS,
        "hide the process from ptrace",
        "it still holds descriptors of the host (CVE-2016-9962)",
        l -> l.syscall(Wire.SYS_PRCTL, Value.of(Linux.PR_SET_DUMPABLE), Value.of(0)));
  }

  /** Enters namespaces of descriptors that came along; {@code kinds} are CLONE_NEW flags. */
  public static Step joinNamespace(Value namespace, long kinds, String what) {
    return new Step(
        Group.NAMESPACES,
        "join " + what,
        "asked for",
        l -> {
          l.syscall(Wire.SYS_SETNS, namespace, Value.of(kinds));
          l.close(namespace);
        });
  }

  /**
   * Becomes the root user of a user namespace that was just entered, who owns what is made there.
   * Whatever of the host is opened by its path has been opened before.
   */
  public static Step becomeMappedRoot() {
    return new Step(
        Group.ROOT,
        "become root in the user namespace",
        "the host's root is nobody there; from here on the host's files are out of reach",
        l -> {
          Value root = Value.of(0);
          l.syscall(Wire.SYS_SETRESGID, root, root, root);
          l.syscall(Wire.SYS_SETGROUPS, root, root);
          // Where setgroups(2) is denied for all of the namespace, nobody has any to lose there.
          l.segment().tolerating(Errno.EPERM);
          l.syscall(Wire.SYS_SETRESUID, root, root, root);
          // Changed credentials undo it: prctl(2).
          l.syscall(Wire.SYS_PRCTL, Value.of(Linux.PR_SET_PDEATHSIG), Value.of(Linux.SIGKILL));
        });
  }

  /** Makes the cgroup of this process the root of what it sees of cgroups. */
  public static Step unshareCgroupNamespace() {
    return new Step(
        Group.NAMESPACES,
        "begin a cgroup namespace",
        "after joining: the container sees its own cgroup as the root, not its place on the host",
        l -> l.syscall(Wire.SYS_UNSHARE, Value.of(Linux.CLONE_NEWCGROUP)));
  }

  /** Puts descriptors on standard input, output and error, owned by the container's user. */
  public static Step streams(Value in, Value out, Value err, boolean terminal, UserSpec user) {
    return new Step(
        Group.STREAMS,
        "connect standard input, output and error",
        terminal ? "to the terminal" : "to the monitor, which logs them and serves attach",
        l -> {
          // kill(0, …) in the container must not reach the monitor, whose group this still is.
          l.syscall(Wire.SYS_SETSID);
          l.segment().tolerating(Errno.EPERM);
          if (terminal) {
            l.syscall(Wire.SYS_IOCTL, in, Value.of(TIOCSCTTY), Value.of(0));
          }
          // Non-root programs reopen /dev/stdout by path, which asks for its owner.
          for (Value stream : List.of(in, out, err)) {
            if (user.uid() != 0) {
              l.syscall(Wire.SYS_FCHOWN, stream, Value.of(user.uid()), Value.of(-1));
              l.segment().ignoringErrors();
            }
          }
          l.syscall(Wire.SYS_DUP3, in, Value.of(0), Value.of(0));
          l.syscall(Wire.SYS_DUP3, out, Value.of(1), Value.of(0));
          l.syscall(Wire.SYS_DUP3, err, Value.of(2), Value.of(0));
        });
  }

  /** The container's own /dev/null, which the setup made, for a process without input. */
  public static Value openNull(SegmentBuilder b) {
    return b.syscall(
        Wire.SYS_OPENAT,
        Value.of(Linux.AT_FDCWD),
        b.text("/dev/null"),
        Value.of(Linux.O_RDWR | Linux.O_CLOEXEC | Linux.O_NOFOLLOW),
        Value.of(0));
  }

  /**
   * Has the next execve enter an AppArmor profile. The file is looked at: it must be of a real proc
   * file system (CVE-2019-16884).
   */
  public static Step confine(String profile) {
    return new Step(
        Group.SECURITY,
        "confine by the AppArmor profile " + profile,
        "what the container may write in /proc and /sys, mount and trace is limited once more",
        l -> SettingSteps.writeAttribute(l, "/proc/self/attr/apparmor/exec", "exec " + profile));
  }

  /** A session keyring of its own; without one the container could search the host's. */
  public static Step joinKeyring(String id) {
    return new Step(
        Group.SECURITY,
        "begin a session keyring",
        "keys of the host's session stay out of reach",
        l -> {
          l.syscall(
              Wire.SYS_KEYCTL,
              Value.of(KEYCTL_JOIN_SESSION_KEYRING),
              l.segment().text("_ses." + id));
          l.segment().tolerating(Errno.EDQUOT, Errno.ENOSYS, Errno.EACCES, Errno.EPERM);
        });
  }

  /** Sets a resource limit; {@code resource} is the kernel's number. */
  public static Step limit(Rlimit limit, int resource) {
    return new Step(
        Group.SECURITY,
        "set " + limit.type(),
        "--ulimit",
        l ->
            l.syscall(
                Wire.SYS_PRLIMIT64,
                Value.of(0),
                Value.of(resource),
                l.segment().longs(limit.soft(), limit.hard()),
                Value.of(0)));
  }

  /** Gives up, for good, every capability that is not in {@code keep}. */
  public static Step boundCapabilities(long keep, int last) {
    return new Step(
        Group.SECURITY,
        "drop capabilities from the bounding set",
        "no program of the container, set-user-ID ones included, can gain them",
        l -> {
          for (int capability = 0; capability <= last; capability++) {
            if ((keep >> capability & 1) == 0) {
              l.syscall(Wire.SYS_PRCTL, Value.of(Linux.PR_CAPBSET_DROP), Value.of(capability));
              l.segment().tolerating(Errno.EINVAL);
            }
          }
        });
  }

  /**
   * Becomes the container's user; capabilities are kept until {@link #setCapabilities}.
   *
   * @param mapped whether it is in a user namespace, which may deny setgroups(2) to all in it
   */
  public static Step becomeUser(UserSpec user, boolean mapped) {
    return new Step(
        Group.SECURITY,
        "become user " + user.uid() + ", group " + user.gid(),
        "supplementary groups of the caller go too",
        l -> {
          List<Long> groups = user.additionalGids();
          int[] ids = new int[groups.size()];
          for (int i = 0; i < ids.length; i++) {
            ids[i] = groups.get(i).intValue();
          }
          l.syscall(Wire.SYS_PRCTL, Value.of(Linux.PR_SET_KEEPCAPS), Value.of(1));
          l.syscall(Wire.SYS_SETGROUPS, Value.of(ids.length), l.segment().ints(ids));
          if (mapped && ids.length == 0) {
            l.segment().tolerating(Errno.EPERM);
          }
          Value gid = Value.of(user.gid());
          Value uid = Value.of(user.uid());
          l.syscall(Wire.SYS_SETRESGID, gid, gid, gid);
          l.syscall(Wire.SYS_SETRESUID, uid, uid, uid);
          Integer mask = user.umask();
          l.syscall(Wire.SYS_UMASK, Value.of(mask == null ? 022 : mask));
        });
  }

  /** Sets the three sets, and the ambient one, of capabilities(7). */
  public static Step setCapabilities(
      long effective, long permitted, long inheritable, long ambient) {
    return new Step(
        Group.SECURITY,
        "keep only the container's capabilities",
        "what root may do is divided; most of it is not given",
        l -> {
          SegmentBuilder b = l.segment();
          Value header = b.ints(CAPABILITY_VERSION_3, 0);
          Value sets =
              b.ints(
                  (int) effective,
                  (int) permitted,
                  (int) inheritable,
                  (int) (effective >>> 32),
                  (int) (permitted >>> 32),
                  (int) (inheritable >>> 32));
          b.syscall(Wire.SYS_CAPSET, header, sets);
          Value clear = Value.of(Linux.PR_CAP_AMBIENT_CLEAR_ALL);
          b.syscall(
              Wire.SYS_PRCTL,
              Value.of(Linux.PR_CAP_AMBIENT),
              clear,
              Value.of(0),
              Value.of(0),
              Value.of(0));
          for (int capability = 0; capability < 64; capability++) {
            if ((ambient >> capability & 1) != 0) {
              b.syscall(
                  Wire.SYS_PRCTL,
                  Value.of(Linux.PR_CAP_AMBIENT),
                  Value.of(Linux.PR_CAP_AMBIENT_RAISE),
                  Value.of(capability),
                  Value.of(0),
                  Value.of(0));
              // What is not inheritable too cannot be ambient; runc goes on without it.
              b.tolerating(Errno.EPERM);
            }
          }
        });
  }

  /** From here on no execve gains privileges. */
  public static Step noNewPrivileges() {
    return new Step(
        Group.SECURITY,
        "forbid new privileges",
        "set-user-ID programs and file capabilities give nothing",
        l ->
            l.syscall(
                Wire.SYS_PRCTL,
                Value.of(Linux.PR_SET_NO_NEW_PRIVS),
                Value.of(1),
                Value.of(0),
                Value.of(0),
                Value.of(0)));
  }

  /** Loads a system call filter: an array of struct sock_filter, and flags of seccomp(2). */
  public static Step loadSeccomp(Group group, byte[] program, long flags) {
    return new Step(
        group,
        "load the system call filter",
        "system calls that containers do not need are refused: less kernel to attack",
        l -> {
          SegmentBuilder b = l.segment();
          Value filter = b.bytes(program);
          Value descriptor = b.longs(program.length / 8, 0);
          b.store(descriptor.plus(8), filter, 8);
          b.syscall(
              Wire.SYS_SECCOMP, Value.of(SECCOMP_SET_MODE_FILTER), Value.of(flags), descriptor);
        });
  }

  /**
   * Loads a system call filter that hands calls over, and sends the descriptor by which they are
   * decided on. The filter must let sendmsg(2) and close(2) through by itself.
   *
   * @param socket connected to whoever decides; it is closed
   * @param message what accompanies the descriptor
   */
  public static Step loadNotifyingSeccomp(
      Group group, byte[] program, long flags, Value socket, byte[] message) {
    return new Step(
        group,
        "load the system call filter and send its descriptor to the listener",
        "linux.seccomp.listenerPath: who listens there decides on some of the system calls",
        l -> {
          SegmentBuilder b = l.segment();
          Value filter = b.bytes(program);
          Value descriptor = b.longs(program.length / 8, 0);
          b.store(descriptor.plus(8), filter, 8);
          Value vector = b.longs(0, message.length);
          b.store(vector, b.bytes(message), 8);
          // struct cmsghdr with one descriptor: size_t length, int level, int type, int descriptor.
          Value control = b.longs(20, 1 | 1L << 32, 0);
          Value header = b.longs(0, 0, 0, 1, 0, 24, 0);
          b.store(header.plus(16), vector, 8);
          b.store(header.plus(32), control, 8);
          Value listening =
              b.syscall(
                  Wire.SYS_SECCOMP, Value.of(SECCOMP_SET_MODE_FILTER), Value.of(flags), descriptor);
          b.store(control.plus(16), listening, 4);
          b.syscall(Wire.SYS_SENDMSG, socket, header, Value.of(MSG_NOSIGNAL));
          b.syscall(Wire.SYS_CLOSE, socket);
          b.syscall(Wire.SYS_CLOSE, listening);
        });
  }

  /** Enters the working directory and makes sure that it is in the root (CVE-2024-21626). */
  public static Step enterDirectory(String path) {
    return new Step(
        Group.START,
        "chdir to the working directory " + path,
        "a directory outside the root would show as (unreachable)",
        l -> {
          SegmentBuilder b = l.segment();
          b.syscall(Wire.SYS_CHDIR, b.text(path));
          Value buffer = b.room(4096);
          b.syscall(Wire.SYS_GETCWD, buffer, Value.of(4096));
          b.check(b.load(buffer, 1), 0xFF, '/', Errno.ENOENT);
        });
  }

  /** Makes a missing working directory, as Docker does for -w and WORKDIR. */
  public static Step makeDirectory(String path) {
    return new Step(
        Group.MOUNTS,
        "create " + path,
        "the working directory, as Docker does",
        l -> l.close(l.openOrMakeDirectory(path)));
  }

  /** Tells the engine what came of the steps so far, over the session that execve closes. */
  public static Step report(Group group) {
    return new Step(
        group,
        "report how it went",
        "only with --explain: after execve nobody is left who could",
        l -> {
          l.segment().operation(Wire.OP_REPORT, Value.of(SESSION));
          l.segment().ignoringErrors();
        });
  }

  /**
   * Has everything above the streams closed by execve: until that has worked, the session is
   * needed. It comes before the system call filter, which need not allow the call then. What is
   * opened behind it is close-on-exec, or meant for the container.
   */
  public static Step closeOthers() {
    return new Step(
        Group.SECURITY,
        "leave descriptors of the host behind",
        "none gets into the container (CVE-2024-21626)",
        l ->
            l.syscall(
                Wire.SYS_CLOSE_RANGE,
                Value.of(SESSION),
                Value.of(0xFFFFFFFFL),
                Value.of(Linux.CLOSE_RANGE_CLOEXEC)));
  }

  /**
   * Executes a program. Each candidate is tried in turn, as execvp(3) does: a missing one or one
   * that may not be executed lets the next be tried.
   *
   * @param candidates absolute paths, or one with a slash relative to the working directory
   */
  public static Step execute(
      Execution execution, List<String> candidates, List<String> arguments, List<String> env) {
    return new Step(
        Group.START,
        "execute " + arguments.get(0),
        "the helper is replaced; the process keeps its id and becomes the container's own",
        l -> lowerExecute(l, execution, candidates, arguments, env));
  }

  private static void lowerExecute(
      Lowering l,
      Execution execution,
      List<String> candidates,
      List<String> arguments,
      List<String> environment) {
    SegmentBuilder b = l.segment();
    Value argv = b.strings(arguments);
    Value envp = b.strings(environment);
    for (String candidate : candidates) {
      execution.attempt(b.syscall(Wire.SYS_EXECVE, b.text(candidate), argv, envp));
      b.tolerating(Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES);
    }
    b.check(Value.of(1), 1, 0, Errno.ENOENT);
  }
}
