package dev.mydocker.runtime;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Session;
import dev.mydocker.runtime.security.HostLabels;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs another process in a container.
 *
 * <pre>
 *   engine              monitor               joiner                 process
 *     | start -----------> serves
 *     | spawn -----------> clone3 -------------> serves
 *     | join ------------------------------------> cgroups, setns(pidfd)
 *     | spawn -----------------------------------> clone3(CLONE_PARENT) -> serves
 *     | dismiss ---------> reaps <--------------- exits
 *     | look, terminal ---------------------------------------------------> passwd, group, pty
 *     | watch -----------> pumps, waits
 *     | last plan --------------------------------------------------------> execve
 * </pre>
 *
 * The joiner enters the namespaces, which takes effect for PIDs in its children only; its child is
 * the monitor's by CLONE_PARENT, so that the monitor sees the exit code. The monitor itself stays
 * outside: the container's end must not take it along.
 */
public final class Exec implements AutoCloseable {
  private final Performer performer;
  private final ExecRequest request;
  private final List<Integer> ours = new ArrayList<>();
  private final Session monitor;
  private final long monitorPid;

  /** Starts the monitor. */
  public Exec(Performer performer, ExecRequest request) {
    this.performer = performer;
    this.request = request;
    Helper.Started started = Helper.monitor(performer);
    this.monitor = started.session();
    this.monitorPid = started.pid();
  }

  /**
   * Runs the process, and returns once it executes its command.
   *
   * @param container a descriptor of the container's init (pidfd_open(2))
   * @return the process's id
   */
  public long run(int container, MonitorSetup setup) {
    HostLabels.require(performer, request.process());
    Monitors.Child joiner =
        Monitors.spawn(
            monitor,
            new Monitors.Birth(request.monitorCgroup(), List.of(), 0, -1, -1),
            "start a process in container " + request.id());
    keep(joiner.pidfd());
    Session joining = new Session(performer, joiner.socket(), "joiner");
    Monitors.Child child;
    try {
      ProcessEntry.join(joining, request, container);
      child =
          Monitors.spawn(
              joining,
              new Monitors.Birth(
                  null,
                  List.of(),
                  Linux.CLONE_PARENT | Linux.CLONE_CLEAR_SIGHAND,
                  request.cgroup().directory(),
                  -1),
              "start a process in container " + request.id());
      keep(child.pidfd());
      Monitors.dismiss(monitor, joining, joiner.pidfd());
    } finally {
      joining.close();
    }
    Session session = new Session(performer, child.socket(), "process");
    try {
      start(session, child, container, setup);
    } finally {
      session.close();
    }
    return child.pid();
  }

  private void start(Session session, Monitors.Child child, int container, MonitorSetup setup) {
    boolean terminal = request.process().terminal();
    ProcessEntry entry = ProcessEntry.look(session, request, container);
    Streams streams = Streams.NONE;
    int master = -1;
    FinalPlan.Connection connection;
    if (terminal) {
      master = keep(entry.master());
      keep(entry.shared());
      connection = new FinalPlan.Connection(-1, -1, -1, entry.slave(), true);
    } else {
      streams = Streams.open(performer, request.runDirectory(), request.interactive());
      for (int descriptor : streams.all()) {
        keep(descriptor);
      }
      connection = new FinalPlan.Connection(streams.in(), streams.out(), streams.err(), -1, false);
    }
    FinalPlan last =
        new FinalPlan(
            request.id(),
            request.process(),
            request.linux(),
            request.user(),
            entry.accounts(),
            connection,
            request.seccomp(),
            keep(Helper.pidfd(performer, monitorPid)),
            performer.explains(),
            FinalPlan.Wishes.NONE);
    Monitors.start(monitor, child.pid(), child.pidfd(), streams, master, setup);
    last.perform(session);
  }

  /** Waits until the monitor has ended, after the process. */
  public void awaitMonitor() {
    monitor.endAndAwait();
  }

  @Override
  public void close() {
    monitor.addClose(ours);
    new FileWorker(performer).close(ours);
    ours.clear();
  }

  private int keep(int descriptor) {
    ours.add(descriptor);
    return descriptor;
  }
}
