package dev.mydocker.engine;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import java.util.Optional;

/**
 * Opens the files of a container's log one after the other, in the order in which they were
 * written, whatever the monitor rotates meanwhile. None is left out but those that are removed
 * before they are opened.
 *
 * <p>A rotation (native/log.c) renames container.log.2 to .3, then .1 to .2, container.log to .1,
 * and then makes container.log anew. So the number of a file only grows, and one number at most is
 * missing below the highest: two missing ones are the end. Whoever looks for a file from a number
 * on that it had, upwards, does not pass it by; and a file that has the same number before and
 * after a look at a smaller one had it in between. The C follower does the same (native/follow.c).
 */
final class LogFiles {
  private static final int GONE = -1;
  private static final int ELSEWHERE = -2;

  /** How often a file that must be there is looked for. */
  private static final int TRIES = 8;

  private final FileWorker files;
  private final String path;

  /** What was opened last. */
  private int file = -1;

  private long inode;

  /** A number that it had. */
  private long age;

  LogFiles(FileWorker files, String directory) {
    this.files = files;
    this.path = directory + "/container.log";
  }

  /**
   * Opens the oldest file at first, and from then on the file after the one before, which must
   * still be open.
   *
   * @return a descriptor; -1 if there is none (yet)
   */
  int next() {
    while (true) {
      long ours = file < 0 ? GONE : find();
      if (ours == 0) {
        return -1;
      }
      long next = ours == GONE ? highest(0) : ours == ELSEWHERE ? 0 : ours - 1;
      int opened = open(next);
      while (opened < 0 && next > 0) {
        next--;
        opened = open(next);
      }
      if (opened < 0) {
        // A rotation is about to make container.log, or there is no log.
        return -1;
      }
      boolean sure = false;
      try {
        sure = ours == GONE ? highest(next + 1) == next : ours == ELSEWHERE || isBehind(next, ours);
      } finally {
        if (!sure) {
          files.close(opened);
        }
      }
      if (sure) {
        file = opened;
        inode = files.status(opened).inode();
        age = next;
        return opened;
      }
    }
  }

  /** The number that our file has. */
  private long find() {
    for (int i = 0; i < TRIES; i++) {
      if (files.status(file).links() == 0) {
        return GONE;
      }
      int missing = 0;
      for (long number = age; missing < 2; number++) {
        long found = inode(number);
        if (found == inode) {
          age = number;
          return number;
        }
        missing = found == 0 ? missing + 1 : 0;
      }
    }
    // Somebody gave it a name of their own.
    return ELSEWHERE;
  }

  /** The highest number, from one on; one less where there is none. */
  private long highest(long from) {
    long found = from - 1;
    for (long number = from; number <= found + 2; number++) {
      found = inode(number) == 0 ? found : number;
    }
    return found;
  }

  /** Whether our file has a number, and none is between it and {@code next}. */
  private boolean isBehind(long next, long ours) {
    for (long number = next + 1; number < ours; number++) {
      if (inode(number) != 0) {
        return false;
      }
    }
    return inode(ours) == inode;
  }

  private String name(long number) {
    return number == 0 ? path : path + "." + number;
  }

  /** 0 where there is none. */
  private long inode(long number) {
    Optional<FileStatus> status = files.status(FileWorker.HOST, name(number));
    return status.isPresent() ? status.get().inode() : 0;
  }

  private int open(long number) {
    if (number < 0) {
      return -1;
    }
    try {
      return files.open(FileWorker.HOST, name(number), Linux.O_RDONLY | Linux.O_NOFOLLOW, 0);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT) {
        return -1;
      }
      throw e;
    }
  }
}
