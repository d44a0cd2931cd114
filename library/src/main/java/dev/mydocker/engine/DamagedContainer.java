package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.runtime.cgroup.CgroupTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A container whose record cannot be read: all that is known of it is its id. */
final class DamagedContainer {
  private final Workbench bench;
  private final FileWorker files;
  private final String id;

  DamagedContainer(Workbench bench, String id) {
    this.bench = bench;
    this.files = bench.files();
    this.id = id;
  }

  /** Ends and removes it: its cgroups are called as it is, whatever its record says. */
  void remove() {
    Optional<MonitorConnection> monitor =
        MonitorConnection.connect(bench.performer(), bench.runDirectory(id));
    monitor.ifPresent(connection -> connection.hello(0));
    List<CgroupTree.Found> cgroups = new ArrayList<>();
    for (CgroupTree.Found cgroup : CgroupTree.find(files, "")) {
      if (cgroup.name().equals(id)) {
        CgroupTree.kill(files, cgroup);
        cgroups.add(cgroup);
      }
    }
    if (monitor.isPresent()) {
      try (MonitorConnection connection = monitor.get()) {
        // It comes when the monitor has cleaned up.
        connection.awaitExit(Deadline.NEVER);
      }
    }
    try (ContainerLock lock = bench.containers().lock(id)) {
      for (CgroupTree.Found cgroup : cgroups) {
        CgroupTree.remove(files, cgroup, true);
        CgroupTree.removeParent(files, cgroup);
      }
      files.deleteTree(FileWorker.HOST, bench.runDirectory(id));
      bench.containers().remove(lock);
    } catch (MydockerException e) {
      // --rm: the monitor was faster.
      if (e.category() != Category.NOT_FOUND) {
        throw e;
      }
    }
  }
}
