package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.RunRecord.ProcessId;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.oci.json.Json;
import dev.mydocker.runtime.Adoption;
import dev.mydocker.runtime.MonitorSetup;
import dev.mydocker.runtime.cgroup.CgroupDirectory;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import java.util.Optional;

/**
 * Takes care of a container whose monitor was killed, as the first thing that the next command does
 * with it.
 *
 * <pre>
 *   its first process runs    it gets another monitor: output is logged again, clients may attach,
 *                             its end will be recorded
 *   nothing of it runs        what the monitor would have done: the end is recorded, without an
 *                             exit code, for nobody saw it; cleanup.plan is performed
 * </pre>
 *
 * <p>All of it under the container's lock, so that of two commands one does it.
 */
final class Adopter {
  private static final String PLAN = "cleanup.plan";

  private final Workbench bench;
  private final FileWorker files;

  Adopter(Workbench bench) {
    this.bench = bench;
    this.files = bench.files();
  }

  /**
   * Takes care of a container, unless somebody who has its lock is about to.
   *
   * @return its record as it is then; nothing if it was to be removed at its end
   */
  Optional<ContainerRecord> care(ContainerRecord seen) {
    try {
      Optional<ContainerLock> free = bench.containers().tryLock(seen.id());
      if (free.isEmpty()) {
        // As it was seen its end may have been about to be forgotten, by a start.
        return Optional.of(bench.containers().read(seen.id()));
      }
      try (ContainerLock lock = free.get()) {
        ContainerRecord now = bench.containers().read(seen.id());
        Observer observer = bench.observer();
        if (!observer.lostItsMonitor(now)) {
          return Optional.of(now);
        }
        return observer.status(now).isAlive() ? Optional.of(adopt(lock, now)) : finish(lock, now);
      }
    } catch (MydockerException e) {
      if (e.category() == Category.NOT_FOUND) {
        return Optional.empty();
      }
      // It is as it was, and the command that found it is about something else.
      bench.engine().notice("mydocker: take over container " + seen.name() + ": " + e.getMessage());
      return Optional.of(seen);
    }
  }

  private ContainerRecord adopt(ContainerLock lock, ContainerRecord record) {
    RunRecord run = record.run();
    if (run == null) {
      return record;
    }
    Optional<InitProcess> found = InitProcess.open(bench.performer(), run);
    if (found.isEmpty()) {
      return finish(lock, record).orElse(record);
    }
    String id = record.id();
    CgroupPaths paths =
        Json.decode(run.cgroups(), "the cgroups of container " + record.name(), CgroupPaths::read);
    files.makeDirectories(FileWorker.HOST, bench.runDirectory(id), 0700);
    int listener = MonitorConnection.listen(bench.performer(), bench.runDirectory(id));
    int directory =
        files.open(
            FileWorker.HOST,
            bench.directory().container(id),
            Linux.O_RDONLY | Linux.O_DIRECTORY,
            0);
    int events = oomEvents(paths);
    try (InitProcess init = found.get();
        CgroupJoin monitors = CgroupJoin.openMonitors(files, bench.monitors(record));
        Adoption adoption = new Adoption(bench.performer())) {
      ProcessId monitor = bench.observer().probe().identify(adoption.monitorPid());
      ContainerRecord watched = record.running(run.watchedBy(monitor));
      keepPlan(lock, record, paths);
      bench.containers().write(lock, watched, false);
      adoption.watch(
          new Adoption.Orphan(
              run.init().pid(),
              init.pidfd(),
              bench.runDirectory(id),
              record.spec().process().terminal(),
              record.spec().process().interactive()),
          monitors,
          new MonitorSetup(
              directory,
              true,
              listener,
              -1,
              -1,
              record.spec().process().interactive(),
              Starter.logSize(record),
              record.spec().log().maxFiles(),
              events));
      return watched;
    } finally {
      files.close(listener);
      files.close(directory);
      if (events >= 0) {
        files.close(events);
      }
    }
  }

  /** One of another version is not for the monitor that is now: it gets its own. */
  private void keepPlan(ContainerLock lock, ContainerRecord record, CgroupPaths paths) {
    if (plan(record, -1).isEmpty()) {
      ContainerCgroup cgroup = new ContainerCgroup(files, paths);
      byte[] plan = CleanupPlan.of(bench, record, cgroup, bench.monitors(record));
      bench.containers().writeFile(lock, PLAN, plan, false);
    }
  }

  /** The plan in a container's directory, if it is of this version. */
  private Optional<Segment> plan(ContainerRecord record, int directory) {
    String path = bench.directory().container(record.id()) + "/" + PLAN;
    return files
        .readIfThere(FileWorker.HOST, path)
        .flatMap(message -> Segment.read(message, directory));
  }

  private int oomEvents(CgroupPaths paths) {
    Optional<CgroupDirectory> memory = paths.directory("memory");
    if (memory.isEmpty()) {
      return -1;
    }
    String name = memory.get().unified() ? "memory.events" : "memory.oom_control";
    String path = memory.get().file(name);
    return files.status(FileWorker.HOST, path).isEmpty()
        ? -1
        : files.open(FileWorker.HOST, path, Linux.O_RDONLY, 0);
  }

  /**
   * Records and cleans up what ended without a monitor, or whose monitor was killed over that.
   *
   * @param lock the container's
   * @return its record as it is then; nothing if it was to be removed at its end
   */
  Optional<ContainerRecord> finish(ContainerLock lock, ContainerRecord record) {
    String id = record.id();
    ContainerStore containers = bench.containers();
    byte[] end = Json.encode(bench.observer().end(record).toJson());
    containers.writeFile(lock, ContainerStore.EXIT, end, false);
    cleanUp(record);
    files.deleteTree(FileWorker.HOST, bench.runDirectory(id));
    if (record.spec().removeOnExit()) {
      if (containers.exists(id)) {
        containers.remove(lock);
      }
      String owner = record.owner();
      if (owner != null) {
        new Owners(bench).unlink(owner, id);
      }
      return Optional.empty();
    }
    ContainerRecord now = containers.read(id);
    if (now.status().equals(ContainerRecord.RUNNING)) {
      now = now.exited();
      containers.write(lock, now, false);
    }
    return Optional.of(now);
  }

  /** Performs the container's cleanup plan, if there is one. The caller holds its lock. */
  void cleanUp(ContainerRecord record) {
    String path = bench.directory().container(record.id());
    int directory = files.open(FileWorker.HOST, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      Optional<Segment> plan = plan(record, directory);
      RunRecord run = record.run();
      if (plan.isPresent()) {
        Adoption.perform(bench.performer(), plan.get());
      } else if (run != null && !run.cgroups().isEmpty()) {
        ContainerCgroup cgroup = bench.cgroup(run);
        cgroup.kill();
        cgroup.remove();
        ContainerCgroup.removeMonitors(files, bench.monitors(record));
      }
    } finally {
      files.close(directory);
    }
  }
}
