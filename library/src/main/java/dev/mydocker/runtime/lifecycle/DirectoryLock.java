package dev.mydocker.runtime.lifecycle;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import java.util.Optional;

/** The lock of a container's directory (flock(2)): whoever changes the container holds it. */
final class DirectoryLock implements AutoCloseable {
  private final FileWorker files;
  private final int descriptor;

  private DirectoryLock(FileWorker files, int descriptor) {
    this.files = files;
    this.descriptor = descriptor;
  }

  /**
   * Takes it, and waits for whoever has it.
   *
   * @return nothing if there is no such directory, or none any more
   */
  static Optional<DirectoryLock> take(FileWorker files, String directory) {
    int opened;
    try {
      opened = files.open(FileWorker.HOST, directory, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
    if (!files.lock(opened, true)) {
      files.close(opened);
      throw MydockerException.of(Category.CONFLICT, "lock", directory, "somebody holds it");
    }
    DirectoryLock lock = new DirectoryLock(files, opened);
    // It may have been removed meanwhile, and even another one made in its place.
    if (files.status(opened).links() == 0) {
      lock.close();
      return take(files, directory);
    }
    return Optional.of(lock);
  }

  /** A descriptor of the directory. */
  int descriptor() {
    return descriptor;
  }

  /** Lets it go, also where a helper has a copy of the descriptor and goes on. */
  @Override
  public void close() {
    files.unlock(descriptor);
    files.close(descriptor);
  }
}
