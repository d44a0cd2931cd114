package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.CoProcess;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.InProcess;
import dev.mydocker.kernel.LocalZone;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A container engine on a state directory: no daemon, no state of its own beyond its files. Several
 * engines, in one process or many, may use one directory at the same time.
 *
 * <p>All methods block, may be called from any thread, virtual ones included, and throw {@link
 * MydockerException} with the operation, its object and the cause.
 */
public final class Engine implements AutoCloseable {
  private final StateDirectory directory;
  private final Map<String, String> environment;
  private final Performers performers;
  private final Performers plain;
  private final Notices notices;
  private final @Nullable Ownership ownership;
  private final Background background = new Background();

  /** Opens an engine whose performers are the caller's choice. */
  Engine(
      StateDirectory directory,
      Map<String, String> environment,
      Performers performers,
      Notices notices) {
    this(directory, environment, performers, performers, notices);
  }

  private Engine(
      StateDirectory directory,
      Map<String, String> environment,
      Performers performers,
      Performers plain,
      Notices notices) {
    this.directory = directory;
    this.environment = environment;
    this.performers = performers;
    this.plain = plain;
    this.notices = notices;
    this.ownership = performers.directory().map(Ownership::new).orElse(null);
  }

  /**
   * Opens the machine's engine, on /var/lib/mydocker, or where MYDOCKER_ROOT says. It works through
   * a co-process: no native code is loaded into this JVM.
   */
  public static Engine open() {
    return open(StateDirectory.of(System.getenv()));
  }

  /** Opens an engine on a state directory. */
  public static Engine open(StateDirectory directory) {
    return open(directory, System.getenv());
  }

  private static Engine open(StateDirectory directory, Map<String, String> environment) {
    Engine engine = new Engine(directory, environment, new CoProcesses(CoProcess.start()), _ -> {});
    boolean opened = false;
    try (Workbench bench = engine.bench()) {
      removeOrphans(bench);
      opened = true;
      return engine;
    } finally {
      if (!opened) {
        engine.close();
      }
    }
  }

  /**
   * Opens an engine in a process that is ours: it loads the bridge and works in the calling thread.
   *
   * @param home the directory with the bridge and the helper
   * @param notices hears what people may want to know: where an image comes from
   */
  public static Engine inProcess(Map<String, String> environment, String home, Notices notices) {
    InProcess performer = new InProcess(home);
    return new Engine(
        StateDirectory.of(environment),
        environment,
        new Performers() {
          @Override
          public Performer open() {
            return performer;
          }

          @Override
          public void close() {
            performer.close();
          }
        },
        notices);
  }

  /**
   * The same engine, which tells each step that it performs, in the order in which they are done:
   * how a container is made, and which step failed. What it tells is what runs, decoded; nothing is
   * described twice.
   *
   * @param steps takes a step when it is over, in the thread that called the engine
   */
  public Engine explaining(Consumer<ExplainedStep> steps) {
    StepWriter writer = new StepWriter(steps, false);
    return new Engine(
        directory, environment, new Explaining(performers, directory, writer), plain, notices);
  }

  /**
   * An engine that only tells what it would do: it looks at the machine, changes nothing, and takes
   * every step for done. The containers that it makes are known to it alone.
   *
   * @param steps takes a step when it would be over, without results and times
   */
  public Engine rehearsing(Consumer<ExplainedStep> steps) {
    StepWriter writer = new StepWriter(steps, true);
    PretendedFiles files = new PretendedFiles();
    return new Engine(
        directory,
        environment,
        new Explaining(new Rehearsing(performers, files), directory, writer),
        plain,
        notices);
  }

  /** Where this engine keeps things. */
  public StateDirectory directory() {
    return directory;
  }

  /** The images. */
  public Images images() {
    return new Images(this);
  }

  /** The registries. */
  public Registries registries() {
    return new Registries(this);
  }

  /**
   * Brings what such a container is made of, its image or its unpacked archive, unless it is here.
   *
   * @throws MydockerException NOT_FOUND if it is nowhere
   */
  public void prepare(ContainerSpec spec) {
    try (Workbench bench = bench()) {
      new Creator(bench).prepare(spec);
    }
  }

  /**
   * Makes a container without starting it.
   *
   * @throws MydockerException NOT_FOUND if there is no such image, CONFLICT if the name is taken
   */
  public Container create(ContainerSpec spec) {
    try (Workbench bench = bench()) {
      return new Container(this, new Creator(bench).create(spec));
    }
  }

  /**
   * Makes a container and starts it; returns once its command executes.
   *
   * @throws MydockerException COMMAND_NOT_FOUND or NOT_EXECUTABLE for the command; the container is
   *     removed again then
   */
  public Container start(ContainerSpec spec) {
    try (Turns.Turn _ = performers.turn();
        Workbench bench = bench()) {
      Container container = new Container(this, new Creator(bench).create(spec));
      container.startOrRemove(bench, false);
      return container;
    }
  }

  /**
   * Makes a container, starts it with a connection to its standard streams, which sees its output
   * from the first byte.
   */
  public Attachment startAttached(ContainerSpec spec) {
    Turns.Turn turn = performers.turn();
    Workbench bench = null;
    boolean handedOver = false;
    try {
      bench = bench();
      Container container = new Container(this, new Creator(bench).create(spec));
      Attachment attachment = container.startOrRemove(bench, true).orElseThrow();
      handedOver = true;
      return attachment;
    } finally {
      turn.close();
      if (!handedOver && bench != null) {
        bench.close();
      }
    }
  }

  /** Runs a container to its end, collects its output, and removes it. */
  public Output run(ContainerSpec spec) {
    return run(spec, new byte[0]);
  }

  /**
   * Runs a container to its end with input, collects its output, and removes it. It is removed at
   * once if this thread is interrupted meanwhile.
   */
  public Output run(ContainerSpec spec, byte[] input) {
    ContainerSpec once = spec.removeOnExit(true).interactive(input.length > 0);
    try (Attachment attachment = startAttached(once)) {
      try {
        return attachment.communicate(input);
      } catch (MydockerException e) {
        attachment.removeContainer(e);
        throw e;
      }
    }
  }

  /**
   * Finds a container by name, id, or the unambiguous beginning of its id.
   *
   * @throws MydockerException NOT_FOUND, or INVALID if more than one id begins so
   */
  public Container container(String nameOrId) {
    try (Workbench bench = bench()) {
      return new Container(this, bench.containers().resolve(nameOrId));
    }
  }

  /** All containers with what they are doing, newest first. */
  public List<ContainerInfo> list() {
    return list(_ -> {});
  }

  /**
   * All containers with what they are doing, newest first.
   *
   * @param problems takes what is wrong with those that cannot be read
   */
  public List<ContainerInfo> list(Consumer<MydockerException> problems) {
    try (Workbench bench = bench()) {
      removeOrphans(bench);
      return new ContainerList(bench, problems).take();
    }
  }

  /**
   * Listens to what happens to the containers of the state directory from now on, whoever does it.
   * To be closed.
   */
  public Events events() {
    Workbench bench = bench();
    boolean opened = false;
    try {
      Events events = new Events(bench);
      opened = true;
      return events;
    } finally {
      if (!opened) {
        bench.close();
      }
    }
  }

  /** All snapshots, oldest first. */
  public List<Snapshot> snapshots() {
    try (Workbench bench = bench()) {
      return new SnapshotStore(bench)
          .list().stream().map(record -> new Snapshot(this, record)).toList();
    }
  }

  /**
   * Finds a snapshot by its id.
   *
   * @throws MydockerException NOT_FOUND if there is none
   */
  public Snapshot snapshot(String id) {
    try (Workbench bench = bench()) {
      return new Snapshot(this, new SnapshotStore(bench).read(id));
    }
  }

  /** Measures how much of the disk images and containers take. Looks at each of their files. */
  public DiskUse diskUse() {
    List<ContainerInfo> containers = list();
    try (Workbench bench = bench()) {
      return new DiskMeter(bench).measure(containers);
    }
  }

  /**
   * Looks at the machine, the state directory and what was left behind in it. Changes nothing that
   * stays, and hides no finding behind another: what cannot be looked at is one as well.
   */
  public Diagnosis diagnose() {
    try (Workbench bench = bench()) {
      return new Doctor(bench).diagnose();
    }
  }

  /**
   * Removes what commands, monitors or a machine left behind when they were ended in the middle,
   * and records the end of containers where nobody could. It may run beside any other command: what
   * somebody works on, and what runs, is left alone.
   *
   * @return what was done and what could not be; nothing where nothing was left behind
   */
  public List<Repair> repair() {
    try (Workbench bench = bench()) {
      return new Doctor(bench).repair();
    }
  }

  /** Does something that nobody has to wait for but the engine's end. */
  void later(Consumer<Workbench> task) {
    background.run(this, task);
  }

  /** Removes the containers that this engine's process owns by it, and ends its co-process. */
  @Override
  public void close() {
    try {
      background.close();
      Ownership owned = ownership;
      if (owned != null) {
        owned.removeAll(this);
      }
    } finally {
      performers.close();
    }
  }

  /** What belonged to a process that was killed together with everything that could clean up. */
  static void removeOrphans(Workbench bench) {
    if (bench.files().status(FileWorker.HOST, bench.directory().owned()).isPresent()) {
      new Owners(bench).sweep();
    }
  }

  /** The name under which this engine owns containers. */
  String ownership(Workbench bench) {
    Ownership owned = ownership;
    if (owned == null) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "own a container",
          "",
          "this engine works without a co-process, which would clean up",
          "use Engine.open");
    }
    return owned.name(bench);
  }

  Workbench bench() {
    return new Workbench(this, performers.open());
  }

  String cgroupParent() {
    return environment.getOrDefault("MYDOCKER_CGROUP_PARENT", "mydocker");
  }

  LocalZone zone() {
    return LocalZone.of(environment);
  }

  long now() {
    return Timestamp.now();
  }

  void notice(String line) {
    notices.line(line);
  }

  Notices notices() {
    return notices;
  }

  /** The caller's variables. */
  Map<String, String> environment() {
    return environment;
  }

  /** A workbench whose steps are not told: those of a pull are as many as an image has files. */
  Workbench plainBench() {
    return new Workbench(this, plain.open());
  }

  static MydockerException notRunning(String what, ContainerRecord record) {
    return MydockerException.of(
        Category.CONFLICT,
        what + " container",
        record.name(),
        "it is not running",
        "start it first: mydocker start " + record.name());
  }
}
