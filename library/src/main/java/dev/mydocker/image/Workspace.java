package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.FileWorker.Entry;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory of its own for one operation that makes something; removed when the operation ends,
 * or, if it was killed, when the next one begins.
 *
 * <p>Its owner holds a lock (flock(2)) on it, which ends with the process, so what can be locked
 * has no owner any more.
 */
final class Workspace implements AutoCloseable {
  private final FileWorker files;
  private final int all;
  private final String name;
  private final int directory;

  private Workspace(FileWorker files, int all, String name, int directory) {
    this.files = files;
    this.all = all;
    this.name = name;
    this.directory = directory;
  }

  /**
   * Makes one, and removes those whose owners are gone.
   *
   * @param path the absolute path of the directory that holds them all; the caller holds the
   *     store's lock, so that nobody takes a new one for an abandoned one
   */
  static Workspace make(FileWorker files, String path) {
    files.makeDirectory(FileWorker.HOST, path, 0700);
    int all = files.open(FileWorker.HOST, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      removeAbandoned(files, all);
      long number = System.nanoTime();
      while (!files.makeDirectory(all, Long.toHexString(number), 0700)) {
        number++;
      }
      String name = Long.toHexString(number);
      int directory = files.open(all, name, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
      files.lock(directory, false);
      return new Workspace(files, all, name, directory);
    } catch (MydockerException e) {
      files.close(all);
      throw e;
    }
  }

  /** The names of those whose owners are gone; the caller holds the store's lock. */
  static List<String> abandoned(FileWorker files, String path) {
    List<String> names = new ArrayList<>();
    if (files.status(FileWorker.HOST, path).isEmpty()) {
      return names;
    }
    int all = files.open(FileWorker.HOST, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      for (Entry entry : files.list(all)) {
        if (isAbandoned(files, all, entry.name())) {
          names.add(entry.name());
        }
      }
    } finally {
      files.close(all);
    }
    return names;
  }

  private static void removeAbandoned(FileWorker files, int all) {
    for (Entry entry : files.list(all)) {
      if (isAbandoned(files, all, entry.name())) {
        files.deleteTree(all, entry.name());
      }
    }
  }

  private static boolean isAbandoned(FileWorker files, int all, String name) {
    int one;
    try {
      one = files.open(all, name, Linux.O_RDONLY | Linux.O_NOFOLLOW, 0);
    } catch (KernelException e) {
      // Just removed by its owner.
      return false;
    }
    try {
      return files.lock(one, false);
    } finally {
      files.close(one);
    }
  }

  /** Its descriptor. */
  int directory() {
    return directory;
  }

  /** Opens the tree of the layer that was unpacked in it. */
  int openTree() {
    return files.open(directory, LayerMaker.TREE, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
  }

  @Override
  public void close() {
    try {
      files.deleteTree(all, name);
    } finally {
      files.close(directory);
      files.close(all);
    }
  }
}
