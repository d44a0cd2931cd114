package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;

/** A container's directory while it is filled. Closing it without {@link #publish} removes it. */
final class NewContainer implements AutoCloseable {
  private final ContainerStore store;
  private final FileWorker files;
  private final String id;
  private final String directory;
  private final ContainerLock lock;
  private boolean published;

  NewContainer(
      ContainerStore store, FileWorker files, String id, String directory, ContainerLock lock) {
    this.store = store;
    this.files = files;
    this.id = id;
    this.directory = directory;
    this.lock = lock;
  }

  /** The container's id. */
  String id() {
    return id;
  }

  /** Where its directory is for now; see {@link #publishedDirectory} for later. */
  String directory() {
    return directory;
  }

  /** Where its directory will be. */
  String publishedDirectory() {
    return store.directory(id);
  }

  /** Writes a file of it. */
  void write(String name, byte[] content, int mode) {
    files.replace(FileWorker.HOST, directory + "/" + name, content, mode, false);
  }

  /** Makes a directory in it. */
  void makeDirectory(String name, int mode) {
    files.makeDirectory(FileWorker.HOST, directory + "/" + name, mode);
  }

  /**
   * Makes the container known under its name.
   *
   * @param durable whether it must survive the machine's sudden death; not for one that is removed
   *     at its end
   * @return its lock, which the caller holds now
   * @throws MydockerException CONFLICT in Docker's words if the name is taken
   */
  ContainerLock publish(ContainerStore.Known known, boolean durable) {
    files.replace(
        FileWorker.HOST, directory + "/" + ContainerStore.RECORD, known.json(), 0600, durable);
    store.publish(this, known.record());
    published = true;
    return lock;
  }

  @Override
  public void close() {
    if (!published) {
      try {
        store.discard(this);
      } finally {
        lock.close();
      }
    }
  }
}
