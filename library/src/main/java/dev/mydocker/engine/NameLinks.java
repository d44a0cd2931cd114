package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import java.util.Optional;

/**
 * Names of containers: symbolic links, because symlink(2) is atomic and refuses a name that is
 * taken, and because people can follow them.
 */
final class NameLinks {
  private static final String TO = "../containers/";

  private final FileWorker files;
  private final StateDirectory state;
  private final ContainerLocks locks;

  NameLinks(FileWorker files, StateDirectory state, ContainerLocks locks) {
    this.files = files;
    this.state = state;
    this.locks = locks;
  }

  /**
   * Claims a name for a container whose directory is there, as {@code .new-ID} at least.
   *
   * @throws MydockerException in Docker's words if another container has it
   */
  void claim(String name, String id) {
    while (true) {
      try {
        files.makeSymbolicLink(FileWorker.HOST, path(name), TO + id);
        return;
      } catch (KernelException e) {
        if (e.error() != Errno.EEXIST) {
          throw e;
        }
      }
      Optional<String> owner = target(name);
      if (owner.isPresent() && isThere(owner.get())) {
        throw MydockerException.said(
            Category.CONFLICT,
            "Conflict. The container name \""
                + name
                + "\" is already in use by container \""
                + owner.get()
                + "\". You have to remove (or rename) that container to be able to reuse that name.",
            "name container",
            name,
            "container " + owner.get() + " has that name",
            null);
      }
      releaseIfDangling(name);
    }
  }

  /**
   * Removes the name of a container that a crash has left half-removed. Only this removes links of
   * others, so a lock among those who do it is enough: a name that points to nothing is not given
   * to anybody but by way of here.
   */
  boolean releaseIfDangling(String name) {
    int lock = files.open(FileWorker.HOST, state.names(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      locks.lock("the names of containers", lock);
      return isDangling(name) && files.unlink(FileWorker.HOST, path(name));
    } finally {
      files.close(lock);
    }
  }

  /** Whether a name leads to nothing. */
  boolean isDangling(String name) {
    Optional<String> owner = target(name);
    return owner.isEmpty() || !isThere(owner.get());
  }

  /**
   * Whether a container is there or being made. In this order: one that is being published leaves
   * the first name for the second.
   */
  boolean isThere(String id) {
    return files.status(FileWorker.HOST, state.container(ContainerStore.NEW + id)).isPresent()
        || files.status(FileWorker.HOST, state.container(id)).isPresent();
  }

  /** Returns the id that a name stands for. */
  Optional<String> target(String name) {
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.startsWith(".")) {
      return Optional.empty();
    }
    return files
        .readLink(FileWorker.HOST, path(name))
        .filter(target -> target.startsWith(TO))
        .map(target -> target.substring(TO.length()))
        .filter(ContainerIds::isId);
  }

  /** Gives up a name if it stands for this container. */
  void release(String name, String id) {
    // The other way round, who takes the name in between would lose this link.
    unlinkRun(name, id);
    if (target(name).filter(id::equals).isPresent()) {
      files.unlink(FileWorker.HOST, path(name));
    }
  }

  /** Gives up all names of a container, also where its record cannot be read. */
  void releaseAll(String id) {
    int directory =
        files.open(FileWorker.HOST, state.names(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      for (FileWorker.Entry entry : files.list(directory)) {
        if (target(entry.name()).filter(id::equals).isPresent()) {
          release(entry.name(), id);
        }
      }
    } finally {
      files.close(directory);
    }
  }

  /** Makes the link below /run, in place of one that a container of that name has left. */
  void linkRun(String name, String id) {
    String link = state.run() + "/" + name;
    String target = state.container(id);
    Optional<String> there = files.readLink(FileWorker.HOST, link);
    if (there.filter(target::equals).isPresent()) {
      return;
    }
    if (there.isPresent()) {
      files.unlink(FileWorker.HOST, link);
    }
    files.makeSymbolicLink(FileWorker.HOST, link, target);
  }

  /** Removes the link below /run if it leads to this container; false if it does not. */
  boolean unlinkRun(String name, String id) {
    String link = state.run() + "/" + name;
    return files.readLink(FileWorker.HOST, link).filter(state.container(id)::equals).isPresent()
        && files.unlink(FileWorker.HOST, link);
  }

  private String path(String name) {
    return state.names() + "/" + name;
  }
}
