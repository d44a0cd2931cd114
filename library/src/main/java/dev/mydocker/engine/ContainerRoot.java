package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root directory of a container as its processes see it, with what is mounted there; or, while
 * it does not run, its own file system alone.
 *
 * <p>Paths are the container's: each is resolved as if that directory were the root (openat2(2),
 * RESOLVE_IN_ROOT), so that no link of the container and no {@code ..} leads out of it.
 */
final class ContainerRoot implements AutoCloseable {
  private static final long INSIDE = Linux.RESOLVE_IN_ROOT | Linux.RESOLVE_NO_MAGICLINKS;
  private static final int ATTEMPTS = 1000;

  private final FileWorker files;
  private final ContainerRecord record;
  private final int root;
  private final @Nullable ContainerTree tree;
  private final @Nullable ContainerLock lock;

  private ContainerRoot(
      FileWorker files,
      ContainerRecord record,
      int root,
      @Nullable ContainerTree tree,
      @Nullable ContainerLock lock) {
    this.files = files;
    this.record = record;
    this.root = root;
    this.tree = tree;
    this.lock = lock;
  }

  /**
   * Opens it.
   *
   * @param writes whether it shall be changed; a container that does not run cannot be started,
   *     then, until this is closed
   */
  static ContainerRoot open(Workbench bench, String id, boolean writes) {
    // While a container is started its process has, for a moment, the root of the host. Whoever
    // starts one holds the lock until that is over.
    ContainerLock lock = bench.containers().lock(id);
    boolean kept = false;
    try {
      ContainerRecord record = bench.containers().read(id);
      Optional<Integer> live = live(bench, record);
      if (live.isPresent()) {
        return new ContainerRoot(bench.files(), record, live.get(), null, null);
      }
      ContainerTree tree =
          writes ? ContainerTree.write(bench, record) : ContainerTree.read(bench, record);
      kept = writes;
      return new ContainerRoot(bench.files(), record, tree.root(), tree, writes ? lock : null);
    } finally {
      if (!kept) {
        lock.close();
      }
    }
  }

  private static Optional<Integer> live(Workbench bench, ContainerRecord record) {
    RunRecord run = record.run();
    if (run == null || record.exit() != null) {
      return Optional.empty();
    }
    Optional<InitProcess> opened = InitProcess.open(bench.performer(), run);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    FileWorker files = bench.files();
    try (InitProcess init = opened.get()) {
      int root = openRoot(files, run.init().pid());
      // It has not ended yet, so its number was its own all the time.
      if (root >= 0 && !init.await(Duration.ZERO) && !isHost(files, root)) {
        return Optional.of(root);
      }
      if (root >= 0) {
        files.close(root);
      }
      return Optional.empty();
    }
  }

  private static int openRoot(FileWorker files, long pid) {
    try {
      return files.open(
          FileWorker.HOST, "/proc/" + pid + "/root", Linux.O_PATH | Linux.O_DIRECTORY, 0);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT || e.error() == Errno.ESRCH) {
        return -1;
      }
      throw e;
    }
  }

  /** Whether a start that was killed half way left a process behind that is not in there yet. */
  private static boolean isHost(FileWorker files, int root) {
    FileStatus one = files.status(root);
    FileStatus host = files.statusFollowing(FileWorker.HOST, "/").orElseThrow();
    return one.inode() == host.inode()
        && one.containerMajor() == host.containerMajor()
        && one.containerMinor() == host.containerMinor();
  }

  /** The descriptor of the directory. */
  int descriptor() {
    return root;
  }

  /** Whose it is. */
  ContainerRecord record() {
    return record;
  }

  /** Opens a path of the container; -1 if there is no such thing. */
  int open(String path, int flags) {
    String relative = path.isEmpty() ? "." : path;
    for (int attempt = 0; ; attempt++) {
      try {
        return files.open(root, relative, flags, 0, INSIDE);
      } catch (KernelException e) {
        switch (e.error()) {
          case Errno.ENOENT, Errno.ENOTDIR -> {
            return -1;
          }
          case Errno.EAGAIN -> {
            // openat2(2): something was renamed somewhere while it went up by "..".
            if (attempt == ATTEMPTS) {
              throw e;
            }
          }
          default -> throw e;
        }
      }
    }
  }

  /** What is at a path of the container, at the end of all links. */
  Optional<FileStatus> status(String path) {
    int file = open(path, Linux.O_PATH);
    if (file < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(files.status(file));
    } finally {
      files.close(file);
    }
  }

  /** Refuses to change, while the container does not run, what would be hidden when it does. */
  void requireVisible(String path) {
    if (tree == null) {
      return;
    }
    String clean = ContainerPaths.clean("/" + path) + "/";
    for (Bind bind : record.spec().files().binds()) {
      requireNotBelow(clean, bind.destination());
    }
    for (TmpfsMount mount : record.spec().files().tmpfs()) {
      requireNotBelow(clean, mount.destination());
    }
    for (AnonymousVolume volume : AnonymousVolumes.of(record, "")) {
      requireNotBelow(clean, volume.destination());
    }
  }

  private void requireNotBelow(String path, String mount) {
    if (path.startsWith(mount + "/")) {
      throw MydockerException.of(
          Category.CONFLICT,
          "copy to",
          path + " of container " + record.name(),
          mount + " is mounted there",
          "start the container first, or copy to what is mounted");
    }
  }

  @Override
  public void close() {
    try {
      if (tree == null) {
        files.close(root);
      } else {
        tree.close();
      }
    } finally {
      if (lock != null) {
        lock.close();
      }
    }
  }
}
