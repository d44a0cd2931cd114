package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.process.ProcessSteps;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Starts one container, up to the execve of its command.
 *
 * <pre>
 *   engine                        monitor                       init
 *     | start the helper ---------> serves segments
 *     | spawn --------------------> clone3 ---------------------> serves segments
 *     | setup plan ----------------------------------------------> cgroups, mounts, pivot
 *     | <---------------------------------------------------------  users, terminal
 *     | (the caller writes its state down: pid, cleanup plan)
 *     | watch --------------------> pumps output, waits
 *     | last plan -----------------------------------------------> user, capabilities, execve
 *     | <------------------------------------------ end of file     it worked
 *     |                                          or a reply         why it did not
 * </pre>
 *
 * <p>Should the engine die on the way, both sessions end: the monitor kills init and cleans up.
 */
public final class Launcher implements AutoCloseable {
  private final Performer performer;
  private final LaunchRequest request;
  private final List<Integer> ours = new ArrayList<>();
  private final Session monitor;
  private final long monitorPid;
  private @Nullable Session init;
  private @Nullable FinalPlan last;
  private Streams streams = Streams.NONE;
  private int master = -1;
  private Monitors.Child child = new Monitors.Child(-1, -1, -1);

  /**
   * Starts the monitor.
   *
   * @throws MydockerException if the helper cannot be started
   */
  public Launcher(Performer performer, LaunchRequest request) {
    this.performer = performer;
    this.request = request;
    Helper.Started started = Helper.monitor(performer);
    this.monitor = started.session();
    this.monitorPid = started.pid();
  }

  /**
   * Makes the container: its init exists, sees only the container, and waits to execute.
   *
   * @param directory the container's directory, whose cleanup.plan is performed should we end early
   * @param meanwhile what else there is to do while the container's process sets itself up, by its
   *     process id
   * @return what came of that
   * @throws MydockerException with the step that failed; nothing of the container is left then
   */
  public <T> T create(int directory, LongFunction<T> meanwhile) {
    boolean terminal = Specs.process(request.spec()).terminal();
    InitSetup setup = new InitSetup(performer, request, monitor, monitorPid, ours);
    T done;
    try {
      setup.begin(directory);
      if (!terminal) {
        streams = Streams.open(performer, request.runDirectory(), request.interactive());
        for (int descriptor : streams.all()) {
          keep(descriptor);
        }
      }
      done = setup.perform(meanwhile);
    } finally {
      // Also of one that failed: it is to be given up.
      setup.settle();
      child = setup.child();
      init = setup.session();
    }
    FinalPlan.Connection connection =
        new FinalPlan.Connection(streams.in(), streams.out(), streams.err(), -1, false);
    if (terminal) {
      InitSetup.Terminal made = setup.terminal();
      master = made.master();
      // Below an init, the command is another process, which gets the terminal anew.
      connection =
          new FinalPlan.Connection(
              made.shared(),
              made.shared(),
              made.shared(),
              request.withInit() ? -1 : made.own(),
              true);
    }
    last =
        new FinalPlan(
            request.id(),
            Specs.process(request.spec()),
            Specs.linux(request.spec()),
            request.user(),
            setup.accounts(),
            connection,
            request.seccomp(),
            -1,
            performer.explains(),
            FinalPlan.Wishes.NONE);
    return done;
  }

  /** The process id of init, as the performer's PID namespace has it. */
  public long pid() {
    return child.pid();
  }

  /** The process id of the monitor. */
  public long monitorPid() {
    return monitorPid;
  }

  /** A descriptor of init (pidfd_open(2)), valid until this is closed. */
  public int pidfd() {
    return child.pidfd();
  }

  /** Turns the helper into init's monitor: output is pumped, the end will be recorded. */
  public void watch(MonitorSetup setup) {
    Monitors.start(monitor, child.pid(), child.pidfd(), streams, master, setup);
  }

  /**
   * Has init execute the container's command, and returns once it does, or once somebody who saw it
   * running has killed it: it was started then, and the monitor tells of its end.
   *
   * @throws MydockerException COMMAND_NOT_FOUND or NOT_EXECUTABLE, or the step that failed; init
   *     has ended then, and the monitor cleans up
   */
  public void execute() {
    Session session = init;
    FinalPlan plan = last;
    if (session == null || plan == null) {
      throw new IllegalStateException("not created");
    }
    try {
      if (request.withInit()) {
        executeBelowInit(session, plan);
      } else {
        plan.perform(session);
      }
    } catch (KernelException e) {
      if (e.error() != Errno.EPIPE && e.error() != Errno.ECONNRESET) {
        throw e;
      }
    }
  }

  /** PID 1 stays the helper, as a small init; the command is its child. */
  private void executeBelowInit(Session session, FinalPlan plan) {
    Monitors.Child below =
        Monitors.spawnBelow(session, "start the command below the container's init");
    Session command = new Session(performer, below.socket(), "command");
    keep(below.pidfd());
    SegmentBuilder reap = Segment.builder();
    if (!request.diesWithMonitor()) {
      ProcessSteps.outliveParent(reap);
    }
    reap.operation(Wire.OP_REAP, Value.of(below.pid()));
    try {
      plan.perform(command);
    } finally {
      session.send(reap.build());
      session.close();
    }
  }

  /**
   * Gives up a container that is not started yet and waits until the monitor has removed what there
   * is of it and ended.
   */
  public void abandon() {
    Session session = init;
    if (session != null) {
      session.close();
    }
    awaitMonitor();
  }

  /** Waits until the monitor has ended, after the container. */
  public void awaitMonitor() {
    monitor.endAndAwait();
  }

  /** Closes our descriptors. A container that is not watched yet ends. */
  @Override
  public void close() {
    Session session = init;
    if (session != null) {
      session.addClose(ours);
    }
    monitor.addClose(ours);
    new FileWorker(performer).close(ours);
    ours.clear();
  }

  private int keep(int descriptor) {
    ours.add(descriptor);
    return descriptor;
  }
}
