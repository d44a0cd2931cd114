package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a {@link StateDirectory}: {@code snapshots/ID} with {@code layer}, which
 * containers have among their layers, and {@code snapshot.json}, without which it is not finished.
 *
 * <p>A snapshot takes what a container changed, and the container stands on it from then on. In
 * between there are at each moment the same files in the container: first the snapshot is an empty
 * layer below, then the two directories change places.
 */
final class SnapshotStore {
  private static final String RECORD = "/snapshot.json";
  private static final String LAYER = "/layer";
  private static final String GONE = ".gone-";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long OLD = 60;

  private final Workbench bench;
  private final FileWorker files;
  private final StateDirectory state;
  private final ContainerLocks locks;

  SnapshotStore(Workbench bench) {
    this.bench = bench;
    this.files = bench.files();
    this.state = bench.directory();
    this.locks = new ContainerLocks(files, PATIENCE);
  }

  /** The name by which {@link Owners} know a snapshot. */
  static String ownedName(String id) {
    return "snapshot-" + id;
  }

  /** The id of a snapshot from its name among what is owned. */
  static Optional<String> ofOwnedName(String name) {
    String prefix = ownedName("");
    return name.startsWith(prefix)
        ? Optional.of(name.substring(prefix.length()))
        : Optional.empty();
  }

  /** Makes one of a container that does not run; the caller holds the container's lock. */
  SnapshotRecord make(ContainerLock container, ContainerRecord record) {
    String id = ContainerIds.random(files);
    String directory = state.snapshot(id);
    List<String> layers = new ArrayList<>();
    layers.add(directory + LAYER);
    layers.addAll(record.layers());
    SnapshotRecord snapshot =
        new SnapshotRecord(
            id,
            bench.engine().now(),
            record.spec(),
            record.imageId(),
            record.imageConfig(),
            layers,
            record.owner());
    String owner = record.owner();
    if (owner != null) {
      new Owners(bench).link(owner, ownedName(id), directory);
    }
    files.makeDirectories(FileWorker.HOST, directory, 0700);
    ContainerRecord standing = record.on(layers);
    boolean begun = false;
    try (ContainerLock _ = locks.create(id, directory)) {
      if (owner != null) {
        write(directory + "/" + Owners.PLAN, CleanupPlan.ofOrphan(state, snapshot), false);
      }
      String upper = ContainerTree.upper(bench, record);
      UpperLayer.makeLike(files, upper, directory + LAYER);
      boolean lasting = owner == null;
      bench.containers().write(container, standing, lasting);
      begun = true;
      UpperLayer.exchange(files, upper, directory + LAYER);
      write(directory + RECORD, snapshot.encode(), lasting);
    } finally {
      if (!begun) {
        delete(snapshot.id(), owner);
      }
    }
    return snapshot;
  }

  private void write(String path, byte[] content, boolean durable) {
    files.replace(FileWorker.HOST, path, content, 0600, durable);
  }

  /**
   * Locks a snapshot, so that it is not removed.
   *
   * @throws MydockerException NOT_FOUND if it is gone
   */
  ContainerLock lock(String id) {
    if (files.status(FileWorker.HOST, state.snapshot(id) + RECORD).isEmpty()) {
      throw missing(id);
    }
    return locks.lock(id, state.snapshot(id));
  }

  /**
   * Reads what is kept of a snapshot.
   *
   * @throws MydockerException NOT_FOUND if there is no such snapshot
   */
  SnapshotRecord read(String id) {
    String path = state.snapshot(id) + RECORD;
    return files
        .readIfThere(FileWorker.HOST, path)
        .map(json -> SnapshotRecord.parse(json, path))
        .orElseThrow(() -> missing(id));
  }

  private static MydockerException missing(String id) {
    return MydockerException.of(
        Category.NOT_FOUND, "find snapshot", ContainerIds.shortId(id), "no such snapshot");
  }

  /** All snapshots, oldest first. What a crash has left of others goes. */
  List<SnapshotRecord> list() {
    List<SnapshotRecord> found = new ArrayList<>();
    for (String name : names()) {
      if (ContainerIds.isId(name)
          && files.status(FileWorker.HOST, state.snapshot(name) + RECORD).isPresent()) {
        found.add(read(name));
      } else {
        sweep(name);
      }
    }
    found.sort((a, b) -> Long.compare(a.created(), b.created()));
    return found;
  }

  private List<String> names() {
    int directory;
    try {
      directory =
          files.open(FileWorker.HOST, state.snapshots(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT) {
        return List.of();
      }
      throw e;
    }
    try {
      return files.list(directory).stream().map(FileWorker.Entry::name).toList();
    } finally {
      files.close(directory);
    }
  }

  /** All snapshots that are finished; nothing is changed. */
  List<SnapshotRecord> peek() {
    List<SnapshotRecord> found = new ArrayList<>();
    for (String name : names()) {
      if (ContainerIds.isId(name)) {
        files
            .readIfThere(FileWorker.HOST, state.snapshot(name) + RECORD)
            .map(json -> SnapshotRecord.parse(json, state.snapshot(name) + RECORD))
            .ifPresent(found::add);
      }
    }
    return found;
  }

  /** The names of what a crash has left of snapshots; nothing of them is changed. */
  List<String> leftovers() {
    return names().stream().filter(this::isLeftover).toList();
  }

  /** Removes one of {@link #leftovers}; false if it is none any more. */
  boolean sweep(String name) {
    boolean left = isLeftover(name);
    if (left) {
      files.deleteTree(FileWorker.HOST, state.snapshots() + "/" + name);
    }
    return left;
  }

  /** An unfinished one may be what a container stands on: then it is an empty layer, and stays. */
  private boolean isLeftover(String name) {
    String path = state.snapshots() + "/" + name;
    if (ContainerIds.isId(name) && files.status(FileWorker.HOST, path + RECORD).isPresent()) {
      return false;
    }
    Optional<FileStatus> status = files.status(FileWorker.HOST, path);
    return status.isPresent()
        && status.get().modifiedSeconds() < Timestamp.now() / Timestamp.SECOND - OLD
        && !locks.isHeld(path)
        && users(path + LAYER).isEmpty();
  }

  /** The names of those who have a directory among their layers. */
  private List<String> users(String layer) {
    List<String> users = new ArrayList<>();
    for (ContainerRecord record : bench.containers().list().records()) {
      if (record.layers().contains(layer)) {
        users.add("container " + record.name());
      }
    }
    for (String name : names()) {
      if (ContainerIds.isId(name) && !layer.equals(state.snapshot(name) + LAYER)) {
        String path = state.snapshot(name) + RECORD;
        files
            .readIfThere(FileWorker.HOST, path)
            .map(json -> SnapshotRecord.parse(json, path))
            .filter(record -> record.layers().contains(layer))
            .ifPresent(record -> users.add("snapshot " + record.shortId()));
      }
    }
    return users;
  }

  /**
   * Removes a snapshot.
   *
   * @throws MydockerException NOT_FOUND if it is gone, CONFLICT if containers or snapshots stand on
   *     it
   */
  void remove(String id) {
    try (ContainerLock _ = lock(id)) {
      SnapshotRecord record = read(id);
      List<String> users = users(state.snapshot(id) + LAYER);
      if (!users.isEmpty()) {
        throw MydockerException.of(
            Category.CONFLICT,
            "remove snapshot",
            record.shortId(),
            String.join(", ", users) + " use it",
            "remove them first");
      }
      delete(id, record.owner());
    }
  }

  /** Removes what is there of a snapshot whose containers have all gone, with their owner. */
  void delete(String id, @Nullable String owner) {
    String gone = state.snapshots() + "/" + GONE + id;
    try {
      files.rename(FileWorker.HOST, state.snapshot(id), FileWorker.HOST, gone);
    } catch (KernelException e) {
      if (e.error() != Errno.ENOENT) {
        throw e;
      }
    }
    files.deleteTree(FileWorker.HOST, gone);
    if (owner != null) {
      new Owners(bench).unlink(owner, ownedName(id));
    }
  }
}
