package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.process.ProcessSteps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the engine asks of a helper that becomes a monitor. */
final class Monitors {
  private Monitors() {}

  /** A child of the monitor that serves segments, and its ids as the monitor sees them. */
  record Child(long pid, int socket, int pidfd) {}

  /**
   * How a child comes to be.
   *
   * @param joined the cgroup that the parent joins first, or null
   * @param namespaces that the parent joins first
   * @param flags namespaces and others of clone3(2)
   * @param cgroup a v2 cgroup's directory of this process for the child, or -1
   * @param guard the container's directory for the case that we end early, or -1
   */
  record Birth(
      @Nullable CgroupJoin joined, List<Namespace> namespaces, long flags, int cgroup, int guard) {}

  /** A child that a helper has been asked for; its session can be used once it is there. */
  record Spawning(Session parent, Segment segment, int socket, Value child, String what) {
    /**
     * Waits until it is there.
     *
     * @throws KernelException why there is none
     */
    Child await() {
      Reply reply =
          parent
              .receive(segment)
              .orElseThrow(() -> new KernelException(what, Errno.ECONNRESET))
              .orThrow(what);
      return new Child(reply.result(child), socket, reply.descriptors()[0]);
    }
  }

  /** Has the monitor, or a helper between, start a child that serves segments. */
  static Child spawn(Session parent, Birth birth, String what) {
    Spawning spawning = ask(parent, birth, what);
    try {
      return spawning.await();
    } catch (MydockerException e) {
      new FileWorker(parent.performer()).close(spawning.socket());
      throw e;
    }
  }

  /**
   * Asks for a child without waiting for it: a namespace of the network takes the kernel longer
   * than all the others.
   *
   * @return to be awaited; the session's socket is the caller's to close
   */
  static Spawning ask(Session parent, Birth birth, String what) {
    int[] pair = socketPair(parent.performer());
    SegmentBuilder b = Segment.builder();
    CgroupJoin joined = birth.joined();
    if (joined != null) {
      b.about(
          Group.LIMITS.title(), "join the monitors' cgroup", "it outlives the container's cgroup");
      ProcessSteps.joinCgroup(b, joined);
    }
    b.about(
        Group.NAMESPACES.title(),
        "hide this process from ptrace",
        "it holds descriptors of the host (CVE-2016-9962)");
    b.syscall(Wire.SYS_PRCTL, Value.of(Linux.PR_SET_DUMPABLE), Value.of(0));
    for (Namespace namespace : birth.namespaces()) {
      enter(b, namespace, "asked for; before the process that it is for exists");
    }
    b.about(Group.NAMESPACES.title(), what, why(birth.flags()));
    Value theirs = b.descriptor(pair[1]);
    Value pidfd = b.room(8);
    boolean sibling = (birth.flags() & Linux.CLONE_PARENT) != 0;
    int cgroup = birth.cgroup();
    Value arguments =
        b.longs(
            birth.flags() | Linux.CLONE_PIDFD | (cgroup >= 0 ? Linux.CLONE_INTO_CGROUP : 0),
            0,
            0,
            0,
            sibling ? 0 : Linux.SIGCHLD,
            0,
            0,
            0,
            0,
            0,
            0);
    b.store(arguments.plus(8), pidfd, 8);
    if (cgroup >= 0) {
      b.store(arguments.plus(80), b.descriptor(cgroup), 8);
    }
    Value child = b.operation(Wire.OP_SPAWN, arguments, Value.of(Linux.CLONE_ARGS_SIZE), theirs);
    Value childPidfd = b.load(pidfd, 4);
    b.syscall(Wire.SYS_CLOSE, theirs);
    if (birth.guard() >= 0) {
      b.operation(Wire.OP_GUARD, b.descriptor(birth.guard()), childPidfd);
    }
    b.operation(Wire.OP_SHARE, childPidfd);
    Segment segment = b.build();
    parent.send(segment);
    // Our copy would hide the child's end of file.
    new FileWorker(parent.performer()).close(pair[1]);
    return new Spawning(parent, segment, pair[0], child, what);
  }

  private static int[] socketPair(Performer performer) {
    SegmentBuilder b = Segment.builder();
    Value pair = b.returned(8);
    b.syscall(
        Wire.SYS_SOCKETPAIR,
        Value.of(Linux.AF_UNIX),
        Value.of(Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC),
        Value.of(0),
        pair);
    Reply reply = performer.perform(b.build()).orThrow("make a session");
    return new int[] {(int) reply.number(pair, 4), (int) reply.number(pair.plus(4), 4)};
  }

  /** Adds a process's entry into a namespace. */
  static void enter(SegmentBuilder b, Namespace namespace, String why) {
    b.about(Group.NAMESPACES.title(), "enter " + namespace.what(), why);
    Value entered = b.descriptor(namespace.descriptor());
    b.syscall(Wire.SYS_SETNS, entered, Value.of(namespace.kinds()));
    b.syscall(Wire.SYS_CLOSE, entered);
  }

  private static String why(long flags) {
    if ((flags & Linux.CLONE_NEWPID) != 0) {
      return "a process and its namespaces in one call; inside it is PID 1 and sees nobody else";
    }
    return (flags & Linux.CLONE_PARENT) != 0
        ? "a PID namespace takes effect for children; the monitor is its parent all the same"
        : "whoever enters namespaces must have a single thread, as this helper has";
  }

  /** Has a process start a child with all of its own namespaces, which serves segments. */
  static Child spawnBelow(Session parent, String what) {
    Birth birth = new Birth(null, List.of(), Linux.CLONE_CLEAR_SIGHAND, -1, -1);
    return spawn(parent, birth, what);
  }

  /**
   * A namespace to join, by a descriptor of ours.
   *
   * @param kinds CLONE_NEW flags
   * @param what it is, for messages
   */
  record Namespace(int descriptor, long kinds, String what) {}

  /** Turns the helper into the monitor of a process; it answers once it is watching. */
  static void start(
      Session monitor, long pid, int pidfd, Streams streams, int master, MonitorSetup setup) {
    SegmentBuilder b = Segment.builder();
    b.about(
        Group.START.title(),
        "have the monitor watch the process",
        "from here on it answers for it: output, exit code, clean-up");
    boolean terminal = master >= 0;
    Value parameters = b.room(Wire.MONITOR_SIZE);
    store(b, parameters, Wire.MONITOR_VERSION, Value.of(Wire.MONITOR_PROTOCOL));
    store(b, parameters, Wire.MONITOR_PID, Value.of(pid));
    storeDescriptor(b, parameters, Wire.MONITOR_PIDFD, pidfd);
    storeDescriptor(b, parameters, Wire.MONITOR_OUT, terminal ? master : streams.fromOut());
    storeDescriptor(b, parameters, Wire.MONITOR_ERR, terminal ? -1 : streams.fromErr());
    storeDescriptor(b, parameters, Wire.MONITOR_IN, terminal ? master : streams.toIn());
    long flags =
        (terminal ? Wire.MONITOR_TERMINAL : 0)
            | (setup.stdinOnce() ? Wire.MONITOR_STDIN_ONCE : 0)
            | (setup.logged() ? Wire.MONITOR_LOGGED : Wire.MONITOR_SERVES_ONE);
    store(b, parameters, Wire.MONITOR_FLAGS, Value.of(flags));
    storeDescriptor(b, parameters, Wire.MONITOR_DIRECTORY, setup.directory());
    store(b, parameters, Wire.MONITOR_LOG_MAX_SIZE, Value.of(setup.logMaxSize()));
    store(b, parameters, Wire.MONITOR_LOG_MAX_FILES, Value.of(setup.logMaxFiles()));
    storeDescriptor(b, parameters, Wire.MONITOR_LISTENER, setup.listener());
    storeDescriptor(b, parameters, Wire.MONITOR_CLIENT, setup.client());
    storeDescriptor(b, parameters, Wire.MONITOR_LIFELINE, setup.lifeline());
    store(b, parameters, Wire.MONITOR_SESSION, Value.of(3));
    storeDescriptor(b, parameters, Wire.MONITOR_OOM_EVENTS, setup.oomEvents());
    b.operation(Wire.OP_MONITOR, parameters);
    monitor.call(b.build()).orThrow("start the monitor");
  }

  private static void storeDescriptor(SegmentBuilder b, Value at, int field, int descriptor) {
    store(b, at, field, descriptor < 0 ? Value.of(-1) : b.descriptor(descriptor));
  }

  private static void store(SegmentBuilder b, Value at, int field, Value value) {
    b.store(at.plus(field), value, 8);
  }

  /** Ends a helper that stood between, and has the monitor reap it. */
  static void dismiss(Session monitor, Session helper, int pidfd) {
    SegmentBuilder end = Segment.builder();
    end.operation(Wire.OP_EXIT, Value.of(0));
    helper.call(end.build());
    SegmentBuilder reap = Segment.builder();
    reap.about(Group.NAMESPACES.title(), "reap the helper between", "its work is done");
    Value status = reap.room(8);
    Value child = reap.descriptor(pidfd);
    reap.operation(Wire.OP_WAIT, child, Value.of(-1), status);
    reap.syscall(Wire.SYS_CLOSE, child);
    monitor.call(reap.build()).orThrow("reap a helper");
  }
}
