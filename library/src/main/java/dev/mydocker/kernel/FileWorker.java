package dev.mydocker.kernel;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * File operations by descriptor and byte path, made by a {@link Performer}: as whoever that is, so
 * that the same code works as root, in a co-process, and inside a user namespace.
 *
 * <p>Every method throws {@link KernelException} with the operation and its object. A path is
 * relative to a directory's descriptor; {@link Linux#AT_FDCWD} with an absolute path is the host's.
 */
public final class FileWorker {
  /** The current directory of the performer; for absolute paths. */
  public static final int HOST = Linux.AT_FDCWD;

  private static final int CHUNK = 1 << 16;

  /** Most files and directories fit, and so does the segment in the bridge's own buffer. */
  private static final int SMALL = 1 << 13;

  static final int STATX_BASIC = 0x7FF;

  /**
   * An entry of a directory.
   *
   * @param type as getdents64(2) has it: 4 directory, 8 file, 10 symbolic link, 0 unknown
   */
  public record Entry(String name, int type, long inode) {}

  private final Performer performer;

  public FileWorker(Performer performer) {
    this.performer = performer;
  }

  /** Who performs the operations. */
  public Performer performer() {
    return performer;
  }

  /** openat(2), close-on-exec. */
  public int open(int directory, String path, int flags, int mode) {
    SegmentBuilder b = Segment.builder();
    Value file = addOpen(b, directory, path, flags, mode);
    return (int) done(b, "open", path).result(file);
  }

  private static Value addOpen(SegmentBuilder b, int directory, String path, int flags, int mode) {
    return b.syscall(
        Wire.SYS_OPENAT,
        Value.of(directory),
        b.text(path),
        Value.of(flags | Linux.O_CLOEXEC),
        Value.of(mode));
  }

  /** openat2(2) with {@code RESOLVE_*} flags, close-on-exec. */
  public int open(int directory, String path, int flags, int mode, long resolve) {
    SegmentBuilder b = Segment.builder();
    Value file = addOpen2(b, Value.of(directory), path, flags | Linux.O_CLOEXEC, mode, resolve);
    return (int) done(b, "open", path).result(file);
  }

  /** Adds an openat2(2); for segments that do more with the file. */
  public static Value addOpen2(
      SegmentBuilder b, Value directory, String path, int flags, int mode, long resolve) {
    return b.syscall(
        Wire.SYS_OPENAT2,
        directory,
        b.text(path),
        b.longs(flags & 0xFFFFFFFFL, mode, resolve),
        Value.of(24));
  }

  public void close(int file) {
    close(List.of(file));
  }

  /** Closes several in one go. */
  public void close(List<Integer> all) {
    if (all.isEmpty()) {
      return;
    }
    SegmentBuilder b = Segment.builder();
    for (int file : all) {
      b.syscall(Wire.SYS_CLOSE, Value.of(file));
      b.ignoringErrors();
    }
    performer.perform(b.build());
  }

  /** The whole of a small file; in one go below 8 KiB. */
  public byte[] read(int directory, String path, int limit) {
    SegmentBuilder b = Segment.builder();
    Value opened = addOpen(b, directory, path, Linux.O_RDONLY, 0);
    Value buffer = b.returned(SMALL);
    Value length = b.syscall(Wire.SYS_READ, opened, buffer, Value.of(SMALL));
    b.ignoringErrors();
    // Files of /proc may give less than there is; only nothing is the end.
    Value more = b.returned(1);
    Value rest = b.syscall(Wire.SYS_READ, opened, more, Value.of(1));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, opened);
    Reply reply = done(b, "open", path);
    int got = (int) reply.result(length);
    return got >= 0 && got <= limit && reply.result(rest) == 0
        ? reply.bytes(buffer, got)
        : readLarge(directory, path, limit);
  }

  private byte[] readLarge(int directory, String path, int limit) {
    int file = open(directory, path, Linux.O_RDONLY, 0);
    try {
      return readAll(file, path, limit);
    } catch (KernelException e) {
      // Of a descriptor, which means nothing to people.
      throw new KernelException("read " + path, e.error());
    } finally {
      close(file);
    }
  }

  /**
   * The whole of a small file, or nothing where there is none; in one go below 8 KiB. A file of
   * /proc whose process has ended since it was opened (ESRCH), or of a cgroup that was removed
   * (ENODEV), is not there any more.
   */
  public Optional<byte[]> readIfThere(int directory, String path) {
    SegmentBuilder b = Segment.builder();
    Label missing = new Label();
    Value file = addOpen(b, directory, path, Linux.O_RDONLY, 0);
    b.jumpingTo(missing, Errno.ENOENT, Errno.ENOTDIR);
    Value buffer = b.returned(SMALL);
    Value length = b.syscall(Wire.SYS_READ, file, buffer, Value.of(SMALL));
    b.tolerating(Errno.ESRCH, Errno.ENODEV);
    // Files of /proc may give less at once than they have: only its end is the end.
    Value beyond = b.syscall(Wire.SYS_READ, file, b.room(1), Value.of(1));
    b.tolerating(Errno.ESRCH, Errno.ENODEV);
    b.syscall(Wire.SYS_CLOSE, file);
    b.here(missing);
    Reply reply = done(b, "read", path);
    if (reply.result(file) < 0 || reply.result(length) < 0) {
      return Optional.empty();
    }
    return Optional.of(
        reply.result(beyond) > 0
            ? read(directory, path, Wire.MAXIMUM_LENGTH)
            : reply.bytes(buffer, (int) reply.result(length)));
  }

  /**
   * The beginnings of small files of the host, in one go; nothing for those that are not there or
   * cannot be read.
   */
  public List<byte[]> beginnings(List<String> paths, int limit) {
    SegmentBuilder b = Segment.builder();
    List<Value> files = new ArrayList<>();
    List<Value> buffers = new ArrayList<>();
    List<Value> lengths = new ArrayList<>();
    for (String path : paths) {
      Label missing = new Label();
      Value file = addOpen(b, HOST, path, Linux.O_RDONLY, 0);
      b.jumpingTo(missing, Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES);
      files.add(file);
      Value buffer = b.returned(limit);
      buffers.add(buffer);
      lengths.add(b.syscall(Wire.SYS_READ, file, buffer, Value.of(limit)));
      b.ignoringErrors();
      b.syscall(Wire.SYS_CLOSE, file);
      b.here(missing);
    }
    Reply reply = done(b, "read", String.join(", ", paths));
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      boolean read = reply.result(files.get(i)) >= 0 && reply.result(lengths.get(i)) > 0;
      int length = read ? (int) reply.result(lengths.get(i)) : 0;
      contents.add(reply.bytes(buffers.get(i), length));
    }
    return contents;
  }

  private byte[] readAll(int file, String path, int limit) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int size = SMALL;
    while (true) {
      byte[] bytes = read(file, size);
      if (bytes.length == 0) {
        return out.toByteArray();
      }
      size = bytes.length == size ? CHUNK : size;
      out.write(bytes, 0, bytes.length);
      if (out.size() > limit) {
        throw new KernelException("read " + path, Errno.EFBIG);
      }
    }
  }

  /** read(2): up to {@code length} bytes; none at the end. */
  public byte[] read(int file, int length) {
    SegmentBuilder b = Segment.builder();
    Value buffer = b.returned(length);
    Value got = b.syscall(Wire.SYS_READ, Value.of(file), buffer, Value.of(length));
    Reply reply = done(b, "read descriptor", Integer.toString(file));
    return reply.bytes(buffer, (int) reply.result(got));
  }

  /** pread(2): up to {@code length} bytes from an offset; none at the end. */
  public byte[] readAt(int file, long offset, int length) {
    SegmentBuilder b = Segment.builder();
    Value buffer = b.returned(length);
    Value got =
        b.syscall(Wire.SYS_PREAD64, Value.of(file), buffer, Value.of(length), Value.of(offset));
    Reply reply = done(b, "read descriptor", Integer.toString(file));
    return reply.bytes(buffer, (int) reply.result(got));
  }

  /** Writes all of {@code bytes[from..from+length)}. */
  public void write(int file, byte[] bytes, int from, int length) {
    int written = 0;
    while (written < length) {
      int size = Math.min(length - written, 1 << 20);
      SegmentBuilder b = Segment.builder();
      Value got =
          b.syscall(
              Wire.SYS_WRITE, Value.of(file), b.bytes(bytes, from + written, size), Value.of(size));
      written += (int) done(b, "write descriptor", Integer.toString(file)).result(got);
    }
  }

  public void write(int file, byte[] bytes) {
    write(file, bytes, 0, bytes.length);
  }

  /** Writes to a file that exists, such as one of a cgroup, with one write(2). */
  public void writeExisting(int directory, String path, String text) {
    SegmentBuilder b = Segment.builder();
    byte[] bytes = Bytes.encode(text);
    Value file = addOpen(b, directory, path, Linux.O_WRONLY, 0);
    Value written = b.syscall(Wire.SYS_WRITE, file, b.bytes(bytes), Value.of(bytes.length));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, file);
    Reply reply = done(b, "write", path);
    if (reply.result(written) < 0) {
      throw new KernelException(
          "write \"" + text.strip() + "\" to " + path, (int) -reply.result(written));
    }
  }

  /**
   * Replaces a file in one step: readers see the old or the new content, never a part (rename(2)).
   *
   * @param durable whether to fsync(2) it first
   */
  public void replace(int directory, String path, byte[] content, int mode, boolean durable) {
    SegmentBuilder b = Segment.builder();
    Value temporary = b.text(path + ".new");
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(directory),
            temporary,
            Value.of(
                Linux.O_WRONLY
                    | Linux.O_CREAT
                    | Linux.O_TRUNC
                    | Linux.O_NOFOLLOW
                    | Linux.O_CLOEXEC),
            Value.of(mode));
    Value written = b.syscall(Wire.SYS_WRITE, file, b.bytes(content), Value.of(content.length));
    b.check(written, -1, content.length, Errno.ENOSPC);
    if (durable) {
      b.syscall(Wire.SYS_FSYNC, file);
    }
    b.syscall(Wire.SYS_CLOSE, file);
    b.syscall(
        Wire.SYS_RENAMEAT2,
        Value.of(directory),
        temporary,
        Value.of(directory),
        b.text(path),
        Value.of(0));
    done(b, "write", path);
  }

  /** mkdirat(2); false if it was there already. */
  public boolean makeDirectory(int directory, String path, int mode) {
    SegmentBuilder b = Segment.builder();
    Value made = b.syscall(Wire.SYS_MKDIRAT, Value.of(directory), b.text(path), Value.of(mode));
    b.tolerating(Errno.EEXIST);
    return done(b, "create directory", path).result(made) == 0;
  }

  /** Makes a directory and those above it that are missing. */
  public void makeDirectories(int directory, String path, int mode) {
    SegmentBuilder b = Segment.builder();
    for (int at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
      b.syscall(
          Wire.SYS_MKDIRAT, Value.of(directory), b.text(path.substring(0, at)), Value.of(mode));
      b.ignoringErrors();
    }
    b.syscall(Wire.SYS_MKDIRAT, Value.of(directory), b.text(path), Value.of(mode));
    b.tolerating(Errno.EEXIST);
    done(b, "create directory", path);
  }

  public void makeSymbolicLink(int directory, String path, String target) {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_SYMLINKAT, b.text(target), Value.of(directory), b.text(path));
    done(b, "create symbolic link", path);
  }

  /** renameat2(2), replacing what has the new name. */
  public void rename(int directory, String path, int newDirectory, String newPath) {
    SegmentBuilder b = Segment.builder();
    b.syscall(
        Wire.SYS_RENAMEAT2,
        Value.of(directory),
        b.text(path),
        Value.of(newDirectory),
        b.text(newPath),
        Value.of(0));
    done(b, "rename", path);
  }

  /** unlinkat(2); false if it was not there. */
  public boolean unlink(int directory, String path) {
    return unlink(directory, path, 0);
  }

  /** rmdir(2) of an empty directory; false if it was not there. */
  public boolean removeDirectory(int directory, String path) {
    return unlink(directory, path, Linux.AT_REMOVEDIR);
  }

  private boolean unlink(int directory, String path, int flags) {
    SegmentBuilder b = Segment.builder();
    Value gone = b.syscall(Wire.SYS_UNLINKAT, Value.of(directory), b.text(path), Value.of(flags));
    b.tolerating(Errno.ENOENT);
    return done(b, "remove", path).result(gone) == 0;
  }

  /** Removes a tree by descriptors, following nothing and crossing no mount. */
  public void deleteTree(int directory, String path) {
    SegmentBuilder b = Segment.builder();
    b.operation(Wire.OP_DELETE_TREE, Value.of(directory), b.text(path));
    done(b, "remove", path);
  }

  /** The target of a symbolic link, or nothing where there is no such link. */
  public Optional<String> readLink(int directory, String path) {
    SegmentBuilder b = Segment.builder();
    Value buffer = b.returned(4096);
    Value length =
        b.syscall(Wire.SYS_READLINKAT, Value.of(directory), b.text(path), buffer, Value.of(4096));
    b.tolerating(Errno.ENOENT, Errno.EINVAL, Errno.ENOTDIR);
    Reply reply = done(b, "read symbolic link", path);
    long got = reply.result(length);
    return got < 0 ? Optional.empty() : Optional.of(reply.text(buffer, (int) got));
  }

  /** statx(2) without following a last symbolic link; nothing where there is no such file. */
  public Optional<FileStatus> status(int directory, String path) {
    return status(directory, path, Linux.AT_SYMLINK_NOFOLLOW, path);
  }

  /** statx(2), following symbolic links; nothing where there is no such file. */
  public Optional<FileStatus> statusFollowing(int directory, String path) {
    return status(directory, path, 0, path);
  }

  /** fstat(2) of a descriptor. */
  public FileStatus status(int file) {
    return status(file, "", Linux.AT_EMPTY_PATH, "descriptor " + file).orElseThrow();
  }

  private Optional<FileStatus> status(int directory, String path, int flags, String object) {
    SegmentBuilder b = Segment.builder();
    Value buffer = b.returned(FileStatus.SIZE);
    Value result =
        b.syscall(
            Wire.SYS_STATX,
            Value.of(directory),
            b.text(path),
            Value.of(flags),
            Value.of(STATX_BASIC),
            buffer);
    b.tolerating(Errno.ENOENT, Errno.ENOTDIR);
    Reply reply = done(b, "stat", object);
    return reply.result(result) < 0 ? Optional.empty() : Optional.of(FileStatus.of(reply, buffer));
  }

  /**
   * statx(2) of several files of a directory in one go, without following links; nothing for those
   * that are not there.
   */
  public List<Optional<FileStatus>> statuses(int directory, List<String> names) {
    SegmentBuilder b = Segment.builder();
    List<Value> results = new ArrayList<>(names.size());
    List<Value> buffers = new ArrayList<>(names.size());
    for (String name : names) {
      Value buffer = b.returned(FileStatus.SIZE);
      buffers.add(buffer);
      results.add(
          b.syscall(
              Wire.SYS_STATX,
              Value.of(directory),
              b.text(name),
              Value.of(Linux.AT_SYMLINK_NOFOLLOW),
              Value.of(STATX_BASIC),
              buffer));
      b.tolerating(Errno.ENOENT, Errno.ENOTDIR);
    }
    Reply reply = done(b, "stat files in directory", Integer.toString(directory));
    List<Optional<FileStatus>> statuses = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      statuses.add(
          reply.result(results.get(i)) < 0
              ? Optional.empty()
              : Optional.of(FileStatus.of(reply, buffers.get(i))));
    }
    return statuses;
  }

  /** The entries of an open directory, without the two dots, in the kernel's order. */
  public List<Entry> list(int directory) {
    List<Entry> entries = new ArrayList<>();
    int room = SMALL;
    boolean first = true;
    while (true) {
      SegmentBuilder b = Segment.builder();
      if (first) {
        b.syscall(Wire.SYS_LSEEK, Value.of(directory), Value.of(0), Value.of(0));
      }
      // Two at a time: of a small directory the second is the end.
      Value buffer = b.returned(room);
      Value rest = b.returned(room);
      Value length = b.syscall(Wire.SYS_GETDENTS64, Value.of(directory), buffer, Value.of(room));
      Value more = b.syscall(Wire.SYS_GETDENTS64, Value.of(directory), rest, Value.of(room));
      Reply reply = done(b, "list descriptor", Integer.toString(directory));
      addEntries(entries, reply, buffer, (int) reply.result(length));
      addEntries(entries, reply, rest, (int) reply.result(more));
      if (reply.result(more) == 0) {
        return entries;
      }
      first = false;
      room = CHUNK;
    }
  }

  private static void addEntries(List<Entry> entries, Reply reply, Value buffer, int length) {
    byte[] bytes = reply.bytes(buffer, length);
    for (int at = 0; at < length; ) {
      int size = bytes[at + 16] & 0xFF | (bytes[at + 17] & 0xFF) << 8;
      int end = at + 19;
      while (bytes[end] != 0) {
        end++;
      }
      String name = Bytes.decode(bytes, at + 19, end);
      if (!name.equals(".") && !name.equals("..")) {
        entries.add(new Entry(name, bytes[at + 18], reply.number(buffer.plus(at), 8)));
      }
      at += size;
    }
  }

  /** flock(2), waiting only if asked to; false if somebody else holds it. */
  public boolean lock(int file, boolean wait) {
    SegmentBuilder b = Segment.builder();
    Value result =
        b.syscall(
            Wire.SYS_FLOCK, Value.of(file), Value.of(Linux.LOCK_EX | (wait ? 0 : Linux.LOCK_NB)));
    b.tolerating(Errno.EAGAIN);
    return done(b, "lock descriptor", Integer.toString(file)).result(result) == 0;
  }

  /** Lets go of a lock (flock(2)), for everybody who has a copy of the descriptor. */
  public void unlock(int file) {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_FLOCK, Value.of(file), Value.of(Linux.LOCK_UN));
    done(b, "unlock descriptor", Integer.toString(file));
  }

  private Reply done(SegmentBuilder b, String operation, String object) {
    Reply reply = performer.perform(b.build());
    return reply.succeeded() ? reply : reply.orThrow(operation + " " + object);
  }
}
