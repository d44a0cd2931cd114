package dev.mydocker.runtime;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.spec.ConsoleSize;
import dev.mydocker.oci.spec.ExecCpuAffinity;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Lowering;
import dev.mydocker.runtime.plan.Plan;
import dev.mydocker.runtime.process.AccountFiles;
import dev.mydocker.runtime.process.ProcessSteps;
import dev.mydocker.runtime.process.SettingSteps;
import dev.mydocker.runtime.rootfs.DeviceSteps;
import dev.mydocker.runtime.security.HostLabels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
      join(joining, container);
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
      start(session, child, setup);
    } finally {
      session.close();
    }
    return child.pid();
  }

  /** Joins the container's cgroups, then its namespaces, all at once (Linux 5.8). */
  private void join(Session joining, int container) {
    SegmentBuilder b = Segment.builder();
    ExecCpuAffinity affinity = request.process().execCpuAffinity();
    restrict(b, "initial", affinity == null ? null : affinity.initial());
    b.about(
        Group.LIMITS.title(),
        "join the container's cgroup",
        "its limits hold for this process too; joined while its place on the host can be seen");
    ProcessSteps.joinCgroup(b, request.cgroup());
    Integer score = request.process().oomScoreAdj();
    if (score != null) {
      b.about(
          Group.LIMITS.title(),
          "set oom_score_adj to " + score,
          "its child inherits it; while /proc is the host's");
      SettingSteps.oomScore(b, score);
    }
    b.about(
        Group.NAMESPACES.title(),
        "enter the container's namespaces",
        "all at once, by a descriptor of its first process: no other can have taken its pid");
    Value init = b.descriptor(container);
    b.syscall(Wire.SYS_SETNS, init, Value.of(request.namespaces()));
    b.syscall(Wire.SYS_CLOSE, init);
    joining.call(b.build()).orThrow("enter the namespaces of container " + request.id());
  }

  /** Restricts a process to processors, before it joins the cgroup or when it is in there. */
  private static void restrict(SegmentBuilder b, String when, @Nullable String list) {
    if (list != null) {
      b.about(Group.LIMITS.title(), "run on the processors " + list, "asked for");
      SettingSteps.restrict(b, "execCPUAffinity." + when, list);
    }
  }

  private void start(Session session, Monitors.Child child, MonitorSetup setup) {
    boolean terminal = request.process().terminal();
    AccountFiles accounts = new AccountFiles();
    DeviceSteps.Terminal made = new DeviceSteps.Terminal();
    SegmentBuilder b = Segment.builder();
    ExecCpuAffinity affinity = request.process().execCpuAffinity();
    restrict(b, "final", affinity == null ? null : affinity.last());
    b.about(
        Group.ROOT.title(), "open the root directory", "this process is inside: the container's");
    Value root =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text("/"),
            Value.of(Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_CLOEXEC),
            Value.of(0));
    Plan.Builder looking = new Plan.Builder(new Lowering(b, root));
    if (terminal) {
      ConsoleSize size = request.process().consoleSize();
      looking.add(
          DeviceSteps.terminal(
              made, size == null ? 0 : size.height(), size == null ? 0 : size.width(), false));
    }
    Plan look = looking.add(accounts.read()).build();
    Reply reply = look.check(session.call(look.segment()));
    Streams streams = Streams.NONE;
    int master = -1;
    FinalPlan.Connection connection;
    if (terminal) {
      master = keep(reply.descriptors()[0]);
      keep(reply.descriptors()[1]);
      connection = new FinalPlan.Connection(-1, -1, -1, reply.result(made.slave()), true);
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
            accounts.accounts(reply),
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
