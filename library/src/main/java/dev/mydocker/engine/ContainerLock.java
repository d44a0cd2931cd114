package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The right to change a container: its {@code lock} file is locked with flock(2), which commands,
 * monitors and other engines respect. The kernel frees it when its holder dies.
 *
 * <p>No one may wait for a monitor while holding it: the monitor takes it at its end.
 */
final class ContainerLock implements AutoCloseable {
  private final FileWorker files;
  private final String id;
  private final int file;
  private final ReentrantLock inside;
  private boolean open = true;

  /**
   * @param file a locked descriptor
   * @param inside the lock among this engine's threads, held by this one
   */
  ContainerLock(FileWorker files, String id, int file, ReentrantLock inside) {
    this.files = files;
    this.id = id;
    this.file = file;
    this.inside = inside;
  }

  /** Whose lock this is. */
  String id() {
    return id;
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      try {
        files.close(file);
      } finally {
        inside.unlock();
      }
    }
  }
}
