package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The containers of a {@link StateDirectory}: one directory each.
 *
 * <p>A directory appears and disappears by rename(2), so that no reader sees a half of it: it is
 * filled as {@code .new-ID} and emptied as {@code .gone-ID}. What a crash leaves under these names
 * goes with the next listing or creation ({@link Leftovers}). A record is replaced by rename too;
 * reading needs no lock, changing needs the container's.
 */
final class ContainerStore {
  static final String RECORD = "config.json";
  static final String EXIT = "exit";
  static final String UNLOCKED = ".make-";
  static final String NEW = ".new-";
  static final String GONE = ".gone-";

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * What {@link #list} found.
   *
   * @param records those that can be read, newest first
   * @param problems one for each that cannot
   */
  record Listing(List<ContainerRecord> records, List<MydockerException> problems) {}

  /**
   * What is in the directory of containers.
   *
   * @param others whether there are also some that are half made or half removed
   */
  record Ids(List<String> ids, boolean others) {}

  /**
   * A record and the content of its file.
   *
   * @param json not a copy
   */
  record Known(ContainerRecord record, byte[] json) {}

  private final FileWorker files;
  private final StateDirectory state;
  private final ContainerLocks locks;
  private final NameLinks names;
  private final Leftovers leftovers;

  ContainerStore(FileWorker files, StateDirectory state) {
    this(files, state, PATIENCE);
  }

  ContainerStore(FileWorker files, StateDirectory state, Duration patience) {
    this.files = files;
    this.state = state;
    this.locks = new ContainerLocks(files, patience);
    this.names = new NameLinks(files, state, locks);
    this.leftovers = new Leftovers(files, state, locks);
  }

  /** Where this store is. */
  StateDirectory state() {
    return state;
  }

  /** The directory of a container. */
  String directory(String id) {
    return state.container(id);
  }

  /**
   * Begins a container: an empty directory that nobody sees yet, locked. It is for the caller to
   * fill it and to {@link NewContainer#publish} it, or to close it, which removes it.
   */
  NewContainer begin() {
    makeDirectories();
    leftovers.sweep();
    String id = ContainerIds.random(files);
    // Once it is called .new-ID it is locked, so that others can tell that somebody fills it.
    String unlocked = state.container(UNLOCKED + id);
    files.makeDirectory(FileWorker.HOST, unlocked, 0700);
    ContainerLock lock = locks.create(id, unlocked);
    boolean done = false;
    try {
      String directory = state.container(NEW + id);
      files.rename(FileWorker.HOST, unlocked, FileWorker.HOST, directory);
      done = true;
      return new NewContainer(this, files, id, directory, lock);
    } finally {
      if (!done) {
        lock.close();
      }
    }
  }

  private void makeDirectories() {
    if (files.status(FileWorker.HOST, state.names()).isEmpty()) {
      int slash = state.root().lastIndexOf('/');
      if (slash > 0) {
        // What is above ours is for everybody to pass.
        files.makeDirectories(FileWorker.HOST, state.root().substring(0, slash), 0755);
      }
      files.makeDirectory(FileWorker.HOST, state.root(), 0700);
      files.makeDirectory(FileWorker.HOST, state.containers(), 0700);
      files.makeDirectory(FileWorker.HOST, state.names(), 0700);
    }
    if (files.status(FileWorker.HOST, state.engine()).isEmpty()) {
      files.makeDirectories(FileWorker.HOST, state.run(), 0755);
      files.makeDirectory(FileWorker.HOST, state.engine(), 0700);
    }
  }

  /** Called by {@link NewContainer#publish}. */
  void publish(NewContainer container, ContainerRecord record) {
    names.claim(record.name(), record.id());
    boolean done = false;
    try {
      names.linkRun(record.name(), record.id());
      files.rename(FileWorker.HOST, container.directory(), FileWorker.HOST, directory(record.id()));
      done = true;
    } finally {
      if (!done) {
        names.release(record.name(), record.id());
      }
    }
  }

  /** Called by {@link NewContainer#close}. */
  void discard(NewContainer container) {
    leftovers.delete(NEW + container.id());
  }

  /** Makes {@code /run/mydocker/NAME} again, which a reboot has removed. */
  void linkRun(ContainerRecord record) {
    if (files.status(FileWorker.HOST, state.engine()).isEmpty()) {
      makeDirectories();
    }
    names.linkRun(record.name(), record.id());
  }

  /**
   * Finds a container by its whole id, its name, or the beginning of its id, in this order.
   *
   * @return its id
   * @throws MydockerException in Docker's words if there is none, or more than one
   */
  String resolve(String nameOrId) {
    String text = nameOrId.startsWith("/") ? nameOrId.substring(1) : nameOrId;
    if (ContainerIds.isId(text) && exists(text)) {
      return text;
    }
    Optional<String> named = names.target(text).filter(this::exists);
    if (named.isPresent()) {
      return named.get();
    }
    List<String> found = new ArrayList<>();
    if (ContainerIds.isPrefix(text)) {
      for (String id : ids()) {
        if (id.startsWith(text)) {
          found.add(id);
        }
      }
    }
    if (found.size() > 1) {
      throw MydockerException.said(
          Category.INVALID,
          "multiple IDs found with provided prefix: " + nameOrId,
          "find container",
          nameOrId,
          "several ids begin so",
          "give more digits");
    }
    if (found.isEmpty()) {
      throw noSuchContainer(nameOrId);
    }
    return found.get(0);
  }

  boolean exists(String id) {
    return files.status(FileWorker.HOST, directory(id)).isPresent();
  }

  static MydockerException noSuchContainer(String nameOrId) {
    return MydockerException.said(
        Category.NOT_FOUND,
        "No such container: " + nameOrId,
        "find container",
        nameOrId,
        "no such container",
        null);
  }

  /** The ids of all containers; sweeps out what is left of others. */
  List<String> ids() {
    return found(true).ids;
  }

  /** The same, and whether there was anything else. */
  Ids found() {
    return found(true);
  }

  /** The ids of all containers; nothing is changed. */
  List<String> peek() {
    return found(false).ids;
  }

  private Ids found(boolean sweep) {
    int directory;
    try {
      directory =
          files.open(FileWorker.HOST, state.containers(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT) {
        return new Ids(List.of(), false);
      }
      throw e;
    }
    List<String> ids = new ArrayList<>();
    boolean left = false;
    try {
      for (FileWorker.Entry entry : files.list(directory)) {
        if (ContainerIds.isId(entry.name())) {
          ids.add(entry.name());
        } else {
          left |= Leftovers.isTemporary(entry.name());
        }
      }
    } finally {
      files.close(directory);
    }
    if (left && sweep) {
      leftovers.sweep();
    }
    return new Ids(ids, left);
  }

  /**
   * Reads what is kept of a container, together with the file in which its monitor recorded the end
   * of its last run.
   *
   * @throws MydockerException NOT_FOUND if there is no such container, INVALID if the file is
   *     damaged
   */
  ContainerRecord read(String id) {
    return read(id, null);
  }

  /**
   * The same.
   *
   * @param known what the caller has seen before: taken for the file's content where it still is
   */
  ContainerRecord read(String id, @Nullable Known known) {
    return readKnown(id, known).record;
  }

  /** The same, with the content of its file. */
  Known readKnown(String id) {
    return readKnown(id, null);
  }

  private Known readKnown(String id, @Nullable Known known) {
    String path = directory(id) + "/" + RECORD;
    byte[] json =
        files
            .readIfThere(FileWorker.HOST, path)
            .orElseThrow(() -> noSuchContainer(ContainerIds.shortId(id)));
    ContainerRecord record =
        known != null && Arrays.equals(known.json, json)
            ? known.record
            : ContainerRecord.parse(json, path);
    if (!record.id().equals(id)) {
      throw MydockerException.of(Category.INVALID, "parse", path, "id: not its directory's");
    }
    RunRecord run = record.run();
    return new Known(run == null ? record : record.withExit(exit(id)), json);
  }

  /** It is of the last run: a start removes it first. Its time proves nothing: clocks are set. */
  private @Nullable ExitRecord exit(String id) {
    String path = directory(id) + "/" + EXIT;
    return files
        .readIfThere(FileWorker.HOST, path)
        .map(json -> Json.decode(json, path, ExitRecord::read))
        .orElse(null);
  }

  /** Reads all containers; one that is damaged does not hide the others. */
  Listing list() {
    List<ContainerRecord> records = new ArrayList<>();
    List<MydockerException> problems = new ArrayList<>();
    for (String id : ids()) {
      try {
        records.add(read(id));
      } catch (MydockerException e) {
        // Removed since we saw its name.
        if (e.category() != Category.NOT_FOUND || exists(id)) {
          problems.add(e);
        }
      }
    }
    records.sort(
        (a, b) -> {
          int newer = Long.compare(b.created(), a.created());
          return newer != 0 ? newer : a.id().compareTo(b.id());
        });
    return new Listing(records, problems);
  }

  /** Whether somebody is just changing a container. */
  boolean isBusy(String id) {
    return locks.isHeld(directory(id));
  }

  /** What commands that were killed were filling or emptying. */
  Leftovers leftovers() {
    return leftovers;
  }

  /** The links by which containers are found. */
  NameLinks names() {
    return names;
  }

  /**
   * Locks a container.
   *
   * @throws MydockerException NOT_FOUND if it is gone, CONFLICT if another command does not let go
   */
  ContainerLock lock(String id) {
    return locks.lock(id, directory(id));
  }

  /** Locks a container if nobody else has, and this thread has not. */
  Optional<ContainerLock> tryLock(String id) {
    return locks.tryLock(id, directory(id));
  }

  /**
   * Replaces what is kept of a container.
   *
   * @param durable whether it must survive the machine's sudden death
   */
  void write(ContainerLock lock, ContainerRecord record, boolean durable) {
    writeFile(lock, RECORD, record.encode(), durable);
  }

  /** Replaces a file in a container's directory. */
  void writeFile(ContainerLock lock, String name, byte[] content, boolean durable) {
    files.replace(FileWorker.HOST, directory(lock.id()) + "/" + name, content, 0600, durable);
  }

  /** Forgets how the last run ended, before the next one begins. */
  void clearExit(ContainerLock lock) {
    files.unlink(FileWorker.HOST, directory(lock.id()) + "/" + EXIT);
  }

  /**
   * Removes a container: its names, then all of its directory. Nothing mounted there is entered.
   */
  void remove(ContainerLock lock) {
    String id = lock.id();
    names.releaseAll(id);
    files.rename(FileWorker.HOST, directory(id), FileWorker.HOST, state.container(GONE + id));
    leftovers.delete(GONE + id);
  }
}
