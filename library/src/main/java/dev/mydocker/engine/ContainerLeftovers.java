package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Timestamp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is left of containers in their own directories: runs whose end nobody recorded, directories
 * half made or half removed, files half written, directories below /run.
 */
final class ContainerLeftovers {
  /** What nobody who still works on it would leave for so long, in seconds. */
  private static final long OLD = 60;

  private final Workbench bench;
  private final FileWorker files;
  private final Census census;
  private final List<Leftover> found = new ArrayList<>();
  private final Set<String> unsettled = new HashSet<>();

  ContainerLeftovers(Workbench bench, Census census) {
    this.bench = bench;
    this.files = bench.files();
    this.census = census;
  }

  List<Leftover> find() {
    // These are removed as a whole.
    Set<String> orphans = new HashSet<>();
    new Owners(bench).orphans().forEach(orphan -> orphans.add(orphan.id()));
    for (Census.Entry entry : census.all()) {
      ContainerRecord record = entry.record();
      if (record != null
          && !entry.busy()
          && !orphans.contains(record.id())
          && isUnsettled(record)) {
        unsettled(record);
      }
    }
    addTemporary();
    addRunDirectories();
    for (Census.Entry entry : census.all()) {
      addHalfWritten(entry, "");
      addHalfWritten(entry, "bundle/");
    }
    return found;
  }

  /** Whether a run has ended, and what its monitor would have done then is not done. */
  private boolean isUnsettled(ContainerRecord record) {
    RunRecord run = record.run();
    if (run == null || Census.mayRun(bench, record)) {
      return false;
    }
    return record.exit() == null
        || record.status().equals(ContainerRecord.RUNNING)
        || record.spec().removeOnExit();
  }

  private void unsettled(ContainerRecord record) {
    unsettled.add(record.id());
    ExitRecord end = bench.observer().end(record);
    boolean removed = record.spec().removeOnExit();
    String why = end.problem() == null ? "its monitor was killed" : end.problem();
    found.add(
        new Leftover(
            (removed ? "container " : "end of container ") + record.name(),
            "it has ended, but " + why + (removed ? " before it could remove it (--rm)" : ""),
            removed ? "removed" : "recorded",
            () -> settle(record.id())));
  }

  /** Does what the monitor would have done, under the container's lock. */
  private boolean settle(String id) {
    try (ContainerLock lock = bench.containers().lock(id)) {
      ContainerRecord now = bench.containers().read(id);
      if (!isUnsettled(now)) {
        return false;
      }
      new Adopter(bench).finish(lock, now);
      return true;
    } catch (MydockerException e) {
      return notIfGone(e);
    }
  }

  /** The containers whose cgroups and directories below /run go when their end is recorded. */
  Set<String> unsettled() {
    return unsettled;
  }

  private static boolean notIfGone(MydockerException e) {
    if (e.category() == Category.NOT_FOUND) {
      return false;
    }
    throw e;
  }

  private void addTemporary() {
    Leftovers leftovers = bench.containers().leftovers();
    for (String name : leftovers.find()) {
      String half = name.startsWith(ContainerStore.GONE) ? "removed" : "made";
      found.add(
          Leftover.removed(
              "directory " + bench.directory().container(name),
              "a container that was only half " + half,
              () -> leftovers.remove(name)));
    }
  }

  private void addRunDirectories() {
    String engine = bench.directory().engine();
    for (FileWorker.Entry entry : list(engine)) {
      if (!ContainerIds.isId(entry.name()) || unsettled.contains(entry.name())) {
        continue;
      }
      String path = engine + "/" + entry.name();
      boolean known = bench.containers().exists(entry.name());
      if (!census.mayRun(entry.name()) && (known || isNobodys(path))) {
        found.add(
            Leftover.removed(
                "directory " + path,
                "its container does not run",
                () -> removeRunDirectory(entry.name(), path)));
      } else {
        addExecDirectories(path);
      }
    }
  }

  /** Where two state directories share one below /run, the other may have the container. */
  private boolean isNobodys(String path) {
    if (!isOld(path)) {
      return false;
    }
    Optional<MonitorConnection> monitor = MonitorConnection.connect(bench.performer(), path);
    monitor.ifPresent(MonitorConnection::close);
    return monitor.isEmpty();
  }

  private boolean removeRunDirectory(String id, String path) {
    if (files.status(FileWorker.HOST, path).isEmpty()) {
      return false;
    }
    if (!bench.containers().exists(id)) {
      return isNobodys(path) && delete(path);
    }
    try (ContainerLock lock = bench.containers().lock(id)) {
      if (Census.mayRun(bench, bench.containers().read(lock.id()))) {
        return false;
      }
      files.deleteTree(FileWorker.HOST, path);
      return true;
    } catch (MydockerException e) {
      return notIfGone(e);
    }
  }

  /** An exec has one while it starts. */
  private void addExecDirectories(String run) {
    for (FileWorker.Entry entry : list(run)) {
      String path = run + "/" + entry.name();
      if (entry.name().startsWith("exec-") && isOld(path)) {
        found.add(
            Leftover.removed(
                "directory " + path, "an exec that was only half started", () -> delete(path)));
      }
    }
  }

  private boolean delete(String path) {
    boolean there = files.status(FileWorker.HOST, path).isPresent();
    files.deleteTree(FileWorker.HOST, path);
    return there;
  }

  private boolean isOld(String path) {
    Optional<FileStatus> status = files.status(FileWorker.HOST, path);
    return status.isPresent()
        && status.get().modifiedSeconds() < Timestamp.now() / Timestamp.SECOND - OLD;
  }

  /** What replaces a file is written beside it first, by whoever holds the container's lock. */
  private void addHalfWritten(Census.Entry entry, String below) {
    if (entry.busy()) {
      return;
    }
    String directory = bench.containers().directory(entry.id()) + "/" + below;
    for (FileWorker.Entry file : list(directory)) {
      String path = directory + file.name();
      if (file.name().startsWith(Resetter.DISCARDED) && isOld(path)) {
        found.add(
            Leftover.removed("directory " + path, "a reset discarded it", () -> delete(path)));
      }
      // This one keeps the room for a record.
      boolean reserved = file.name().equals("exit.new");
      if (file.name().endsWith(".new") && !reserved && isOld(path)) {
        found.add(
            Leftover.removed(
                "file " + path,
                "only half written",
                () -> removeFile(entry.id(), below + file.name())));
      }
    }
  }

  private boolean removeFile(String id, String name) {
    try (ContainerLock lock = bench.containers().lock(id)) {
      return files.unlink(FileWorker.HOST, bench.containers().directory(lock.id()) + "/" + name);
    } catch (MydockerException e) {
      return notIfGone(e);
    }
  }

  private List<FileWorker.Entry> list(String path) {
    if (files.status(FileWorker.HOST, path).isEmpty()) {
      return List.of();
    }
    int directory = files.open(FileWorker.HOST, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      return files.list(directory);
    } finally {
      files.close(directory);
    }
  }
}
