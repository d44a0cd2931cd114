package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** What one engine's process owns; begun with the first container that is to be owned. */
final class Ownership {
  private static final int AT_ONCE = 32;

  private final String link;
  private @Nullable String name;

  /**
   * @param coProcess the directory of the co-process, which looks there when this process has ended
   */
  Ownership(String coProcess) {
    this.link = coProcess + "/owned";
  }

  /** The engine's name as an owner. */
  synchronized String name(Workbench bench) {
    String known = name;
    if (known != null) {
      return known;
    }
    FileWorker files = bench.files();
    String made = new Owners(bench).newName();
    String directory = bench.directory().owned() + "/" + made;
    files.makeDirectories(FileWorker.HOST, directory, 0700);
    files.makeSymbolicLink(FileWorker.HOST, link, directory);
    name = made;
    return made;
  }

  /** Removes everything; what that fails for, the co-process tries once more at its end. */
  void removeAll(Engine engine) {
    String owner;
    synchronized (this) {
      owner = name;
      name = null;
    }
    if (owner == null) {
      return;
    }
    try (Workbench bench = engine.bench()) {
      Owners owners = new Owners(bench);
      Semaphore places = new Semaphore(AT_ONCE);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (String id : owners.ids(owner)) {
          if (SnapshotStore.ofOwnedName(id).isEmpty()) {
            threads.execute(() -> remove(engine, owner, id, places));
          }
        }
      }
      for (String id : owners.ids(owner)) {
        if (SnapshotStore.ofOwnedName(id).isPresent()) {
          remove(engine, owner, id, places);
        }
      }
      String directory = bench.directory().owned() + "/" + owner;
      if (owners.ids(owner).isEmpty()) {
        bench.files().unlink(FileWorker.HOST, link);
        bench.files().removeDirectory(FileWorker.HOST, directory);
      }
    }
  }

  private static void remove(Engine engine, String owner, String id, Semaphore places) {
    places.acquireUninterruptibly();
    try (Workbench bench = engine.bench()) {
      new Owners(bench).remove(owner, id);
    } catch (MydockerException e) {
      // It is still named as ours: the co-process removes it when it ends.
    } finally {
      places.release();
    }
  }
}
