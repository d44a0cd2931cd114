package dev.mydocker.engine;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A performer that changes nothing: what only looks at the machine is done, and everything else is
 * said to have succeeded. So the code that makes a container runs as it is, and what it would have
 * had performed can be told ({@code --dry-run}).
 *
 * <p>Files that it says to have made can be read back, descriptors have numbers that no process
 * has, and helpers are played: their segments get replies as well.
 */
final class Rehearsal implements Performer {
  private final Performer performer;
  private final FileWorker files;
  private final PretendedFiles pretended;
  private final List<String> layers = new ArrayList<>();
  private final PretendedHelper helper = new PretendedHelper();

  /**
   * @param pretended what was made so far, by this and other performers
   */
  Rehearsal(Performer performer, PretendedFiles pretended) {
    this.performer = performer;
    this.files = new FileWorker(performer);
    this.pretended = pretended;
  }

  @Override
  public Reply perform(Segment segment) {
    RehearsedSegment rehearsed = new RehearsedSegment(segment);
    return onlyLooks(rehearsed) ? performer.perform(segment) : rehearsed.reply(run(rehearsed));
  }

  @Override
  public boolean rehearses() {
    return true;
  }

  @Override
  public String helper() {
    return performer.helper();
  }

  @Override
  public void close() {
    performer.close();
  }

  /** Whether a segment changes nothing, and uses nothing that is not really there. */
  private boolean onlyLooks(RehearsedSegment s) {
    for (int i = 0; i < s.instructions(); i++) {
      switch (s.operation(i)) {
        case Wire.OP_JUMP, Wire.OP_LOAD, Wire.OP_STORE, Wire.OP_CHECK -> {}
        case Wire.OP_SYSCALL -> {
          if (!onlyLooks(s, i)) {
            return false;
          }
        }
        default -> {
          return false;
        }
      }
    }
    return true;
  }

  private boolean onlyLooks(RehearsedSegment s, int i) {
    int number = s.call(i);
    if (s.isImmediate(i, 0) && pretended.path(s.argument(i, 0)) != null) {
      return false;
    }
    if (number == Wire.SYS_OPENAT
        || number == Wire.SYS_STATX
        || number == Wire.SYS_READLINKAT
        || number == Wire.SYS_FACCESSAT2) {
      boolean writes = number == Wire.SYS_OPENAT && writes(s.argument(i, 2));
      return !writes && !pretended.has(s.text(i, 1));
    }
    return number == Wire.SYS_READ
        || number == Wire.SYS_PREAD64
        || number == Wire.SYS_CLOSE
        || number == Wire.SYS_LSEEK
        || number == Wire.SYS_GETDENTS64
        || number == Wire.SYS_PIDFD_OPEN
        || number == Wire.SYS_STATFS
        || number == Wire.SYS_FSTATFS;
  }

  private static boolean writes(long flags) {
    return (flags & (Linux.O_CREAT | Linux.O_TRUNC | Linux.O_WRONLY | Linux.O_RDWR)) != 0;
  }

  /** Performs a segment in thought; what it sends is the helper's to perform. */
  private RehearsedSegment run(RehearsedSegment s) {
    for (int i = 0; i < s.instructions(); ) {
      long result = perform(s, i);
      s.result(i, result);
      if (s.operation(i) == Wire.OP_SYSCALL && s.call(i) == Wire.SYS_EXECVE) {
        s.end();
        return s;
      }
      boolean jumps =
          s.operation(i) == Wire.OP_JUMP ? result == 1 : result < 0 && s.jumpsAt(i, (int) -result);
      i = jumps ? s.jump(i) : i + 1;
    }
    return s;
  }

  private long perform(RehearsedSegment s, int i) {
    return switch (s.operation(i)) {
      case Wire.OP_SYSCALL -> call(s, i);
      case Wire.OP_JUMP -> (s.value(i, 0) & s.value(i, 1)) == s.value(i, 2) ? 1 : 0;
      case Wire.OP_STORE -> {
        s.store(s.argument(i, 0), s.value(i, 1), (int) s.argument(i, 2));
        yield 0;
      }
      case Wire.OP_LOAD -> s.load(s.argument(i, 0), (int) s.argument(i, 1));
      case Wire.OP_SPAWN -> {
        long pidfd = s.load(s.argument(i, 0) + 8, 8);
        s.store(pidfd, pretended.open(), 4);
        yield ourselves();
      }
      case Wire.OP_EXECUTE -> ourselves();
      case Wire.OP_OPEN_OR_MAKE -> pretended.open(s.text(i, 1), s.argument(i, 2) != 0, new byte[0]);
      case Wire.OP_SHARE -> {
        s.share(s.value(i, 0));
        yield 0;
      }
      case Wire.OP_SEND -> {
        helper.receive(s.value(i, 0), run(s.sent(i)));
        yield s.value(i, 2);
      }
      case Wire.OP_RECEIVE -> helper.answer(s, i);
      default -> 0;
    };
  }

  /** A process that is there, for whoever looks it up. */
  private long ourselves() {
    Optional<String> self = files.readLink(FileWorker.HOST, "/proc/self");
    return Long.parseLong(self.orElse("1"));
  }

  private long call(RehearsedSegment s, int i) {
    int number = s.call(i);
    if (number == Wire.SYS_OPENAT || number == Wire.SYS_OPENAT2 || number == Wire.SYS_OPEN_TREE) {
      return open(s, i);
    }
    if (number == Wire.SYS_FSOPEN
        || number == Wire.SYS_FSMOUNT
        || number == Wire.SYS_SOCKET
        || number == Wire.SYS_MEMFD_CREATE
        || number == Wire.SYS_PIDFD_OPEN) {
      return pretended.open();
    }
    if (number == Wire.SYS_SOCKETPAIR) {
      s.store(s.argument(i, 3), pretended.open(), 4);
      s.store(s.argument(i, 3) + 4, pretended.open(), 4);
      return 0;
    }
    if (number == Wire.SYS_READ) {
      return s.copy(s.argument(i, 1), pretended.read(s.value(i, 0), (int) s.value(i, 2)));
    }
    if (number == Wire.SYS_READLINKAT) {
      return pretended.isMade(s.text(i, 1))
          ? s.copy(s.argument(i, 2), pretended.content(s.text(i, 1)))
          : -Errno.ENOENT;
    }
    if (number == Wire.SYS_SYMLINKAT) {
      pretended.link(s.text(i, 2), Bytes.encode(s.text(i, 0)));
      return 0;
    }
    if (number == Wire.SYS_WRITE) {
      pretended.write(s.value(i, 0), s.bytes(s.argument(i, 1), (int) s.value(i, 2)));
      return s.value(i, 2);
    }
    if (number == Wire.SYS_STATX) {
      return status(s, i);
    }
    if (number == Wire.SYS_GETCWD) {
      return s.copy(s.argument(i, 0), new byte[] {'/', 0});
    }
    if (number == Wire.SYS_FSCONFIG && s.text(i, 2).startsWith("lowerdir")) {
      layers.addAll(List.of(s.text(i, 3).split(":")));
      return 0;
    }
    if (number == Wire.SYS_PPOLL || number == Wire.SYS_SENDFILE) {
      return 1;
    }
    return change(s, i, number);
  }

  private long change(RehearsedSegment s, int i, int number) {
    String path = s.text(i, 1);
    if (number == Wire.SYS_MKDIRAT && isThere(path)) {
      return -Errno.EEXIST;
    }
    if (!path.startsWith("/")) {
      return 0;
    }
    if (number == Wire.SYS_MKDIRAT) {
      pretended.makeDirectory(path);
    } else if (number == Wire.SYS_MKNODAT) {
      pretended.makeFile(path);
    } else if (number == Wire.SYS_UNLINKAT) {
      pretended.remove(path);
    } else if (number == Wire.SYS_RENAMEAT2) {
      pretended.rename(path, s.text(i, 3));
    }
    return 0;
  }

  private long open(RehearsedSegment s, int i) {
    String path = s.text(i, 1);
    if (s.call(i) == Wire.SYS_OPENAT2) {
      return openInside(path);
    }
    if (!path.startsWith("/")) {
      return pretended.open(path, true, new byte[0]);
    }
    boolean made = pretended.isMade(path);
    if (s.call(i) == Wire.SYS_OPENAT && (s.argument(i, 2) & Linux.O_CREAT) != 0) {
      pretended.makeFile(path);
      return pretended.open(path);
    }
    if (made) {
      return pretended.open(path);
    }
    if (pretended.isBelow(path, PRETENDED_FILE_SYSTEMS)) {
      // The kernel fills these directories when they are made.
      return pretended.open();
    }
    Optional<FileStatus> real = files.statusFollowing(FileWorker.HOST, path);
    return real.isEmpty()
        ? -Errno.ENOENT
        : pretended.open(path, real.get().isDirectory(), new byte[0]);
  }

  /**
   * Opens a path of a container that is not there: its /proc and /sys look like ours, and its users
   * are those of the image.
   */
  private long openInside(String path) {
    if (path.startsWith("proc/") || path.startsWith("sys/")) {
      Optional<FileStatus> ours = files.statusFollowing(FileWorker.HOST, "/" + path);
      boolean cgroups = path.startsWith("sys/fs/cgroup");
      return ours.isEmpty() && !cgroups
          ? -Errno.ENOENT
          : pretended.open(path, cgroups || ours.get().isDirectory(), new byte[0]);
    }
    if (path.equals("etc/passwd") || path.equals("etc/group")) {
      for (String layer : layers) {
        Optional<byte[]> content = files.readIfThere(FileWorker.HOST, layer + "/" + path);
        if (content.isPresent()) {
          return pretended.open(path, false, content.get());
        }
      }
      return -Errno.ENOENT;
    }
    return pretended.open(path, true, new byte[0]);
  }

  private boolean isThere(String path) {
    return path.startsWith("/")
        && (pretended.isMade(path) || files.statusFollowing(FileWorker.HOST, path).isPresent());
  }

  /** Two looks at one file must be alike, so all have the same inode. */
  private long status(RehearsedSegment s, int i) {
    String path = s.text(i, 1);
    boolean directory =
        path.isEmpty() ? pretended.isDirectory(s.value(i, 0)) : pretended.isDirectory(path);
    if (!path.isEmpty() && !isThere(path)) {
      return -Errno.ENOENT;
    }
    int kind = directory ? Linux.S_IFDIR : Linux.S_IFREG;
    s.store(s.argument(i, 4) + MODE, kind | 0600, 2);
    return 0;
  }

  private static final String PRETENDED_FILE_SYSTEMS = "/sys/fs/cgroup/";

  /** Where struct statx has the type and the permissions. */
  private static final int MODE = 28;
}
