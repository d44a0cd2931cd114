package dev.mydocker.engine;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Adds up the sizes of files below a directory, on its file system alone. A container may change
 * them meanwhile: what is gone when its turn comes counts for nothing.
 */
final class TreeSize {
  private static final int STATUSES_AT_ONCE = 32;

  private final FileWorker files;
  private final Set<Long> linked = new HashSet<>();
  private final Deque<String> directories = new ArrayDeque<>();
  private long bytes;

  private TreeSize(FileWorker files) {
    this.files = files;
  }

  /** The bytes of all files below an absolute path of the host; 0 if there is no such directory. */
  static long of(FileWorker files, String path) {
    Optional<Integer> root = open(files, FileWorker.HOST, path, 0);
    if (root.isEmpty()) {
      return 0;
    }
    TreeSize size = new TreeSize(files);
    try {
      size.directories.add(".");
      while (!size.directories.isEmpty()) {
        size.add(root.get(), size.directories.removeLast());
      }
      return size.bytes;
    } finally {
      files.close(root.get());
    }
  }

  /** One after the other by their paths: trees that are too deep for a stack are not for this. */
  private void add(int root, String path) {
    Optional<Integer> directory =
        open(
            files,
            root,
            path,
            Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_SYMLINKS | Linux.RESOLVE_NO_XDEV);
    if (directory.isEmpty()) {
      return;
    }
    try {
      List<String> names = new ArrayList<>();
      for (FileWorker.Entry entry : files.list(directory.get())) {
        names.add(entry.name());
      }
      for (int from = 0; from < names.size(); from += STATUSES_AT_ONCE) {
        List<String> some = names.subList(from, Math.min(names.size(), from + STATUSES_AT_ONCE));
        List<Optional<FileStatus>> statuses = files.statuses(directory.get(), some);
        for (int i = 0; i < some.size(); i++) {
          if (statuses.get(i).isPresent()) {
            add(statuses.get(i).get(), path + "/" + some.get(i));
          }
        }
      }
    } finally {
      files.close(directory.get());
    }
  }

  private void add(FileStatus status, String path) {
    if (status.isDirectory()) {
      directories.add(path);
    } else if (status.links() == 1 || linked.add(status.inode())) {
      bytes += status.size();
    }
  }

  /** Nothing for a directory that is gone, is somewhere else, or has too long a path. */
  private static Optional<Integer> open(FileWorker files, int at, String path, long resolve) {
    try {
      return Optional.of(files.open(at, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0, resolve));
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT
          || e.error() == Errno.ENOTDIR
          || e.error() == Errno.ELOOP
          || e.error() == Errno.EXDEV
          || e.error() == Errno.ENAMETOOLONG) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
