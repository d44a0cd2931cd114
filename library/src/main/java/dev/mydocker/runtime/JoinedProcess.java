package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.security.HostLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs another process in a container for the caller of an OCI runtime.
 *
 * <pre>
 *   exec                  helper                          process
 *     | start ------------> serves
 *     | join -------------> cgroups, setns(pidfd)
 *     | spawn ------------> clone3 -----------------------> serves
 *     | look, terminal ------------------------------------> passwd, group, pty
 *     | last plan -----------------------------------------> execve
 *     | dismiss ----------> ends: the process is the caller's child
 * </pre>
 *
 * <p>There is no monitor to stay outside, so the helper itself enters the namespaces.
 */
public final class JoinedProcess implements AutoCloseable {
  private final Performer performer;
  private final ExecRequest request;
  private final List<Integer> ours = new ArrayList<>();
  private final HelperChild helper;

  /** Starts the helper. */
  public JoinedProcess(Performer performer, ExecRequest request) {
    this.performer = performer;
    this.request = request;
    this.helper = new HelperChild(performer);
  }

  /**
   * Runs the process, and returns once it executes its command.
   *
   * @param container a descriptor of the container's init (pidfd_open(2))
   * @param keyring whether it gets a session keyring of its own
   * @param terminal takes the terminal's master, valid until this is closed, before the command can
   *     use it
   * @return the process's id
   * @throws MydockerException why it does not execute; it has ended then
   */
  public long run(int container, CallerStreams streams, boolean keyring, IntConsumer terminal) {
    return run(container, streams, keyring, terminal, null);
  }

  /**
   * Runs a program that the arguments do not name, and waits for its end.
   *
   * @param container a descriptor of the container's init (pidfd_open(2))
   * @param seconds after which it is killed, or null
   * @return its exit code, or 128 and the number of the signal that killed it
   * @throws MydockerException why it does not execute, or TIMEOUT
   */
  int runToEnd(
      int container,
      CallerStreams streams,
      String program,
      @Nullable Integer seconds,
      String what) {
    run(container, streams, true, master -> {}, program);
    return HookRunner.await(helper.session(), ours.get(0), seconds, what);
  }

  private long run(
      int container,
      CallerStreams streams,
      boolean keyring,
      IntConsumer terminal,
      @Nullable String program) {
    HostLabels.require(performer, request.process());
    SegmentBuilder hide = Segment.builder();
    hide.syscall(Wire.SYS_PRCTL, Value.of(Linux.PR_SET_DUMPABLE), Value.of(0));
    helper.session().call(hide.build()).orThrow("hide a helper from ptrace");
    ProcessEntry.join(helper.session(), request, container);
    Monitors.Child child =
        Monitors.spawn(
            helper.session(),
            new Monitors.Birth(
                null, List.of(), Linux.CLONE_CLEAR_SIGHAND, request.cgroup().directory(), -1),
            "start a process in container " + request.id());
    ours.add(child.pidfd());
    try (Session session = new Session(performer, child.socket(), "process")) {
      ProcessEntry entry = ProcessEntry.look(session, request, container);
      FinalPlan.Connection connection =
          new FinalPlan.Connection(streams.in(), streams.out(), streams.err(), -1, false);
      boolean hasTerminal = entry.master() >= 0;
      if (hasTerminal) {
        ours.add(entry.master());
        ours.add(entry.shared());
        connection = new FinalPlan.Connection(-1, -1, -1, entry.slave(), true);
        terminal.accept(entry.master());
      }
      SeccompListener listener = request.seccomp().listener();
      SeccompListener.Connected connected =
          listener == null ? null : listener.connect(performer, child.pid());
      if (connected != null) {
        ours.add(connected.socket());
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
              -1,
              false,
              new FinalPlan.Wishes(-1, streams.passed(), keyring, hasTerminal, program, connected));
      last.perform(session);
    }
    return child.pid();
  }

  /** Lets the process live: it is the caller's child from here on. */
  public void release() {
    helper.release();
  }

  @Override
  public void close() {
    new FileWorker(performer).close(ours);
    ours.clear();
    helper.close();
  }
}
