package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.json.Json;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import org.jspecify.annotations.Nullable;

/**
 * Gives a container another name, whatever it is doing.
 *
 * <p>All that says the name is changed between the claim of the new one and the release of the old
 * one, so that at no moment a plan would remove a name that is somebody else's. The record comes
 * last: whatever this process does not come to, the name that the record does not say is a
 * leftover.
 */
final class Renamer {
  private static final String EXITED = "config.exited.json";
  private static final String PLAN = "cleanup.plan";

  private final Workbench bench;
  private final FileWorker files;
  private final String id;

  Renamer(Workbench bench, String id) {
    this.bench = bench;
    this.files = bench.files();
    this.id = id;
  }

  /**
   * Does so.
   *
   * @throws MydockerException INVALID if it is no name, or its own; CONFLICT if it is taken
   */
  void rename(String name) {
    try (ContainerLock lock = bench.containers().lock(id)) {
      ContainerRecord record = bench.containers().read(lock.id());
      if (record.name().equals(name)) {
        throw MydockerException.said(
            Category.INVALID,
            "Renaming a container with the same name as its current name: " + name,
            "rename container",
            name,
            "it has that name",
            "give another one");
      }
      ContainerRecord renamed = record.named(name);
      NameLinks names = bench.containers().names();
      names.claim(name, id);
      boolean done = false;
      try {
        write(lock, renamed);
        done = true;
      } finally {
        if (!done) {
          undo(lock, record, name);
        }
      }
      bench.containers().linkRun(renamed);
      names.release(record.name(), id);
      EventLog.append(bench, Event.Action.RENAME, renamed, record.name());
    }
  }

  private void undo(ContainerLock lock, ContainerRecord record, String name) {
    try {
      writePlans(lock, record);
    } finally {
      bench.containers().names().release(name, id);
    }
  }

  private void write(ContainerLock lock, ContainerRecord renamed) {
    writePlans(lock, renamed);
    String path = bench.containers().directory(id) + "/" + EXITED;
    files
        .readIfThere(FileWorker.HOST, path)
        .map(json -> ContainerRecord.parse(json, path).named(renamed.name()))
        .ifPresent(exited -> bench.containers().writeFile(lock, EXITED, exited.encode(), false));
    boolean lasting = !renamed.spec().removeOnExit() && renamed.owner() == null;
    bench.containers().write(lock, renamed, lasting);
  }

  /** Who performs one reads it under the lock. */
  private void writePlans(ContainerLock lock, ContainerRecord record) {
    RunRecord run = record.run();
    ContainerCgroup cgroup = null;
    CgroupPaths monitors = null;
    if (run != null && !run.cgroups().isEmpty()) {
      cgroup = new ContainerCgroup(files, paths(record, run));
      monitors = bench.monitors(record);
      byte[] plan = CleanupPlan.of(bench, record, cgroup, monitors);
      bench.containers().writeFile(lock, PLAN, plan, false);
    }
    if (record.owner() != null) {
      writeOrphanPlan(lock, record, cgroup, monitors);
    }
  }

  private void writeOrphanPlan(
      ContainerLock lock,
      ContainerRecord record,
      @Nullable ContainerCgroup cgroup,
      @Nullable CgroupPaths monitors) {
    byte[] plan = CleanupPlan.ofOrphan(bench.directory(), record, cgroup, monitors);
    bench.containers().writeFile(lock, Owners.PLAN, plan, false);
  }

  private static CgroupPaths paths(ContainerRecord record, RunRecord run) {
    return Json.decode(
        run.cgroups(), "the cgroups of container " + record.name(), CgroupPaths::read);
  }
}
