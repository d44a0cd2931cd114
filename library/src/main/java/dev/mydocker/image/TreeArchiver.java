package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.image.tar.TarEntry.Extent;
import dev.mydocker.image.tar.TarType;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes trees of files into an archive: walks by descriptors, follows no link and, mostly, crosses
 * no mount, so that nothing that a container does meanwhile leads it elsewhere.
 *
 * <p>In the form of a layer, it turns overlay's marks of removed files into whiteouts (image
 * specification, layer.md).
 */
public final class TreeArchiver {
  private static final int CHUNK = 1 << 17;
  private static final int LONGEST_PATH = 4095;
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  /** The first name of a file that has several, and its attributes. */
  private record First(String path, Map<String, byte[]> xattrs) {}

  private final FileWorker files;
  private final FileAttributes attributes;
  private final TarWriter tar;
  private final boolean layer;
  private final Set<String> mountPoints;
  private final int mounts;
  private final Map<String, First> linked = new HashMap<>();
  private long entries;

  /**
   * @param tar takes the entries; the caller ends it
   * @param layer whether what is read is an overlay's upper directory, to be written as a layer
   */
  public TreeArchiver(FileWorker files, TarWriter tar, boolean layer) {
    this(files, tar, layer, Set.of());
  }

  /**
   * @param tar takes the entries; the caller ends it
   * @param layer whether what is read is an overlay's upper directory, to be written as a layer
   * @param mountPoints paths of files that are left out where they are empty
   */
  TreeArchiver(FileWorker files, TarWriter tar, boolean layer, Set<String> mountPoints) {
    this(files, tar, layer, mountPoints, Linux.RESOLVE_NO_XDEV);
  }

  private TreeArchiver(
      FileWorker files, TarWriter tar, boolean layer, Set<String> mountPoints, int mounts) {
    this.mounts = mounts;
    this.files = files;
    this.attributes = new FileAttributes(files, layer);
    this.tar = tar;
    this.layer = layer;
    this.mountPoints = mountPoints;
  }

  /** One that goes on into file systems that are mounted below. */
  static TreeArchiver crossingMounts(FileWorker files, TarWriter tar) {
    return new TreeArchiver(files, tar, false, Set.of(), 0);
  }

  /** How many entries it wrote. */
  public long entries() {
    return entries;
  }

  /**
   * Writes all that is in a directory, and the directory itself, as {@code ./}, if it is unlike a
   * new one: owned by root, with mode 0755.
   *
   * @param directory a descriptor
   */
  public void addRoot(int directory) throws IOException {
    FileStatus status = files.status(directory);
    Map<String, byte[]> xattrs = attributes.ofDescriptor(directory, ".");
    xattrs.remove(FileAttributes.OPAQUE);
    if (status.permissions() != 0755
        || status.user() != 0
        || status.group() != 0
        || !xattrs.isEmpty()) {
      put(entry("./", TarType.DIRECTORY, "", status, xattrs));
    }
    addContent(directory, "");
  }

  /**
   * Writes one file, or a directory with all that is in it.
   *
   * @param directory the descriptor of the directory that has it
   * @param name its name there
   * @param archived its path in the archive, without slash at either end
   */
  public void add(int directory, String name, String archived) throws IOException {
    Optional<FileStatus> status = files.status(directory, name);
    if (status.isEmpty()) {
      throw new KernelException("archive " + archived, Errno.ENOENT);
    }
    add(directory, name, archived, status.get());
  }

  /**
   * Writes an open directory with all that is in it; other than {@link #add}, also one on which
   * something is mounted.
   *
   * @param directory a descriptor
   * @param archived its path in the archive, without slash at either end
   */
  public void addTree(int directory, String archived) throws IOException {
    Map<String, byte[]> xattrs = attributes.ofDescriptor(directory, archived);
    xattrs.remove(FileAttributes.OPAQUE);
    put(entry(archived + "/", TarType.DIRECTORY, "", files.status(directory), xattrs));
    addContent(directory, archived);
  }

  private void addContent(int directory, String path) throws IOException {
    List<String> names = new ArrayList<>();
    for (FileWorker.Entry entry : files.list(directory)) {
      names.add(entry.name());
    }
    names.sort(null);
    List<Optional<FileStatus>> statuses = attributes.statuses(directory, names);
    for (int i = 0; i < names.size(); i++) {
      // What is gone since the directory was read is no error: containers go on while we read.
      if (statuses.get(i).isPresent()) {
        String name = names.get(i);
        add(directory, name, path.isEmpty() ? name : path + "/" + name, statuses.get(i).get());
      }
    }
  }

  private void add(int directory, String name, String path, FileStatus status) throws IOException {
    if (path.length() > LONGEST_PATH) {
      throw new KernelException("archive " + path.substring(0, 64) + "…", Errno.ENAMETOOLONG);
    }
    if (layer && name.startsWith(WHITEOUT)) {
      throw MydockerException.of(
          Category.INVALID,
          "archive",
          path,
          "in a layer, a name that begins with .wh. means a removed file",
          "rename or remove it");
    }
    switch (status.type()) {
      case Linux.S_IFDIR -> addDirectory(directory, name, path, status);
      case Linux.S_IFREG -> {
        if (status.size() > 0 || !mountPoints.contains(path)) {
          addFile(directory, name, path, status);
        }
      }
      case Linux.S_IFLNK -> {
        Optional<String> target = files.readLink(directory, name);
        if (target.isPresent()) {
          addOther(directory, name, path, status, TarType.SYMBOLIC_LINK, target.get());
        }
      }
      case Linux.S_IFCHR -> {
        if (layer && status.deviceMajor() == 0 && status.deviceMinor() == 0) {
          put(TarEntry.file(whiteout(path), 0));
        } else {
          addOther(directory, name, path, status, TarType.CHARACTER_DEVICE, "");
        }
      }
      case Linux.S_IFBLK -> addOther(directory, name, path, status, TarType.BLOCK_DEVICE, "");
      case Linux.S_IFIFO -> addOther(directory, name, path, status, TarType.FIFO, "");
      default -> {
        // A socket is nothing without the process that listens on it.
      }
    }
  }

  private static String whiteout(String path) {
    int slash = path.lastIndexOf('/') + 1;
    return path.substring(0, slash) + WHITEOUT + path.substring(slash);
  }

  private void addDirectory(int in, String name, String path, FileStatus status)
      throws IOException {
    int directory;
    try {
      directory =
          files.open(
              in,
              name,
              Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW,
              0,
              mounts | Linux.RESOLVE_NO_SYMLINKS | Linux.RESOLVE_BENEATH);
    } catch (KernelException e) {
      switch (e.error()) {
        case Errno.EXDEV -> put(entry(path + "/", TarType.DIRECTORY, "", status, Map.of()));
        case Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP -> {
          // Something took its place just now.
        }
        default -> throw e;
      }
      return;
    }
    try {
      Map<String, byte[]> xattrs = attributes.ofDescriptor(directory, path);
      boolean opaque = layer && xattrs.remove(FileAttributes.OPAQUE) != null;
      put(entry(path + "/", TarType.DIRECTORY, "", status, xattrs));
      if (opaque) {
        put(TarEntry.file(path + "/" + OPAQUE, 0));
      }
      addContent(directory, path);
    } finally {
      files.close(directory);
    }
  }

  private void addFile(int in, String name, String path, FileStatus listed) throws IOException {
    if (addedLink(path, listed)) {
      return;
    }
    int file;
    try {
      // It may have become a fifo, which must not make us wait.
      file = files.open(in, name, Linux.O_RDONLY | Linux.O_NOFOLLOW | Linux.O_NONBLOCK, 0);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT || e.error() == Errno.ELOOP) {
        return;
      }
      throw e;
    }
    try {
      FileStatus status = files.status(file);
      if (status.isRegular()) {
        Map<String, byte[]> xattrs = attributes.ofDescriptor(file, path);
        put(entry(path, TarType.FILE, "", status, xattrs));
        remember(path, status, xattrs);
        copy(file);
      }
    } finally {
      files.close(file);
    }
  }

  /** Copies as much as the entry says, whatever has happened to the file since. */
  private void copy(int file) throws IOException {
    while (tar.remaining() > 0) {
      byte[] bytes = files.read(file, (int) Math.min(CHUNK, tar.remaining()));
      if (bytes.length == 0) {
        tar.writeZeros(tar.remaining());
        return;
      }
      tar.write(bytes, 0, bytes.length);
    }
  }

  private void addOther(
      int in, String name, String path, FileStatus status, TarType type, String target)
      throws IOException {
    if (addedLink(path, status)) {
      return;
    }
    Map<String, byte[]> xattrs = attributes.ofPath(in, name, path);
    TarEntry entry = entry(path, type, target, status, xattrs);
    put(type.isDevice() ? entry.withDevice(status.deviceMajor(), status.deviceMinor()) : entry);
    remember(path, status, xattrs);
  }

  /**
   * Writes a further name of a file as a link to the first one, with its attributes: who sets the
   * owner for each name, as Docker does, would else lose security.capability.
   */
  private boolean addedLink(String path, FileStatus status) throws IOException {
    if (status.links() < 2) {
      return false;
    }
    First first = linked.get(identity(status));
    if (first == null) {
      return false;
    }
    put(entry(path, TarType.HARD_LINK, first.path(), status, first.xattrs()));
    return true;
  }

  private void remember(String path, FileStatus status, Map<String, byte[]> xattrs) {
    if (status.links() > 1) {
      linked.put(identity(status), new First(path, xattrs));
    }
  }

  private static String identity(FileStatus status) {
    return status.inode() + " " + status.containerMajor() + " " + status.containerMinor();
  }

  private static TarEntry entry(
      String path, TarType type, String target, FileStatus status, Map<String, byte[]> xattrs) {
    long size = type == TarType.FILE ? status.size() : 0;
    return new TarEntry(
        path,
        type,
        target,
        status.permissions(),
        Integer.toUnsignedLong(status.user()),
        Integer.toUnsignedLong(status.group()),
        status.modifiedSeconds(),
        status.modifiedNanos(),
        size,
        0,
        0,
        xattrs,
        size == 0 ? List.of() : List.of(new Extent(0, size)));
  }

  private void put(TarEntry entry) throws IOException {
    tar.put(entry);
    entries++;
  }
}
