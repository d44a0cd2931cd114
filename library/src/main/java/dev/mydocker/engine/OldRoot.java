package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import org.jspecify.annotations.Nullable;

/**
 * The root file system of a container that runs and is about to be reset, held by a descriptor.
 *
 * <p>The last unmount of an overlay writes back all of the file system below it, as syncfs(2) does:
 * with its last process a container would wait until everything that it has written is on the disk,
 * to be removed there. Held, the mount ends when the descriptor is closed, and by then those files
 * are gone. Not for volatile overlays, which write nothing back.
 */
final class OldRoot implements AutoCloseable {
  private final @Nullable Workbench holder;
  private final int root;
  private boolean handedOver;

  OldRoot(Workbench bench, ContainerRecord record) {
    RunRecord run = record.run();
    if (run == null || record.owner() != null || !bench.observer().status(record).isAlive()) {
      holder = null;
      root = -1;
      return;
    }
    Workbench own = bench.engine().bench();
    holder = own;
    root = open(own.files(), "/proc/" + run.init().pid() + "/root");
  }

  private static int open(FileWorker files, String path) {
    try {
      return files.open(FileWorker.HOST, path, Linux.O_PATH | Linux.O_DIRECTORY, 0);
    } catch (KernelException e) {
      // It has ended meanwhile: the reset takes longer.
      return -1;
    }
  }

  /** What lets it go, for whoever does that later than {@link #close}. */
  Runnable later() {
    handedOver = true;
    return this::release;
  }

  private void release() {
    Workbench own = holder;
    if (own != null) {
      try (own) {
        if (root >= 0) {
          own.files().close(root);
        }
      }
    }
  }

  @Override
  public void close() {
    if (!handedOver) {
      release();
    }
  }
}
