package dev.mydocker.image;

import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Tried;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/**
 * Finds directories below a root as if there were nothing above it, and makes those that an archive
 * takes for granted.
 */
final class Directories implements AutoCloseable {
  /** How often openat2(2) is tried that says EAGAIN. */
  static final int ATTEMPTS = 1000;

  static final long INSIDE = Linux.RESOLVE_IN_ROOT | Linux.RESOLVE_NO_MAGICLINKS;
  static final int LOOKUP = Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_CLOEXEC;

  private final FileWorker files;
  private final int root;
  private final String under;
  private final String operation;
  private final ImpliedDirectories implied;
  private String parentPath = "";
  private int parent = -1;

  Directories(FileWorker files, int root, String under, String operation) {
    this.files = files;
    this.root = root;
    this.under = under;
    this.operation = operation;
    this.implied = new ImpliedDirectories(operation);
  }

  @Override
  public void close() {
    forgetParent();
  }

  /** Those that were made although the archive has no entry for them. */
  ImpliedDirectories implied() {
    return implied;
  }

  /** The root's descriptor. */
  int root() {
    return root;
  }

  /** The descriptor of the directory in which something is to be made; kept until the next one. */
  int parent(String path) {
    if (path.isEmpty() && under.isEmpty()) {
      return root;
    }
    if (parent < 0 || !parentPath.equals(path)) {
      forgetParent();
      parent = lookUp(path);
      if (parent < 0) {
        makeParents(path);
        parent = open(path, LOOKUP);
      }
      parentPath = path;
    }
    return parent;
  }

  /** The kept directory may be gone once something took the place of it or of one above it. */
  void forget(String in, String name) {
    int length = in.isEmpty() ? name.length() : in.length() + 1 + name.length();
    if (parentPath.length() >= length
        && parentPath.startsWith(in)
        && parentPath.startsWith(name, length - name.length())
        && (parentPath.length() == length || parentPath.charAt(length) == '/')) {
      forgetParent();
    }
  }

  private void forgetParent() {
    if (parent >= 0) {
      files.close(parent);
      parent = -1;
    }
  }

  /** Makes the directories on the way that the archive has no entry for. */
  void makeParents(String path) {
    int directory = open("", LOOKUP);
    try {
      for (int from = 0; from < path.length(); ) {
        int slash = path.indexOf('/', from);
        int to = slash < 0 ? path.length() : slash;
        String name = path.substring(from, to);
        if (!name.equals("..")) {
          makeDirectoryIfMissing(directory, path.substring(0, to), name);
        }
        int next = open(path.substring(0, to), LOOKUP);
        files.close(directory);
        directory = next;
        from = to + 1;
      }
    } finally {
      files.close(directory);
    }
  }

  private void makeDirectoryIfMissing(int in, String path, String name) {
    SegmentBuilder b = Segment.builder();
    Value at = Value.of(in);
    Value text = b.text(name);
    Label there = new Label();
    Value made = b.syscall(Wire.SYS_MKDIRAT, at, text, Value.of(0755));
    b.jumpingTo(there, Errno.EEXIST);
    b.syscall(Wire.SYS_FCHMODAT, at, text, Value.of(0755));
    b.here(there);
    String what = operation + ": create directory " + path;
    if (files.performer().perform(b.build()).orThrow(what).result(made) == 0) {
      implied.add(full(path));
    }
  }

  /** The descriptor of a directory that must be there, for reading. */
  int open(String path) {
    return open(path, Linux.O_RDONLY | Linux.O_DIRECTORY);
  }

  /** The same with flags of one's own. */
  int open(String path, int flags) {
    int directory = lookUp(path, flags);
    if (directory < 0) {
      throw Tried.of(operation)
          .failed(
              Category.INVALID,
              "directory "
                  + path
                  + " cannot be opened: a link to nothing, or no directory, is on the way");
    }
    return directory;
  }

  /**
   * The descriptor of a directory inside of the root, for what it holds; -1 where there is none.
   */
  int lookUp(String path) {
    return lookUp(path, LOOKUP);
  }

  /** The descriptor of a directory inside of the root, or -1 where there is none. */
  int lookUp(String path, int flags) {
    for (int attempt = 0; ; attempt++) {
      SegmentBuilder b = Segment.builder();
      Value directory =
          FileWorker.addOpen2(b, Value.of(root), full(path), flags | Linux.O_CLOEXEC, 0, INSIDE);
      b.tolerating(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.EAGAIN);
      long result =
          files
              .performer()
              .perform(b.build())
              .orThrow(operation + ": open directory " + path)
              .result(directory);
      // openat2(2): EAGAIN if something was renamed somewhere while it went up by "..".
      if (result != -Errno.EAGAIN || attempt == ATTEMPTS) {
        return result < 0 ? -1 : (int) result;
      }
    }
  }

  /** A path as it is from the root. */
  String full(String path) {
    if (under.isEmpty()) {
      return path.isEmpty() ? "." : path;
    }
    return path.isEmpty() ? under : under + "/" + path;
  }
}
