package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileLocks;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks of containers.
 *
 * <p>flock(2) and not fcntl(2): the lock belongs to the open file, so it holds between threads and
 * engines of one process too. It is never waited for inside the kernel, where a thread could not be
 * interrupted and a virtual one would pin its carrier.
 */
final class ContainerLocks {
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONG = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

  private final FileWorker files;
  private final Duration patience;
  private final Map<String, ReentrantLock> inside = new ConcurrentHashMap<>();

  /**
   * @param patience how long to wait for a lock that somebody else holds
   */
  ContainerLocks(FileWorker files, Duration patience) {
    this.files = files;
    this.patience = patience;
  }

  /**
   * Locks a container.
   *
   * @param directory its directory, which holds {@code lock}
   * @throws MydockerException NOT_FOUND if there is no such container, or it is removed meanwhile;
   *     CONFLICT if others do not let go of it
   */
  ContainerLock lock(String id, String directory) {
    return acquire(id, directory + "/lock", Linux.O_RDWR, patience)
        .orElseThrow(() -> busy("container " + shortId(id)));
  }

  /**
   * Locks a container if nobody has locked it, this thread included.
   *
   * @throws MydockerException NOT_FOUND if there is no such container
   */
  Optional<ContainerLock> tryLock(String id, String directory) {
    ReentrantLock own = inside.get(id);
    return own != null && own.isHeldByCurrentThread()
        ? Optional.empty()
        : acquire(id, directory + "/lock", Linux.O_RDWR, Duration.ZERO);
  }

  /** Makes the lock file of a container that nobody knows yet, and locks it. */
  ContainerLock create(String id, String directory) {
    return acquire(id, directory + "/lock", Linux.O_RDWR | Linux.O_CREAT, Duration.ZERO)
        .orElseThrow(
            () ->
                MydockerException.of(
                    Category.INTERNAL, "lock container", shortId(id), "it is locked already"));
  }

  /** Whether the lock file exists and is locked by somebody. */
  boolean isHeld(String directory) {
    return new FileLocks(files.performer()).isLocked(directory + "/lock");
  }

  private Optional<ContainerLock> acquire(String id, String path, int flags, Duration wait) {
    long deadline = System.nanoTime() + wait.toNanos();
    ReentrantLock own = inside.computeIfAbsent(id, _ -> new ReentrantLock());
    if (own.isHeldByCurrentThread()) {
      throw new IllegalStateException("container " + shortId(id) + " is locked by this thread");
    }
    try {
      if (!own.tryLock(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        return Optional.empty();
      }
    } catch (InterruptedException e) {
      throw interrupted("container " + shortId(id));
    }
    int file = -1;
    boolean kept = false;
    try {
      FileLocks.Locked opened = new FileLocks(files.performer()).openLocked(path, flags, 0600);
      file = opened.file();
      if (!opened.locked()) {
        if (!lock("container " + shortId(id), file, deadline)) {
          return Optional.empty();
        }
        requireStillThere(id, file, path);
      } else if (!opened.current()) {
        throw gone(id);
      }
      kept = true;
      return Optional.of(new ContainerLock(files, id, file, own));
    } catch (KernelException e) {
      throw isMissing(e) ? gone(id) : e;
    } finally {
      if (!kept) {
        if (file >= 0) {
          files.close(file);
        }
        own.unlock();
      }
    }
  }

  private static boolean isMissing(KernelException e) {
    return e.error() == Errno.ENOENT || e.error() == Errno.ENOTDIR;
  }

  /** Locks an open file, or throws after the usual patience. */
  void lock(String what, int file) {
    if (!lock(what, file, System.nanoTime() + patience.toNanos())) {
      throw busy(what);
    }
  }

  private boolean lock(String what, int file, long deadline) {
    long pause = FIRST_PAUSE;
    long wake = System.nanoTime() + LONG;
    while (!files.lock(file, false)) {
      if (System.nanoTime() - wake >= 0) {
        // Nobody works on a container for so long: somebody stopped a command with ctrl-Z, say.
        new StuckHelpers(files).wakeHolder(files.status(file).inode());
        wake += LONG;
      }
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(pause);
      } catch (InterruptedException e) {
        throw interrupted(what);
      }
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
    return true;
  }

  /** Who held the lock may have removed the container. */
  private void requireStillThere(String id, int file, String path) {
    FileStatus held = files.status(file);
    Optional<FileStatus> there = files.status(FileWorker.HOST, path);
    if (there.isEmpty() || there.get().inode() != held.inode()) {
      throw gone(id);
    }
  }

  private static MydockerException busy(String what) {
    return MydockerException.of(
        Category.CONFLICT, "lock", what, "another command is changing it", "try again");
  }

  private static MydockerException gone(String id) {
    return ContainerStore.noSuchContainer(shortId(id));
  }

  private static MydockerException interrupted(String what) {
    Thread.currentThread().interrupt();
    return MydockerException.of(Category.INTERRUPTED, "lock", what, "interrupted while waiting");
  }

  private static String shortId(String id) {
    return ContainerIds.shortId(id);
  }
}
