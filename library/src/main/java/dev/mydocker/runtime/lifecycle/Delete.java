package dev.mydocker.runtime.lifecycle;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.oci.spec.ContainerState.Status;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.Adoption;
import java.util.List;
import java.util.Optional;

/** Deletes a container: its processes, its cgroup, its directory. */
public final class Delete {
  /** How long a process that was killed may take to end. */
  private static final long PATIENCE = 10_000;

  private Delete() {}

  /**
   * Deletes it.
   *
   * @param force whether it may run still, or not exist
   * @return what did not go well, and is no reason to stop: hooks that failed
   * @throws MydockerException NOT_FOUND, or CONFLICT if it runs
   */
  public static List<String> delete(StateRoot root, String id, boolean force) {
    FileWorker files = root.files();
    String directory = root.directory(id);
    Optional<DirectoryLock> taken = DirectoryLock.take(files, directory);
    if (taken.isEmpty()) {
      if (force) {
        return List.of();
      }
      throw MydockerException.of(
          Category.NOT_FOUND, "delete container", id, "container does not exist");
    }
    try (DirectoryLock lock = taken.get()) {
      Optional<RuntimeContainer> found = RuntimeContainer.find(root, id);
      if (found.isEmpty()) {
        // Somebody was killed while creating or deleting it.
        removeHalf(files, directory, lock);
        return List.of();
      }
      RuntimeSpec spec = found.get().spec();
      delete(found.get(), force);
      files.deleteTree(FileWorker.HOST, directory);
      return LifeHooks.afterEnd(found.get(), spec);
    }
  }

  private static void delete(RuntimeContainer container, boolean force) {
    String id = container.saved().id();
    Status status = container.status();
    if (status != Status.STOPPED && status != Status.CREATED && !force) {
      throw MydockerException.of(
          Category.CONFLICT,
          "delete container",
          id,
          "cannot delete container " + id + " that is not stopped: " + status.word(),
          "stop it, or give --force");
    }
    if (status != Status.STOPPED) {
      container.signal(Linux.SIGKILL);
    }
    // With a PID namespace of others, what it has started may run still; frozen, init too.
    container.killCgroup();
    if (status != Status.STOPPED && !container.awaitEnd(PATIENCE)) {
      throw MydockerException.of(
          Category.INTERNAL, "delete container", id, "container init still running");
    }
    container.removeCgroup();
  }

  private static void removeHalf(FileWorker files, String directory, DirectoryLock lock) {
    files
        .readIfThere(FileWorker.HOST, directory + "/" + Create.CLEANUP)
        .flatMap(plan -> Segment.read(plan, lock.descriptor()))
        // By a helper: it runs hooks by executing itself.
        .ifPresent(plan -> Adoption.perform(files.performer(), plan));
    files.deleteTree(FileWorker.HOST, directory);
  }
}
