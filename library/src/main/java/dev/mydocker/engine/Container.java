package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.Image;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A container of an engine, by its id; whether it is still there shows when it is used. */
public final class Container {
  /** Docker's time between the stop signal and SIGKILL. */
  public static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  private final Engine engine;
  private final String id;

  /** What this was made with, until its first start, which need not read it again then. */
  private volatile ContainerStore.@Nullable Known known;

  Container(Engine engine, String id) {
    this.engine = engine;
    this.id = id;
  }

  /** One that has just been made. */
  Container(Engine engine, ContainerStore.Known known) {
    this(engine, known.record().id());
    this.known = known;
  }

  /** The container's id, 64 hexadecimal digits. */
  public String id() {
    return id;
  }

  /**
   * What it is now.
   *
   * @throws MydockerException NOT_FOUND if it has been removed
   */
  public ContainerInfo info() {
    try (Workbench bench = engine.bench()) {
      return bench.observer().info(bench.read(id), engine.directory().container(id));
    }
  }

  /**
   * The OCI runtime specification of its last start, as JSON: {@code bundle/config.json} with the
   * default seccomp profile, which that leaves out.
   *
   * @throws MydockerException CONFLICT if it was never started
   */
  public String ociSpecification() {
    try (Workbench bench = engine.bench()) {
      return WholeSpecification.of(bench, id);
    }
  }

  /** How much its files take; walks through all files that it changed. */
  public DiskUsage diskUsage() {
    try (Workbench bench = engine.bench()) {
      ContainerRecord record = bench.containers().read(id);
      long writable = TreeSize.of(bench.files(), engine.directory().container(id) + "/upper");
      String image = record.imageId();
      String rootfs = record.spec().rootfs();
      long below =
          image != null
              ? bench.images().find(image).map(Image::size).orElse(0L)
              : rootfs == null ? 0 : TreeSize.of(bench.files(), rootfs);
      return new DiskUsage(writable, writable + below);
    }
  }

  /** Starts it; returns once its command executes. It is no error if it runs already. */
  public void start() {
    start(false);
  }

  /** Starts it with a connection to its standard streams. */
  public Attachment startAttached() {
    return start(true)
        .orElseThrow(
            () ->
                MydockerException.of(Category.CONFLICT, "start container", id, "it runs already"));
  }

  private Optional<Attachment> start(boolean attached) {
    Workbench bench = engine.bench();
    boolean handedOver = false;
    try {
      Optional<Attachment> attachment = startWith(bench, attached);
      handedOver = attachment.isPresent();
      return attachment;
    } finally {
      if (!handedOver) {
        bench.close();
      }
    }
  }

  /**
   * Starts a container that was made for this; nothing is left of it if that fails.
   *
   * @param bench is the attachment's from here on, if there is one
   */
  Optional<Attachment> startOrRemove(Workbench bench, boolean attached) {
    try {
      return startWith(bench, attached);
    } catch (MydockerException e) {
      removeAfter(e, () -> this);
      throw e;
    }
  }

  /** Removes what failed, also in a thread that is interrupted: it could talk to nobody else. */
  static void removeAfter(MydockerException failure, Supplier<Container> made) {
    boolean interrupted = Thread.interrupted();
    try {
      made.get().remove(true);
    } catch (MydockerException left) {
      // With --rm its monitor may have removed it already.
      if (left.category() != Category.NOT_FOUND) {
        failure.addSuppressed(left);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Optional<Attachment> startWith(Workbench bench, boolean attached) {
    ContainerStore.Known made = known;
    known = null;
    return new Lifecycle(bench, id, made).start(attached);
  }

  /** Connects to the standard streams of its first process. */
  public Attachment attach() {
    Workbench bench = engine.bench();
    boolean connected = false;
    try {
      Attachment attachment = new Lifecycle(bench, id).attach();
      connected = true;
      return attachment;
    } finally {
      if (!connected) {
        bench.close();
      }
    }
  }

  /**
   * Stops it: its stop signal, and SIGKILL when the time is over. Returns when it has ended and is
   * cleaned up. It is no error if it does not run.
   *
   * @param limit how long to wait; negative is for ever
   */
  public void stop(Duration limit) {
    try (Workbench bench = engine.bench()) {
      new Lifecycle(bench, id).stop(Optional.of(limit), OptionalInt.empty());
    }
  }

  /**
   * Stops it with a signal of the caller's choice, and SIGKILL when the time is over.
   *
   * @param limit how long to wait; negative is for ever
   * @param signal the number of the signal
   */
  public void stop(Duration limit, int signal) {
    try (Workbench bench = engine.bench()) {
      new Lifecycle(bench, id).stop(Optional.of(limit), OptionalInt.of(signal));
    }
  }

  /** Stops it within the time that its specification gives, or {@link #STOP_TIMEOUT}. */
  public void stop() {
    try (Workbench bench = engine.bench()) {
      new Lifecycle(bench, id).stop(Optional.empty(), OptionalInt.empty());
    }
  }

  /**
   * Sends a signal to its first process.
   *
   * @throws MydockerException CONFLICT if it does not run
   */
  public void kill(int signal) {
    try (Workbench bench = engine.bench()) {
      new Lifecycle(bench, id).kill(signal);
    }
  }

  /** Holds all its processes still. */
  public void pause() {
    try (Workbench bench = engine.bench()) {
      new Lifecycle(bench, id).pause();
    }
  }

  /** Lets its processes go on. */
  public void unpause() {
    try (Workbench bench = engine.bench()) {
      new Lifecycle(bench, id).unpause();
    }
  }

  /** Waits until it does not run any more; at once if it does not. */
  public Exit await() {
    try (Workbench bench = engine.bench()) {
      return new Lifecycle(bench, id).await(Deadline.NEVER);
    }
  }

  /**
   * Waits until it does not run any more; at once if it does not.
   *
   * @throws MydockerException TIMEOUT if it does so still when the time is over
   */
  public Exit await(Duration limit) {
    try (Workbench bench = engine.bench()) {
      return new Lifecycle(bench, id)
          .await(Deadline.in("wait for the end of container " + name(bench), limit));
    }
  }

  /**
   * Waits until a line of its output fits, of those since its last start.
   *
   * @return that line
   * @throws MydockerException TIMEOUT if none does within the time; CONFLICT if it ends before
   */
  public LogLine awaitOutput(Predicate<LogLine> wanted, Duration limit) {
    try (Workbench bench = engine.bench()) {
      return new Waiting(bench, id).output(wanted, limit);
    }
  }

  /**
   * Waits until a command in it succeeds: it is run again and again.
   *
   * @param interval the time between the end of one and the beginning of the next
   * @throws MydockerException TIMEOUT if it does not within the time; CONFLICT if the container
   *     ends before; COMMAND_NOT_FOUND or NOT_EXECUTABLE if there is no such command
   */
  public void awaitHealthy(ExecSpec command, Duration interval, Duration limit) {
    try (Workbench bench = engine.bench()) {
      new Waiting(bench, id).healthy(this, command, interval, limit);
    }
  }

  /**
   * Returns the health check that its image gave it.
   *
   * @throws MydockerException CONFLICT if that has none
   */
  public HealthCheck healthCheck() {
    try (Workbench bench = engine.bench()) {
      return new HealthCheck(this, bench.read(id));
    }
  }

  private String name(Workbench bench) {
    return bench.containers().read(id).name();
  }

  /**
   * Connects to whoever waits for its end; nothing if it does not run, or if too many do that. For
   * {@link Attachment#become}, to wait without a JVM.
   */
  public Optional<Attachment> watch() {
    Workbench bench = engine.bench();
    boolean connected = false;
    try {
      Optional<Attachment> watching = new Lifecycle(bench, id).watch();
      connected = watching.isPresent();
      return watching;
    } finally {
      if (!connected) {
        bench.close();
      }
    }
  }

  /**
   * Gives it another name, whatever it is doing.
   *
   * @throws MydockerException INVALID if that is no name, or the one it has; CONFLICT in Docker's
   *     words if another container has it
   */
  public void rename(String name) {
    try (Workbench bench = engine.bench()) {
      new Renamer(bench, id).rename(name);
    }
  }

  /**
   * Removes it with its file system and the volumes that its image asked for; what was bound stays.
   *
   * @param force also if it runs: it is killed then
   * @throws MydockerException CONFLICT if it runs and {@code force} is not set
   */
  public void remove(boolean force) {
    try (Workbench bench = engine.bench()) {
      new Lifecycle(bench, id).remove(force);
    }
  }

  /**
   * Hands what it wrote, as far as the log has it, to {@code sink}: oldest first, rotated files
   * included.
   */
  public void logs(LogQuery query, Consumer<LogLine> sink) {
    try (Workbench bench = engine.bench();
        LogReader reader = logReader(bench, bench.read(id))) {
      reader.read(query, sink);
    }
  }

  /**
   * As {@link #logs}, and then becomes the log follower by execve(2), which goes on until the
   * container has ended. Only for a process that is the caller's own. Does not return where the
   * container runs; returns where it does not.
   *
   * @param flush called before this process is replaced
   * @param times whether each line begins with its time
   */
  public void followLogs(LogQuery query, Consumer<LogLine> sink, Runnable flush, boolean times) {
    Workbench bench = engine.bench();
    ContainerRecord record = bench.read(id);
    try (LogReader reader = logReader(bench, record)) {
      reader.read(query, sink);
      flush.run();
      FollowClient.become(bench, record, reader, query, times);
    }
  }

  /**
   * Its output, line by line with time and stream, as far as the log has it: oldest first, rotated
   * files included. A line comes as a whole, with the time of its beginning; one that is longer
   * than a mebibyte comes in pieces.
   *
   * @param follow whether the stream goes on with what it writes, until it ends; whoever reads then
   *     waits, and may be interrupted
   * @return a stream that has files open: close it
   */
  public Stream<LogLine> output(LogQuery query, boolean follow) {
    return LogFollower.stream(engine, id, query, follow);
  }

  private static LogReader logReader(Workbench bench, ContainerRecord record) {
    return new LogReader(bench.files(), bench.directory().container(record.id()));
  }

  /** Runs another process in it to its end and collects its output. */
  public Output exec(String... command) {
    return exec(ExecSpec.of(command));
  }

  /** Runs another process in it to its end and collects its output. */
  public Output exec(ExecSpec spec) {
    return exec(spec, new byte[0]);
  }

  /**
   * Runs another process in it to its end with input, and collects its output. It is killed if this
   * thread is interrupted meanwhile.
   */
  public Output exec(ExecSpec spec, byte[] input) {
    try (Attachment attachment = exec(spec.interactive(input.length > 0), true)) {
      return attachment.communicate(input);
    }
  }

  /**
   * Runs another process in it to its end, with streams. A thread that is interrupted meanwhile
   * leaves with INTERRUPTED, and the process is killed, with its process group (before Linux 6.9:
   * without). So it is when its time is over, when a stream throws, and when this JVM ends.
   *
   * @return how it ended
   * @throws MydockerException TIMEOUT when its time was over, RESOURCE if a stream failed
   */
  public Exit exec(ExecSpec spec, ProcessIo io) {
    try (Attachment attachment = exec(spec.interactive(io.stdin() != null), true)) {
      return attachment.communicate(io, attachment::kill);
    }
  }

  /** Starts another process in it, with a connection to its standard streams. */
  public Attachment execAttached(ExecSpec spec) {
    return exec(spec, false);
  }

  private Attachment exec(ExecSpec spec, boolean bound) {
    Workbench bench = engine.bench();
    boolean started = false;
    try {
      Attachment attachment = new ExecStarter(bench, id).start(spec, true, bound).orElseThrow();
      started = true;
      return attachment;
    } finally {
      if (!started) {
        bench.close();
      }
    }
  }

  /** Starts another process in it and leaves it to itself. */
  public void execDetached(ExecSpec spec) {
    try (Workbench bench = engine.bench()) {
      new ExecStarter(bench, id).start(spec, false, false);
    }
  }

  /**
   * Keeps the files of its root file system as they are now, to come back to with {@link #reset},
   * and to make other containers of. Nothing is copied, however much it is: what this container has
   * changed becomes a layer, on which it stands from now on.
   *
   * @throws MydockerException CONFLICT if it runs
   */
  public Snapshot snapshot() {
    try (Workbench bench = engine.bench()) {
      return new Snapshot(engine, new Resetter(bench, id).snapshot());
    }
  }

  /**
   * Puts its root file system back to its last snapshot, or without one to its image. Where it
   * runs, it is killed first and started again, and this returns when its command executes. What it
   * has written meanwhile is removed in the background, so its size does not matter.
   *
   * <p>That is a matter of milliseconds for a container that is {@linkplain
   * ContainerSpec#ownedByThisProcess owned}. The kernel writes what another has changed to the disk
   * when it ends, before anything else can be done.
   *
   * @throws MydockerException INVALID if it is removed at its end
   */
  public void reset() {
    try (Workbench bench = engine.bench()) {
      new Resetter(bench, id).reset();
    }
  }

  /** Makes an image of it: its own image, and a layer of what it changed. */
  public ImageInfo commit(CommitOptions options) {
    try (Workbench bench = engine.bench()) {
      return new Committer(bench, id).commit(options);
    }
  }

  /**
   * Writes all of its root file system as a tar archive, as an image of it would have it.
   *
   * @param out takes the archive; it is flushed, not closed
   * @param pause whether its processes are held still meanwhile
   */
  public void commitArchive(OutputStream out, boolean pause) {
    try (Workbench bench = engine.bench()) {
      new Committer(bench, id).archive(out, pause);
    }
  }

  /**
   * Writes all of its root file system as a tar archive, whether it runs or not, while it goes on.
   * What is mounted in it is not part of that: volumes, /proc, /sys and /dev are empty directories.
   *
   * @param out takes the archive; it is flushed, not closed
   */
  public void export(OutputStream out) {
    try (Workbench bench = engine.bench()) {
      new Committer(bench, id).export(out);
    }
  }

  /**
   * Writes a file of it, or a directory and all in it, as a tar archive, whether it runs or not. A
   * path that ends in a slash or in {@code /.} gives what is in the directory, without its name;
   * otherwise a link is archived and not followed.
   *
   * @param path a path in the container; no link on it leads out of the container
   * @param tar takes the archive; it is flushed, not closed
   * @throws MydockerException NOT_FOUND if there is no such file
   */
  public void copyOut(String path, OutputStream tar) {
    try (Workbench bench = engine.bench()) {
      new Copier(bench, id).copyOut(path, tar);
    }
  }

  /**
   * Copies a file of it, or a directory and all in it, to the host: into {@code destination} if
   * that is a directory, else under that name.
   */
  public void copyOut(String path, Path destination) {
    try (Workbench bench = engine.bench()) {
      new Copier(bench, id).copyTo(path, destination.toAbsolutePath().toString());
    }
  }

  /**
   * Unpacks a tar archive, packed or not, in a directory of it, whether it runs or not; owners are
   * those of the archive. Nothing is written outside of the container, whatever the archive says,
   * and no directory is replaced by a file or a file by a directory.
   *
   * @param tar the archive, read to its end, not closed
   * @param directory a path in the container
   * @throws MydockerException NOT_FOUND if there is no such directory; CONFLICT if the container
   *     does not run, and something would be mounted there if it did
   */
  public void copyIn(InputStream tar, String directory) {
    try (Workbench bench = engine.bench()) {
      new Copier(bench, id).copyIn(tar, directory);
    }
  }

  /**
   * Copies a file of the host, or a directory and all in it, into it: into {@code destination} if
   * that is a directory, else under that name.
   */
  public void copyIn(Path source, String destination) {
    try (Workbench bench = engine.bench()) {
      new Copier(bench, id).copyFrom(source.toAbsolutePath().toString(), destination);
    }
  }
}
