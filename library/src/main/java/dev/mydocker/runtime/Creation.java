package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Creates one container for the caller of an OCI runtime: up to where only its start is missing.
 *
 * <pre>
 *   create                        helper                        init
 *     | start -------------------> serves segments
 *     | spawn -------------------> clone3 -----------------------> serves segments
 *     | setup plan -----------------------------------------------> cgroups, mounts, pivot
 *     | last plan ------------------------------------------------> user, capabilities, PATH
 *     | <---------------------------------------------- report: created, or what failed
 *     | (the caller writes its state down)
 *     | dismiss -----------------> ends: init is the caller's child   accept4
 *   start                                                            |
 *     | connect ----------------------------------------------------> seccomp, execve
 *     | <------------------------------------------------ end of file, or what failed
 * </pre>
 *
 * <p>Should we die before the end, the helper kills init and cleans up.
 */
public final class Creation implements AutoCloseable {
  private final Performer performer;
  private final LaunchRequest request;
  private final List<Integer> ours = new ArrayList<>();
  private final HelperChild helper;
  private @Nullable InitSetup setup;
  private int master = -1;

  /**
   * Starts the helper.
   *
   * @throws MydockerException if it cannot be started
   */
  public Creation(Performer performer, LaunchRequest request) {
    this.performer = performer;
    this.request = request;
    this.helper = new HelperChild(performer);
  }

  /**
   * Makes the container's process, which waits then for its start.
   *
   * @param directory the container's directory, whose cleanup.plan is performed should we end early
   * @param gate a listening socket, on which the process waits
   * @param streams the caller's, for a process without a terminal
   * @param keyring whether the process gets a session keyring of its own
   * @return how to read what it says when it is started
   * @throws MydockerException the step that failed; a command that cannot be executed is among them
   */
  public StartReport create(int directory, int gate, CallerStreams streams, boolean keyring) {
    InitSetup init = new InitSetup(performer, request, helper.session(), helper.pid(), ours);
    setup = init;
    try {
      init.begin(directory);
      Long _ = init.perform(pid -> pid);
    } finally {
      init.settle();
    }
    FinalPlan.Connection connection =
        new FinalPlan.Connection(streams.in(), streams.out(), streams.err(), -1, false);
    boolean terminal = Specs.process(request.spec()).terminal();
    if (terminal) {
      InitSetup.Terminal made = init.terminal();
      master = made.master();
      connection = new FinalPlan.Connection(-1, -1, -1, made.own(), true);
    }
    SeccompListener listener = request.seccomp().listener();
    SeccompListener.Connected connected =
        listener == null ? null : listener.connect(performer, init.child().pid());
    if (connected != null) {
      ours.add(connected.socket());
    }
    FinalPlan last =
        new FinalPlan(
            request.id(),
            Specs.process(request.spec()),
            Specs.linux(request.spec()),
            request.user(),
            init.accounts(),
            connection,
            request.seccomp(),
            -1,
            false,
            new FinalPlan.Wishes(gate, streams.passed(), keyring, terminal, null, connected));
    Session session = init.session();
    if (session == null) {
      throw new IllegalStateException("not set up");
    }
    session.send(last.plan().segment());
    Optional<Reply> report = session.receiveReport(last.plan().segment());
    if (report.isEmpty()) {
      throw new KernelException("create container " + request.id(), Errno.ECONNRESET);
    }
    if (!report.get().isPartial()) {
      throw last.failure(report.get());
    }
    return last.startReport();
  }

  /** The process id of init, as we see it. */
  public long pid() {
    return setup == null ? -1 : setup.child().pid();
  }

  /** Our descriptor of init (pidfd_open(2)), valid until this is closed. */
  public int pidfd() {
    return setup == null ? -1 : setup.child().pidfd();
  }

  /** Our descriptor of the terminal's master, valid until this is closed; -1 without a terminal. */
  public int master() {
    return master;
  }

  /** Lets the container live: from here on it is the caller's child, and nobody guards it. */
  public void release() {
    helper.release();
  }

  /**
   * Leaves the guard of the container to whatever program this process becomes.
   *
   * @return a descriptor of the guard: it ends the container, and cleans up, once that is closed
   *     without a word
   */
  public int handOver() {
    return helper.handOver();
  }

  /** Closes our descriptors. A container that was not released ends, and is cleaned up behind. */
  @Override
  public void close() {
    Session session = setup == null ? null : setup.session();
    if (session != null) {
      session.addClose(ours);
    }
    new FileWorker(performer).close(ours);
    ours.clear();
    helper.close();
  }
}
