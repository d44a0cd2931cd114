package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.runtime.cgroup.CgroupTree;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Cgroups of containers that do not run.
 *
 * <p>Another state directory may share our cgroup parent. So a cgroup of a container that is not
 * ours is only one if it is empty and has been for a minute: while a container is started its
 * cgroup has no process yet.
 */
final class CgroupLeftovers {
  private static final long OLD = 60;

  private final Workbench bench;
  private final FileWorker files;
  private final Census census;
  private final Set<String> settledElsewhere;
  private final List<Leftover> found = new ArrayList<>();
  private final Set<String> removed = new LinkedHashSet<>();
  private final Set<String> strangers = new LinkedHashSet<>();

  /**
   * @param settledElsewhere the containers whose cgroups go with other leftovers of theirs
   */
  CgroupLeftovers(Workbench bench, Census census, Set<String> settledElsewhere) {
    this.bench = bench;
    this.files = bench.files();
    this.census = census;
    this.settledElsewhere = settledElsewhere;
  }

  List<Leftover> find() {
    String parent = bench.engine().cgroupParent();
    parent = parent.substring(parent.lastIndexOf('/') + 1);
    List<CgroupTree.Found> monitors = new ArrayList<>();
    for (CgroupTree.Found cgroup : CgroupTree.find(files, parent)) {
      String id = cgroup.name();
      if (id.equals(parent)) {
        if (isAbandoned(cgroup)) {
          add(cgroup, "no container is left", () -> CgroupTree.remove(files, cgroup, false));
        }
      } else if (id.equals("monitors")) {
        monitors.add(cgroup);
      } else if (census.find(id).isPresent()) {
        if (!settledElsewhere.contains(id) && !census.mayRun(id)) {
          add(cgroup, "its container does not run", () -> removeOurs(cgroup));
        }
      } else if (isOurParent(cgroup)) {
        addUnknown(cgroup);
      }
    }
    monitors.forEach(this::addMonitors);
    return found;
  }

  /** It goes once nothing is beside it any more, which may be so by what is removed before it. */
  private void addMonitors(CgroupTree.Found monitors) {
    if (isOurParent(monitors)
        && isAbandoned(monitors)
        && removed.containsAll(CgroupTree.siblings(files, monitors))) {
      add(
          monitors,
          "no monitor and no container is left",
          () -> CgroupTree.siblings(files, monitors).isEmpty() && removeAbandoned(monitors));
    }
  }

  /** Containers of another state directory, or of one that was deleted while they ran. */
  Set<String> strangers() {
    return strangers;
  }

  private void addUnknown(CgroupTree.Found cgroup) {
    if (isAbandoned(cgroup)) {
      add(cgroup, "there is no such container", () -> removeAbandoned(cgroup));
    } else if (!CgroupTree.isEmpty(files, cgroup)) {
      strangers.add(cgroup.name());
    }
  }

  private void add(CgroupTree.Found cgroup, String why, java.util.function.BooleanSupplier remove) {
    removed.add(cgroup.path());
    found.add(Leftover.removed("cgroup " + cgroup.path(), why, remove));
  }

  private boolean isOurParent(CgroupTree.Found cgroup) {
    return cgroup.parent().endsWith("/" + bench.engine().cgroupParent());
  }

  private boolean isAbandoned(CgroupTree.Found cgroup) {
    return cgroup.modified() < Timestamp.now() / Timestamp.SECOND - OLD
        && CgroupTree.isEmpty(files, cgroup);
  }

  /** What got a process meanwhile stays: the kernel removes no cgroup that has one. */
  private boolean removeAbandoned(CgroupTree.Found cgroup) {
    if (!isAbandoned(cgroup)) {
      return false;
    }
    boolean removed = CgroupTree.remove(files, cgroup, false);
    CgroupTree.removeParent(files, cgroup);
    return removed;
  }

  private boolean removeOurs(CgroupTree.Found cgroup) {
    try (ContainerLock lock = bench.containers().lock(cgroup.name())) {
      if (Census.mayRun(bench, bench.containers().read(lock.id()))) {
        return false;
      }
      boolean removed = CgroupTree.remove(files, cgroup, true);
      CgroupTree.removeParent(files, cgroup);
      return removed;
    } catch (MydockerException e) {
      if (e.category() == Category.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }
}
