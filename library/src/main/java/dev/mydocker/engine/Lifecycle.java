package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.SignalNames;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What happens to one container between its creation and its removal. */
final class Lifecycle {
  private static final int REMOVALS = 5;
  private static final Duration MONITOR_PATIENCE = Duration.ofSeconds(5);

  private final Workbench bench;
  private final String id;
  private final ContainerStore.@Nullable Known known;

  Lifecycle(Workbench bench, String id) {
    this(bench, id, null);
  }

  /**
   * @param known its record as the caller has seen it before, if it has
   */
  Lifecycle(Workbench bench, String id, ContainerStore.@Nullable Known known) {
    this.bench = bench;
    this.id = id;
    this.known = known;
  }

  /** Starts it; nothing if it runs already, or if no connection was asked for. */
  Optional<Attachment> start(boolean attached) {
    ContainerLock lock = bench.containers().lock(id);
    int[] pair = {-1, -1};
    boolean done = false;
    try {
      ContainerRecord record = bench.containers().read(id, known);
      String name = record.name();
      Status status = bench.observer().status(record);
      if (status == Status.PAUSED) {
        throw MydockerException.of(
            Category.CONFLICT,
            "start container",
            record.name(),
            "it is paused",
            "unpause it: mydocker unpause " + record.name());
      }
      if (status.isAlive()) {
        done = true;
        return Optional.empty();
      }
      // One with --rm has ended for good: its monitor waits for this lock to remove it.
      boolean over = record.spec().removeOnExit() && record.run() != null && record.exit() != null;
      if (over || bench.observer().lostItsMonitor(record)) {
        record =
            new Adopter(bench)
                .finish(lock, record)
                .orElseThrow(() -> ContainerStore.noSuchContainer(name));
      }
      bench.containers().linkRun(record);
      if (attached) {
        pair = MonitorConnection.pair(bench.performer());
      }
      start(record, lock, pair);
      done = true;
      if (!attached) {
        return Optional.empty();
      }
      bench.files().close(pair[1]);
      return Optional.of(
          new Attachment(
              bench,
              new MonitorConnection(bench.performer(), pair[0]),
              record.name(),
              record.spec().process().terminal()));
    } finally {
      lock.close();
      if (!done) {
        close(pair);
      }
    }
  }

  private void close(int[] pair) {
    for (int i = 0; i < pair.length; i++) {
      if (pair[i] >= 0) {
        bench.files().close(pair[i]);
        pair[i] = -1;
      }
    }
  }

  /** Starts it with a lock that is held, and is closed on the way. */
  void start(ContainerRecord record, ContainerLock lock) {
    start(record, lock, new int[] {-1, -1});
  }

  private void start(ContainerRecord record, ContainerLock lock, int[] pair) {
    try {
      new Starter(bench, record).start(lock, pair[1]);
    } catch (MydockerException e) {
      try {
        // The monitor, which is waited for, would wait for its client to take the end.
        close(pair);
        recordFailure(record, e);
      } catch (MydockerException unrecorded) {
        // With --rm its monitor has removed it.
        if (unrecorded.category() != Category.NOT_FOUND) {
          e.addSuppressed(unrecorded);
        }
      }
      throw e;
    }
  }

  /**
   * Says of a container whose command could not be executed why; its monitor saw only a process
   * that was killed. Where it had not come as far as a process, nothing says that it was tried.
   */
  private void recordFailure(ContainerRecord before, MydockerException why) {
    ContainerRecord tried = bench.containers().read(id);
    RunRecord run = tried.run();
    if (run == null || isSame(run, before.run())) {
      return;
    }
    awaitMonitor(tried, Optional.empty());
    int code =
        switch (why.category()) {
          case COMMAND_NOT_FOUND -> 127;
          case NOT_EXECUTABLE -> 126;
          default -> 128;
        };
    try (ContainerLock lock = bench.containers().lock(id)) {
      ContainerRecord now = bench.containers().read(id);
      if (!isSame(run, now.run())) {
        return;
      }
      bench.containers().clearExit(lock);
      ExitRecord end =
          new ExitRecord(code, 0, bench.engine().now(), false, String.valueOf(why.getMessage()));
      bench.containers().write(lock, now.notStarted(before.run(), end), false);
    }
  }

  private static boolean isSame(RunRecord run, @Nullable RunRecord other) {
    return other != null
        && run.started() == other.started()
        && run.init().pid() == other.init().pid();
  }

  Attachment attach() {
    ContainerRecord record = bench.read(id);
    Status status = bench.observer().status(record);
    if (status == Status.PAUSED) {
      throw MydockerException.of(
          Category.CONFLICT,
          "attach to container",
          record.name(),
          "it is paused",
          "unpause it: mydocker unpause " + record.name());
    }
    if (status != Status.RUNNING) {
      throw LastOutput.in(Engine.notRunning("attach to", record), bench, record);
    }
    MonitorConnection connection =
        connect()
            .or(this::connectToNext)
            .orElseThrow(
                () ->
                    MydockerException.of(
                        Category.CONFLICT,
                        "attach to container",
                        record.name(),
                        "its monitor is gone"));
    return new Attachment(bench, connection, record.name(), record.spec().process().terminal());
  }

  Optional<Attachment> watch() {
    ContainerRecord record = bench.read(id);
    Optional<MonitorConnection> monitor =
        record.run() == null || record.exit() != null ? Optional.empty() : connect();
    if (monitor.isPresent()) {
      monitor.get().hello(0);
      if (!monitor.get().isWelcome()) {
        monitor.get().close();
        return Optional.empty();
      }
    }
    return monitor.map(connection -> new Attachment(bench, connection, record.name(), false));
  }

  private Optional<MonitorConnection> connect() {
    return MonitorConnection.connect(bench.performer(), bench.runDirectory(id));
  }

  /** Somebody may be about to give the container another monitor, and holds its lock for that. */
  private Optional<MonitorConnection> connectToNext() {
    bench.containers().lock(id).close();
    return connect();
  }

  void kill(int signal) {
    ContainerRecord record = bench.read(id);
    try (InitProcess init = init(record).orElseThrow(() -> Engine.notRunning("kill", record))) {
      if (!init.signal(signal)) {
        throw Engine.notRunning("kill", record);
      }
      EventLog.append(bench, Event.Action.KILL, record, Integer.toString(signal));
      RunRecord run = record.run();
      if (signal == Linux.SIGKILL && run != null) {
        // A frozen process on v1 dies only once it is thawed.
        bench.cgroup(run).thaw();
        new StuckHelpers(bench.files()).awaitKilled(init, run, Duration.ofSeconds(1));
        StuckHelpers.wakeMonitor(bench.performer(), run);
      }
    }
  }

  private Optional<InitProcess> init(ContainerRecord record) {
    RunRecord run = record.run();
    return run == null || record.exit() != null
        ? Optional.empty()
        : InitProcess.open(bench.performer(), run);
  }

  /** Sends the stop signal, waits, kills, and waits for the monitor's work to be done. */
  void stop(Optional<Duration> limit, OptionalInt signal) {
    ContainerRecord record = bench.read(id);
    Optional<InitProcess> opened = init(record);
    if (opened.isEmpty()) {
      return;
    }
    try (InitProcess init = opened.get()) {
      Optional<MonitorConnection> monitor = connect();
      monitor.ifPresent(connection -> connection.hello(0));
      if (bench.observer().status(record) == Status.PAUSED) {
        cgroup(record).thaw();
      }
      markStopped(record);
      Optional<CleanupReport> report =
          bench.performer().explains() ? CleanupReport.prepare(bench, record) : Optional.empty();
      int number = signal.orElseGet(() -> stopSignal(record));
      init.signal(number);
      EventLog.append(bench, Event.Action.KILL, record, Integer.toString(number));
      Duration own = record.process().stopTimeout();
      if (!init.await(limit.orElse(own == null ? Container.STOP_TIMEOUT : own))) {
        // The process first: it is known then that it is ended, and not held still.
        init.signal(Linux.SIGKILL);
        cgroup(record).kill();
        awaitKilled(init, record);
      }
      awaitMonitor(record, monitor);
      EventLog.append(bench, Event.Action.STOP, record);
      if (report.isPresent()) {
        report.get().tell();
      }
    }
  }

  private void awaitKilled(InitProcess init, ContainerRecord record) {
    RunRecord run = record.run();
    if (run != null) {
      new StuckHelpers(bench.files()).awaitKilled(init, run, Duration.ofSeconds(-1));
    }
  }

  private static int stopSignal(ContainerRecord record) {
    String name = record.process().stopSignal();
    if (name == null) {
      return Linux.SIGTERM;
    }
    return SignalNames.number(name)
        .orElseThrow(
            () -> MydockerException.of(Category.INVALID, "stop", "", "unknown signal " + name));
  }

  /** Readers of config.json see "stopped" where a person stopped it. */
  private void markStopped(ContainerRecord record) {
    if (record.spec().removeOnExit()) {
      return;
    }
    try (ContainerLock lock = bench.containers().lock(id)) {
      bench.containers().writeFile(lock, "config.exited.json", record.stopped().encode(), false);
    } catch (MydockerException e) {
      // A disk that is full or read-only: stopping it matters more, and they will see "exited".
      if (e.category() != Category.RESOURCE) {
        throw e;
      }
    }
  }

  /**
   * Waits until the monitor has recorded the end, cleaned up and gone. While it does, it may have
   * no place left for a client, so its own end counts. One that somebody stopped goes on; one that
   * does not come to its end all the same is killed, and its work done by us.
   */
  private void awaitMonitor(ContainerRecord record, Optional<MonitorConnection> monitor) {
    RunRecord run = record.run();
    if (run != null) {
      StuckHelpers.wakeMonitor(bench.performer(), run);
    }
    if (monitor.isPresent()) {
      try (MonitorConnection connection = monitor.get()) {
        connection.awaitExit(Deadline.in("wait for a monitor", MONITOR_PATIENCE));
      }
    }
    Optional<InitProcess> process =
        run == null ? Optional.empty() : InitProcess.openMonitor(bench.performer(), run);
    if (process.isPresent()) {
      try (InitProcess opened = process.get()) {
        if (!opened.await(MONITOR_PATIENCE)) {
          // It waits for the command that started the container, and that does not go on.
          opened.signal(Linux.SIGKILL);
          opened.await(MONITOR_PATIENCE);
          bench.observer().tended(record);
        }
      }
    }
  }

  private ContainerCgroup cgroup(ContainerRecord record) {
    RunRecord run = record.run();
    if (run == null) {
      throw Engine.notRunning("find the cgroup of", record);
    }
    return bench.cgroup(run);
  }

  void pause() {
    ContainerRecord record = bench.read(id);
    Status status = bench.observer().status(record);
    if (status == Status.PAUSED) {
      throw MydockerException.of(
          Category.CONFLICT, "pause container", record.name(), "it is already paused");
    }
    if (status != Status.RUNNING) {
      throw Engine.notRunning("pause", record);
    }
    if (!cgroup(record).freeze()) {
      throw Engine.notRunning("pause", record);
    }
    EventLog.append(bench, Event.Action.PAUSE, record);
  }

  void unpause() {
    ContainerRecord record = bench.read(id);
    if (bench.observer().status(record) != Status.PAUSED) {
      throw MydockerException.of(
          Category.CONFLICT, "unpause container", record.name(), "it is not paused");
    }
    if (!cgroup(record).thaw()) {
      throw Engine.notRunning("unpause", record);
    }
    EventLog.append(bench, Event.Action.UNPAUSE, record);
  }

  Exit await(Deadline deadline) {
    Optional<MonitorConnection> monitor = connect();
    if (monitor.isPresent()) {
      try (MonitorConnection connection = monitor.get()) {
        connection.hello(0);
        Optional<Exit> exit = connection.awaitExit(deadline);
        if (exit.isPresent()) {
          return exit.get();
        }
        deadline.check();
      }
    }
    ExitRecord end;
    try (EndWatch watch = new EndWatch(bench, id)) {
      end = watch.await(deadline);
    }
    return end.code() < 0
        ? new Exit.Unknown(end.problem() == null ? "nobody saw its end" : end.problem())
        : Exit.of(end.code(), end.signal());
  }

  void remove(boolean force) {
    int attempts = force ? REMOVALS : 1;
    while (!tryToRemove(force, --attempts > 0)) {
      // It was started between its end and our lock.
    }
  }

  /**
   * @param again whether to come back with false, rather than to fail, for one that runs again
   */
  private boolean tryToRemove(boolean force, boolean again) {
    ContainerRecord record = readOrForget(force);
    if (record == null) {
      return true;
    }
    if (bench.observer().status(record).isAlive()) {
      if (!force) {
        throw MydockerException.of(
            Category.CONFLICT,
            "remove container",
            record.name(),
            "container is running: stop the container before removing or force remove",
            "mydocker stop " + record.name() + ", or mydocker rm -f " + record.name());
      }
      kill(record);
    }
    try (ContainerLock lock = bench.containers().lock(id)) {
      ContainerRecord now = bench.containers().read(id);
      if (bench.observer().status(now).isAlive()) {
        if (again) {
          return false;
        }
        throw MydockerException.of(
            Category.CONFLICT,
            "remove container",
            record.name(),
            "it was started meanwhile",
            "try again");
      }
      cleanUpBehind(now);
      bench.containers().remove(lock);
      EventLog.append(bench, Event.Action.DESTROY, now);
      String owner = now.owner();
      if (owner != null) {
        new Owners(bench).unlink(owner, id);
      }
    } catch (MydockerException e) {
      // --rm: the monitor was faster.
      if (!record.spec().removeOnExit() || e.category() != Category.NOT_FOUND) {
        throw e;
      }
    }
    if (record.spec().rootfs() != null && record.imageId() != null) {
      new RootfsArchive(bench).sweep();
    }
    return true;
  }

  /** A container whose record is damaged can be removed by force all the same; null then. */
  private @Nullable ContainerRecord readOrForget(boolean force) {
    try {
      // One that lost its monitor and was to be removed at its end is gone by this, as asked for.
      return bench.observer().tended(bench.containers().read(id)).orElse(null);
    } catch (MydockerException e) {
      if (!force || e.category() == Category.NOT_FOUND) {
        throw e;
      }
      new DamagedContainer(bench, id).remove();
      return null;
    }
  }

  /** Ends it at once, and waits for its monitor's work to be done; false if it did not run. */
  boolean kill(ContainerRecord record) {
    if (!bench.observer().status(record).isAlive()) {
      return false;
    }
    Optional<MonitorConnection> monitor = connect();
    monitor.ifPresent(connection -> connection.hello(0));
    ContainerCgroup cgroup = cgroup(record);
    Optional<InitProcess> init = init(record);
    if (init.isPresent()) {
      try (InitProcess process = init.get()) {
        process.signal(Linux.SIGKILL);
        cgroup.kill();
        awaitKilled(process, record);
      }
    }
    awaitMonitor(record, monitor);
    return true;
  }

  /** What the monitor would have removed, had it not been killed, or its start been interrupted. */
  private void cleanUpBehind(ContainerRecord record) {
    if (bench.files().status(FileWorker.HOST, bench.runDirectory(id)).isPresent()) {
      new Adopter(bench).cleanUp(record);
      bench.files().deleteTree(FileWorker.HOST, bench.runDirectory(id));
    }
  }
}
