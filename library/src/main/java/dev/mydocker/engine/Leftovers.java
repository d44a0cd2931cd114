package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Directories that a command was filling or emptying when it was killed.
 *
 * <p>Whoever fills or empties one holds its lock. Before it is locked, and when its lock file has
 * gone already, its age tells: nobody needs a minute for that.
 */
final class Leftovers {
  private static final long OLD = 60;

  private final FileWorker files;
  private final StateDirectory state;
  private final ContainerLocks locks;

  Leftovers(FileWorker files, StateDirectory state, ContainerLocks locks) {
    this.files = files;
    this.state = state;
    this.locks = locks;
  }

  /** Removes them. What cannot be removed is left for the next time: it is in nobody's way. */
  void sweep() {
    for (String name : find()) {
      tryToDelete(name);
    }
  }

  private void tryToDelete(String name) {
    try {
      delete(name);
    } catch (MydockerException stillInUse) {
      // Such as something mounted below it, which is not ours to unmount.
    }
  }

  /** Returns their names, and changes nothing. */
  List<String> find() {
    List<String> found = new ArrayList<>();
    if (files.status(FileWorker.HOST, state.containers()).isEmpty()) {
      return found;
    }
    int directory =
        files.open(FileWorker.HOST, state.containers(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      for (FileWorker.Entry entry : files.list(directory)) {
        if (isLeftover(entry.name())) {
          found.add(entry.name());
        }
      }
    } finally {
      files.close(directory);
    }
    return found;
  }

  /** Removes one that {@link #find} found; false if it is none any more. */
  boolean remove(String name) {
    if (!isLeftover(name)) {
      return false;
    }
    delete(name);
    return true;
  }

  /** Whether a directory is being filled or emptied, or should have been. */
  static boolean isTemporary(String name) {
    return name.startsWith(ContainerStore.UNLOCKED)
        || name.startsWith(ContainerStore.NEW)
        || name.startsWith(ContainerStore.GONE);
  }

  private boolean isLeftover(String name) {
    if (!isTemporary(name)) {
      return false;
    }
    String path = state.container(name);
    if (!name.startsWith(ContainerStore.UNLOCKED)
        && files.status(FileWorker.HOST, path + "/lock").isPresent()) {
      return !locks.isHeld(path);
    }
    Optional<FileStatus> status = files.status(FileWorker.HOST, path);
    return status.isPresent()
        && status.get().modifiedSeconds() < Timestamp.now() / Timestamp.SECOND - OLD;
  }

  /** Removes one directory of the containers'. */
  void delete(String name) {
    int directory =
        files.open(FileWorker.HOST, state.containers(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      files.deleteTree(directory, name);
    } finally {
      files.close(directory);
    }
  }
}
