package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;

/**
 * Puts containers' root file systems back to what they were made of: an empty directory takes the
 * place of the one that holds the changes, whose size does not matter then; its removal does not
 * have to be waited for.
 */
final class Resetter {
  static final String DISCARDED = "discarded-";

  private final Workbench bench;
  private final String id;

  Resetter(Workbench bench, String id) {
    this.bench = bench;
    this.id = id;
  }

  /** Keeps what a container changed as a layer below it. */
  SnapshotRecord snapshot() {
    try (ContainerLock lock = bench.containers().lock(id)) {
      ContainerRecord record = bench.containers().read(id);
      if (bench.observer().status(record).isAlive()) {
        throw MydockerException.of(
            Category.CONFLICT,
            "snapshot container",
            record.name(),
            "it is running",
            "stop it first, so that its files are complete");
      }
      SnapshotRecord snapshot = new SnapshotStore(bench).make(lock, record);
      EventLog.append(bench, Event.Action.SNAPSHOT, record, snapshot.id());
      return snapshot;
    }
  }

  /** Forgets what a container changed; one that runs is killed and started again. */
  void reset() {
    ContainerRecord record = bench.containers().read(id);
    if (record.spec().removeOnExit()) {
      throw MydockerException.of(
          Category.INVALID,
          "reset container",
          record.name(),
          "it is removed when it ends",
          "make it without removeOnExit");
    }
    try (OldRoot root = new OldRoot(bench, record)) {
      Lifecycle lifecycle = new Lifecycle(bench, id);
      boolean ran = lifecycle.kill(record);
      try (ContainerLock lock = bench.containers().lock(id)) {
        ContainerRecord now = bench.containers().read(id);
        if (bench.observer().status(now).isAlive()) {
          throw MydockerException.of(
              Category.CONFLICT,
              "reset container",
              record.name(),
              "it was started meanwhile",
              "try again");
        }
        discard(now);
        if (ran) {
          bench.containers().linkRun(now);
          lifecycle.start(now, lock);
        }
      }
      EventLog.append(bench, Event.Action.RESET, record);
      Runnable unmount = root.later();
      String directory = bench.directory().container(id);
      bench
          .engine()
          .later(
              other -> {
                try {
                  delete(other.files(), directory);
                } finally {
                  unmount.run();
                }
              });
    }
  }

  private void discard(ContainerRecord record) {
    String container = bench.directory().container(id);
    exchange(ContainerTree.upper(bench, record), container);
    if (record.owner() == null) {
      // Somebody may still hold the overlay that works there.
      exchange(ContainerTree.work(bench, record), container);
    }
  }

  private void exchange(String directory, String container) {
    FileWorker files = bench.files();
    String empty = container + "/" + DISCARDED + ContainerIds.shortId(ContainerIds.random(files));
    UpperLayer.makeLike(files, directory, empty);
    UpperLayer.exchange(files, directory, empty);
  }

  /** What is left when this process ends meanwhile goes with the next reset, or the container. */
  private static void delete(FileWorker files, String container) {
    if (files.status(FileWorker.HOST, container).isEmpty()) {
      return;
    }
    int directory = files.open(FileWorker.HOST, container, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      for (FileWorker.Entry entry : files.list(directory)) {
        if (entry.name().startsWith(DISCARDED)) {
          files.deleteTree(directory, entry.name());
        }
      }
    } finally {
      files.close(directory);
    }
  }
}
