package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.image.tar.TarReader;
import dev.mydocker.image.tar.TarType;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Tried;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.List;
import java.util.Optional;

/**
 * Makes files of all kinds below a directory, with owner, mode, attributes and time, mostly one
 * segment each.
 *
 * <p>The order matters: content first (writing clears security.capability), then the owner (which
 * clears set-id bits), the mode, the attributes, and the time last.
 */
final class TreeMaker implements AutoCloseable {
  private static final int CHUNK = 1 << 17;
  private static final int DIRECTORIES_AT_ONCE = 256;

  /** Of struct statx: its size, the inode, the device that holds the file; and STATX_INO. */
  private static final int STATX_SIZE = 256;

  private static final int FILE_INODE = 32;
  private static final int FILE_DEVICE = 136;
  private static final int STATX_INODE = 0x100;

  private final FileWorker files;
  private final Directories directories;
  private final OverlayMarks marks;
  private final String operation;

  /**
   * @param operation what is being done, for messages: {@code unpack layer}
   */
  TreeMaker(FileWorker files, int root, String under, String operation) {
    this.files = files;
    this.directories = new Directories(files, root, under, operation);
    this.operation = operation;
    this.marks = OverlayMarks.of(files);
  }

  /** Directories that were made although no entry names them. */
  List<String> impliedDirectories() {
    return directories.implied().paths();
  }

  @Override
  public void close() {
    directories.close();
  }

  /** What has a name. */
  Optional<FileStatus> status(String in, String name) {
    return files.status(directories.parent(in), name);
  }

  /** A directory, or new attributes of the one that is there. */
  void makeDirectory(String in, String name, TarEntry entry) {
    Value at = Value.of(directories.parent(in));
    SegmentBuilder b = Segment.builder();
    Value text = b.text(name);
    Label there = new Label();
    Label replace = new Label();
    Label made = new Label();
    b.syscall(Wire.SYS_MKDIRAT, at, text, Value.of(0700));
    b.jumpingTo(there, Errno.EEXIST);
    b.jump(made, Value.of(0), 0, 0);
    b.here(there);
    Value found =
        b.syscall(Wire.SYS_OPENAT, at, text, Value.of(Directories.LOOKUP | Linux.O_NOFOLLOW));
    b.jumpingTo(replace, Errno.ENOTDIR, Errno.ELOOP);
    b.syscall(Wire.SYS_CLOSE, found);
    b.jump(made, Value.of(0), 0, 0);
    b.here(replace);
    b.operation(Wire.OP_DELETE_TREE, at, text);
    b.syscall(Wire.SYS_MKDIRAT, at, text, Value.of(0700));
    b.here(made);
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            at,
            text,
            Value.of(Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW | Linux.O_CLOEXEC));
    EntryAttributes.addAttributes(b, file, entry, marks);
    b.syscall(Wire.SYS_CLOSE, file);
    perform(b, "create directory", in, name, file);
    directories.forget(in, name);
    directories.implied().remove(directories.full(in.isEmpty() ? name : in + "/" + name));
  }

  /** Sets the attributes of the directory into which everything goes. */
  void setRoot(TarEntry entry) {
    SegmentBuilder b = Segment.builder();
    Value file = Value.of(directories.open(""));
    EntryAttributes.addAttributes(b, file, entry, marks);
    b.syscall(Wire.SYS_CLOSE, file);
    perform(b, "set attributes of", "", ".", file);
  }

  /** A file, in the place of whatever has its name. */
  void makeFile(String in, String name, TarEntry entry, TarReader content) {
    Value at = Value.of(directories.parent(in));
    SegmentBuilder b = Segment.builder();
    Value text = b.text(name);
    b.operation(Wire.OP_DELETE_TREE, at, text);
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            at,
            text,
            Value.of(
                Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL | Linux.O_NOFOLLOW | Linux.O_CLOEXEC),
            Value.of(0600));
    directories.forget(in, name);
    if (!entry.isSparse() && entry.size() <= CHUNK) {
      int size = (int) entry.size();
      if (size > 0) {
        byte[] bytes = new byte[size];
        content.readFully(bytes, 0, size);
        Value written = b.syscall(Wire.SYS_WRITE, file, b.bytes(bytes), Value.of(size));
        b.check(written, -1, size, Errno.ENOSPC);
      }
      finishFile(b, file, entry, in, name);
      return;
    }
    int descriptor = (int) perform(b, "create", in, name, file).result(file);
    boolean closed = false;
    try {
      writeExtents(descriptor, entry, content, in, name);
      SegmentBuilder last = Segment.builder();
      last.syscall(Wire.SYS_FTRUNCATE, Value.of(descriptor), Value.of(entry.size()));
      closed = true;
      finishFile(last, Value.of(descriptor), entry, in, name);
    } finally {
      if (!closed) {
        files.close(descriptor);
      }
    }
  }

  private void writeExtents(int file, TarEntry entry, TarReader content, String in, String name) {
    byte[] chunk = new byte[CHUNK];
    for (TarEntry.Extent extent : entry.extents()) {
      long done = 0;
      while (done < extent.length()) {
        int size = (int) Math.min(CHUNK, extent.length() - done);
        content.readFully(chunk, 0, size);
        SegmentBuilder b = Segment.builder();
        Value written =
            b.syscall(
                Wire.SYS_PWRITE64,
                Value.of(file),
                b.bytes(chunk, 0, size),
                Value.of(size),
                Value.of(extent.offset() + done));
        b.check(written, -1, size, Errno.ENOSPC);
        perform(b, "write", in, name);
        done += size;
      }
    }
  }

  private void finishFile(SegmentBuilder b, Value file, TarEntry entry, String in, String name) {
    EntryAttributes.addAttributes(b, file, entry, marks);
    b.syscall(Wire.SYS_UTIMENSAT, file, Value.of(0), EntryAttributes.times(b, entry), Value.of(0));
    b.syscall(Wire.SYS_CLOSE, file);
    perform(b, "create", in, name, file);
  }

  /** A symbolic link, in the place of whatever has its name. */
  void makeSymbolicLink(String in, String name, TarEntry entry) {
    Value at = Value.of(directories.parent(in));
    SegmentBuilder b = Segment.builder();
    Value text = b.text(name);
    b.operation(Wire.OP_DELETE_TREE, at, text);
    b.syscall(Wire.SYS_SYMLINKAT, b.text(entry.linkName()), at, text);
    EntryAttributes.addOwner(b, at, text, entry, Linux.AT_SYMLINK_NOFOLLOW);
    EntryAttributes.addPathXattrs(b, at, name, entry, marks);
    b.syscall(
        Wire.SYS_UTIMENSAT,
        at,
        text,
        EntryAttributes.times(b, entry),
        Value.of(Linux.AT_SYMLINK_NOFOLLOW));
    perform(b, "create symbolic link", in, name);
    directories.forget(in, name);
  }

  /**
   * A device or fifo, in the place of whatever has its name. In a user namespace devices are left
   * out, as by Docker and Podman: containers get theirs when they start.
   */
  void makeNode(String in, String name, TarEntry entry) {
    if (entry.type().isDevice() && !marks.haveDevices()) {
      return;
    }
    int type =
        entry.type() == TarType.CHARACTER_DEVICE
            ? Linux.S_IFCHR
            : entry.type() == TarType.BLOCK_DEVICE ? Linux.S_IFBLK : Linux.S_IFIFO;
    long device =
        entry.type().isDevice() ? Linux.device(entry.deviceMajor(), entry.deviceMinor()) : 0;
    Value at = Value.of(directories.parent(in));
    SegmentBuilder b = Segment.builder();
    Value text = b.text(name);
    b.operation(Wire.OP_DELETE_TREE, at, text);
    b.syscall(Wire.SYS_MKNODAT, at, text, Value.of(type | 0600), Value.of(device));
    Value file =
        b.syscall(
            Wire.SYS_OPENAT, at, text, Value.of(Linux.O_PATH | Linux.O_NOFOLLOW | Linux.O_CLOEXEC));
    EntryAttributes.addOwner(b, file, b.text(""), entry, Linux.AT_EMPTY_PATH);
    int descriptor = (int) perform(b, "create device", in, name, file).result(file);
    // A descriptor of O_PATH takes no fchmod(2), but its link in /proc does.
    SegmentBuilder last = Segment.builder();
    Value fd = Value.of(descriptor);
    last.syscall(
        Wire.SYS_FCHMODAT,
        Value.of(Linux.AT_FDCWD),
        last.text("/proc/self/fd/" + descriptor),
        Value.of(entry.mode()));
    EntryAttributes.addPathXattrs(last, at, name, entry, marks);
    last.syscall(
        Wire.SYS_UTIMENSAT,
        fd,
        last.text(""),
        EntryAttributes.times(last, entry),
        Value.of(Linux.AT_EMPTY_PATH));
    last.syscall(Wire.SYS_CLOSE, fd);
    perform(last, "create device", in, name, fd);
    directories.forget(in, name);
  }

  /** One more name of a file that is there. */
  void makeHardLink(String in, String name, String targetIn, String targetName, TarEntry entry) {
    int parent = directories.parent(in);
    boolean beside = targetIn.equals(in);
    int target = beside ? parent : directories.lookUp(targetIn);
    if (target < 0) {
      throw missingTarget(in, name, entry);
    }
    try {
      Value at = Value.of(parent);
      SegmentBuilder b = Segment.builder();
      Label there = new Label();
      Label done = new Label();
      Value text = b.text(name);
      Value old = b.text(targetName);
      Value from = Value.of(target);
      b.syscall(Wire.SYS_LINKAT, from, old, at, text, Value.of(0));
      b.jumpingTo(there, Errno.EEXIST);
      b.jump(done, Value.of(0), 0, 0);
      b.here(there);
      // The two names may be one file already: removing one could remove the last.
      Value first = addIdentity(b, from, old);
      Value second = addIdentity(b, at, text);
      b.here(done);
      Reply reply = files.performer().perform(b.build());
      if (reply.error() == Errno.ENOENT) {
        throw missingTarget(in, name, entry);
      }
      orThrow(reply, "create hard link", in, name);
      if (reply.number(second.plus(FILE_INODE), 8) == 0) {
        return;
      }
      if (reply.number(first.plus(FILE_INODE), 8) == reply.number(second.plus(FILE_INODE), 8)
          && reply.number(first.plus(FILE_DEVICE), 8)
              == reply.number(second.plus(FILE_DEVICE), 8)) {
        return;
      }
      SegmentBuilder again = Segment.builder();
      Value againText = again.text(name);
      again.operation(Wire.OP_DELETE_TREE, at, againText);
      again.syscall(Wire.SYS_LINKAT, from, again.text(targetName), at, againText, Value.of(0));
      perform(again, "create hard link", in, name);
      directories.forget(in, name);
    } finally {
      if (!beside) {
        files.close(target);
      }
    }
  }

  /**
   * Overlay's mark that lower layers' file of that name is removed: a character device 0/0.
   *
   * @return false if this tree has something of that name already
   */
  boolean makeWhiteout(String in, String name) {
    SegmentBuilder b = Segment.builder();
    Value made =
        b.syscall(
            Wire.SYS_MKNODAT,
            Value.of(directories.parent(in)),
            b.text(name),
            Value.of(Linux.S_IFCHR),
            Value.of(0));
    b.tolerating(Errno.EEXIST);
    return perform(b, "create whiteout", in, name).result(made) == 0;
  }

  /** Overlay's mark that nothing of the lower layers shows through a directory. */
  void makeOpaque(String path) {
    directories.makeParents(path);
    markOpaque(directories.open(path), path);
  }

  /** The same where there is a directory; nothing where there is something else. */
  void makeOpaqueIfDirectory(String in, String name) {
    String path = in.isEmpty() ? name : in + "/" + name;
    int directory = directories.lookUp(path, Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW);
    if (directory >= 0) {
      markOpaque(directory, path);
    }
  }

  private void markOpaque(int directory, String path) {
    SegmentBuilder b = Segment.builder();
    Value file = Value.of(directory);
    b.syscall(
        Wire.SYS_FSETXATTR,
        file,
        b.text(marks.opaque()),
        b.bytes(new byte[] {'y'}),
        Value.of(1),
        Value.of(0));
    b.syscall(Wire.SYS_CLOSE, file);
    perform(b, "mark as opaque", "", path, file);
  }

  /** Sets the times of directories, when nothing will be made in them any more. */
  void setDirectoryTimes(List<String> paths, List<TarEntry> entries) {
    int done = 0;
    while (done < paths.size()) {
      int end = Math.min(paths.size(), done + DIRECTORIES_AT_ONCE);
      for (int attempt = 0; ; attempt++) {
        SegmentBuilder b = Segment.builder();
        for (int i = done; i < end; i++) {
          Label next = new Label();
          Value directory =
              FileWorker.addOpen2(
                  b,
                  Value.of(directories.root()),
                  directories.full(paths.get(i)),
                  Directories.LOOKUP | Linux.O_NOFOLLOW,
                  0,
                  Directories.INSIDE);
          // Since then something else may have taken its place.
          b.jumpingTo(next, Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP);
          b.syscall(
              Wire.SYS_UTIMENSAT,
              directory,
              b.text(""),
              EntryAttributes.times(b, entries.get(i)),
              Value.of(Linux.AT_EMPTY_PATH));
          b.syscall(Wire.SYS_CLOSE, directory);
          b.here(next);
        }
        Reply reply = files.performer().perform(b.build());
        if (reply.error() != Errno.EAGAIN || attempt == Directories.ATTEMPTS) {
          orThrow(reply, "set the times of directories below", "", paths.get(done));
          break;
        }
      }
      done = end;
    }
  }

  private static Value addIdentity(SegmentBuilder b, Value directory, Value name) {
    Value status = b.returned(STATX_SIZE);
    b.syscall(
        Wire.SYS_STATX,
        directory,
        name,
        Value.of(Linux.AT_SYMLINK_NOFOLLOW),
        Value.of(STATX_INODE),
        status);
    return status;
  }

  /** Performs a segment; if it fails, closes what it had opened. */
  private Reply perform(SegmentBuilder b, String step, String in, String name, Value... opened) {
    Reply reply = files.performer().perform(b.build());
    if (reply.error() != 0) {
      for (Value file : opened) {
        if (file.kind() == Wire.KIND_IMMEDIATE) {
          files.close((int) file.number());
        } else if (file.number() < reply.failed()) {
          files.close((int) reply.result(file));
        }
      }
      orThrow(reply, step, in, name);
    }
    return reply;
  }

  private void orThrow(Reply reply, String step, String in, String name) {
    if (reply.error() != 0) {
      String path = in.isEmpty() ? name : in + "/" + name;
      throw new KernelException(operation + ": " + step + " " + path, reply.error());
    }
  }

  private MydockerException missingTarget(String in, String name, TarEntry entry) {
    return Tried.of(operation)
        .failed(
            Category.INVALID,
            "create hard link "
                + (in.isEmpty() ? name : in + "/" + name)
                + ": its target "
                + entry.linkName()
                + " is not there");
  }
}
