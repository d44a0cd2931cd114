package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Processes that own containers and snapshots: {@code owned/OWNER/ID}, each a symbolic link to the
 * directory of what is owned, which holds an {@code orphan.plan}.
 *
 * <p>When an owner ends, its co-process performs those plans (native/worker.c), and the monitors do
 * so for what runs. Should all of them have been killed, {@link #sweep} finds the directory of an
 * owner that is gone. An owner's name is its pid, its start time, the random name of its engine,
 * and the machine's boot, with hyphens between.
 */
final class Owners {
  static final String PLAN = "orphan.plan";

  private final Workbench bench;
  private final FileWorker files;
  private final StateDirectory state;

  Owners(Workbench bench) {
    this.bench = bench;
    this.files = bench.files();
    this.state = bench.directory();
  }

  /** Who an owner's name says that it is. */
  private record Identity(RunRecord.ProcessId process, String bootId) {
    static Identity of(String owner) {
      String[] parts = owner.split("-", 4);
      try {
        if (parts.length == 4) {
          return new Identity(
              new RunRecord.ProcessId(Long.parseLong(parts[0]), Long.parseLong(parts[1])),
              parts[3]);
        }
      } catch (NumberFormatException e) {
        // Not a name of ours: nobody is there who could be its owner.
      }
      return new Identity(RunRecord.ProcessId.NONE, "");
    }
  }

  /** The name of this very process as an owner; different at each call. */
  String newName() {
    ProcessProbe probe = bench.observer().probe();
    RunRecord.ProcessId self = probe.identify(ProcessHandle.current().pid());
    return self.pid()
        + "-"
        + self.startTime()
        + "-"
        + ContainerIds.shortId(ContainerIds.random(files))
        + "-"
        + probe.bootId();
  }

  /** Writes down that something is owned, before it exists. */
  void link(String owner, String id, String directory) {
    files.makeSymbolicLink(FileWorker.HOST, entry(state, owner, id), directory);
  }

  /** Forgets what is removed. */
  void unlink(String owner, String id) {
    files.unlink(FileWorker.HOST, entry(state, owner, id));
  }

  static String entry(StateDirectory state, String owner, String id) {
    return state.owned() + "/" + owner + "/" + id;
  }

  /** What an owner has: containers by their ids, and behind them the snapshots they stand on. */
  List<String> ids(String owner) {
    List<String> ids = new ArrayList<>(names(state.owned() + "/" + owner));
    ids.sort(Comparator.comparing(id -> SnapshotStore.ofOwnedName(id).isPresent()));
    return ids;
  }

  private List<String> names(String path) {
    int directory;
    try {
      directory = files.open(FileWorker.HOST, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT) {
        return List.of();
      }
      throw e;
    }
    List<String> names = new ArrayList<>();
    try {
      for (FileWorker.Entry entry : files.list(directory)) {
        names.add(entry.name());
      }
    } finally {
      files.close(directory);
    }
    return names;
  }

  /**
   * Opens what tells a monitor of the owner's end: its pidfd. Unlike the end of a pipe it cannot
   * leak into a process that would hold it open.
   *
   * @throws MydockerException CONFLICT if the owner has ended
   */
  int lifeline(String owner, String name) {
    Identity identity = Identity.of(owner);
    SegmentBuilder b = Segment.builder();
    Value opened = b.syscall(Wire.SYS_PIDFD_OPEN, Value.of(identity.process().pid()), Value.of(0));
    b.tolerating(Errno.ESRCH, Errno.EINVAL);
    Reply reply = files.performer().perform(b.build()).orThrow("open the owner of " + name);
    int pidfd = (int) reply.result(opened);
    if (pidfd < 0 || !isAlive(identity)) {
      if (pidfd >= 0) {
        files.close(pidfd);
      }
      throw MydockerException.of(
          Category.CONFLICT, "start container", name, "the process that owned it has ended");
    }
    return pidfd;
  }

  private boolean isAlive(Identity identity) {
    ProcessProbe probe = bench.observer().probe();
    return identity.bootId().equals(probe.bootId()) && probe.isRunning(identity.process());
  }

  /**
   * What belonged to a process that is gone.
   *
   * @param owner its name
   * @param id of what it owned
   */
  record Orphan(String owner, String id) {}

  /** Returns what belonged to processes that are gone, and changes nothing. */
  List<Orphan> orphans() {
    List<Orphan> orphans = new ArrayList<>();
    for (String owner : names(state.owned())) {
      if (!isAlive(Identity.of(owner))) {
        ids(owner).forEach(id -> orphans.add(new Orphan(owner, id)));
      }
    }
    return orphans;
  }

  /** Removes what belonged to processes that are gone. What fails is left for the next time. */
  void sweep() {
    for (Orphan orphan : orphans()) {
      try {
        removeOrphan(orphan);
      } catch (MydockerException e) {
        // Such as one whose lock somebody holds. It is still named here, and in nobody's way.
      }
    }
    for (String owner : names(state.owned())) {
      removeIfGone(owner);
    }
  }

  private void removeIfGone(String owner) {
    if (!isAlive(Identity.of(owner)) && ids(owner).isEmpty()) {
      files.removeDirectory(FileWorker.HOST, state.owned() + "/" + owner);
    }
  }

  /** Removes what is owned, if it is still there, and forgets it. */
  void remove(String owner, String id) {
    Optional<String> snapshot = SnapshotStore.ofOwnedName(id);
    if (snapshot.isPresent()) {
      new SnapshotStore(bench).delete(snapshot.get(), owner);
      return;
    }
    try {
      new Lifecycle(bench, id).remove(true);
    } catch (MydockerException e) {
      if (e.category() != Category.NOT_FOUND) {
        throw e;
      }
    }
    unlink(owner, id);
  }

  /** Removes one of {@link #orphans}, which no process can be starting any more. */
  void removeOrphan(Orphan orphan) {
    Optional<CgroupPaths> monitors;
    try {
      monitors = Optional.of(bench.monitors(bench.containers().read(orphan.id())));
    } catch (MydockerException e) {
      // Damaged, or gone already: it is removed all the same.
      monitors = Optional.empty();
    }
    remove(orphan.owner(), orphan.id());
    removeIfGone(orphan.owner());
    // Their last one was killed, and could not do it itself.
    monitors.ifPresent(paths -> ContainerCgroup.removeMonitors(files, paths));
  }
}
