package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.image.tar.TarReader;
import dev.mydocker.image.tar.TarType;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Unpacks an archive into a directory and never outside: names, link targets and symbolic links on
 * the way are resolved as if that directory were the root (openat2(2), RESOLVE_IN_ROOT), whatever
 * the archive says.
 *
 * <p>What cannot be made as the archive has it is refused. What was made until then stays, so the
 * caller unpacks where nobody looks and removes it after an error.
 */
public final class Unpacker {
  /** What an archive is unpacked for. */
  public enum Purpose {
    /** A layer: whiteouts are turned into overlay's, and the last entry of a name counts. */
    LAYER,
    /** A copy into a tree that is in use: directories and other files do not replace each other. */
    COPY
  }

  /** No limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  /** What begins like this is AUFS's own, and means nothing elsewhere. */
  private static final String AUFS = ".wh..wh.";

  /** What an entry costs a file system, roughly, beside its content. */
  private static final int ENTRY_COST = 512;

  private static final long MAXIMUM_ID = 0xFFFFFFFEL;

  private final TreeMaker maker;
  private final boolean layer;
  private final long maximumBytes;
  private final String what;
  private final Set<String> whiteouts = new HashSet<>();
  private final List<TarEntry> directories = new ArrayList<>();
  private final List<String> directoryPaths = new ArrayList<>();
  private long bytes;
  private List<String> implied = List.of();

  /**
   * @param files who makes the files
   * @param root the directory's descriptor
   * @param under where in it the names start: an empty string, or a path without slash at its ends
   * @param what what is unpacked, for messages
   * @param purpose what it is unpacked for
   * @param maximumBytes how much it may take
   */
  public Unpacker(
      FileWorker files, int root, String under, String what, Purpose purpose, long maximumBytes) {
    this.maker = new TreeMaker(files, root, under, "unpack " + what);
    this.layer = purpose == Purpose.LAYER;
    this.maximumBytes = maximumBytes;
    this.what = what;
  }

  /**
   * Unpacks all of an archive.
   *
   * @return how many bytes of content it had
   * @throws MydockerException if the archive is damaged, cannot be unpacked as it is, or is too big
   */
  public long unpack(TarReader tar) {
    try {
      long content = 0;
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        count(entry);
        content += entry.size();
        unpack(tar, entry);
      }
      maker.setDirectoryTimes(directoryPaths, directories);
      implied = maker.impliedDirectories();
      return content;
    } finally {
      maker.close();
    }
  }

  /** The paths of directories that were made although the archive has no entries for them. */
  List<String> impliedDirectories() {
    return implied;
  }

  private void count(TarEntry entry) {
    bytes += ENTRY_COST;
    for (TarEntry.Extent extent : entry.extents()) {
      bytes += extent.length();
    }
    if (bytes > maximumBytes) {
      throw MydockerException.of(
          Category.RESOURCE,
          "unpack",
          what,
          "it takes more than the " + maximumBytes + " bytes there is room for");
    }
  }

  private void unpack(TarReader tar, TarEntry entry) {
    String path = path(entry.name());
    if (entry.user() < 0
        || entry.user() > MAXIMUM_ID
        || entry.group() < 0
        || entry.group() > MAXIMUM_ID) {
      throw refused(entry, "its owner " + entry.user() + ":" + entry.group() + " is no number");
    }
    if (path.isEmpty()) {
      unpackRoot(entry);
      return;
    }
    int slash = path.lastIndexOf('/');
    String parent = slash < 0 ? "" : path.substring(0, slash);
    String name = path.substring(slash + 1);
    if (name.equals("..")) {
      throw refused(entry, "it names a directory above another");
    }
    if (layer && name.startsWith(WHITEOUT)) {
      unpackWhiteout(entry, parent, name);
      return;
    }
    if (!layer) {
      refuseReplacing(entry, parent, name);
    }
    switch (entry.type()) {
      case DIRECTORY -> {
        boolean hides = whiteouts.remove(path);
        maker.makeDirectory(parent, name, entry);
        if (hides) {
          maker.makeOpaque(path);
        }
        remember(path, entry);
      }
      case FILE -> maker.makeFile(parent, name, entry, tar);
      case SYMBOLIC_LINK -> {
        if (entry.linkName().isEmpty()) {
          throw refused(entry, "a symbolic link to nothing");
        }
        maker.makeSymbolicLink(parent, name, entry);
      }
      case HARD_LINK -> makeHardLink(entry, parent, name);
      case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> makeNode(entry, parent, name);
    }
  }

  private void refuseReplacing(TarEntry entry, String parent, String name) {
    boolean directory = entry.type() == TarType.DIRECTORY;
    Optional<FileStatus> there = maker.status(parent, name);
    if (there.isPresent() && there.get().isDirectory() != directory) {
      throw MydockerException.of(
          Category.CONFLICT,
          "unpack",
          what,
          "entry "
              + entry.name()
              + (directory ? ": a file of that name is there" : ": a directory is there"));
    }
  }

  private void unpackRoot(TarEntry entry) {
    if (entry.type() != TarType.DIRECTORY) {
      throw refused(entry, "it takes the place of the root directory");
    }
    // A directory that is copied into stays as it is.
    if (layer) {
      maker.setRoot(entry);
      remember("", entry);
    }
  }

  private void remember(String path, TarEntry entry) {
    directoryPaths.add(path);
    directories.add(entry);
  }

  private void makeNode(TarEntry entry, String parent, String name) {
    if (layer
        && entry.type() == TarType.CHARACTER_DEVICE
        && entry.deviceMajor() == 0
        && entry.deviceMinor() == 0) {
      throw refused(entry, "a character device 0/0 is overlay's mark of a removed file");
    }
    maker.makeNode(parent, name, entry);
  }

  private void makeHardLink(TarEntry entry, String parent, String name) {
    String target = path(entry.linkName());
    int slash = target.lastIndexOf('/');
    String targetName = target.substring(slash + 1);
    if (targetName.isEmpty() || targetName.equals("..")) {
      throw refused(entry, "a hard link to the directory " + entry.linkName());
    }
    String targetParent = slash < 0 ? "" : target.substring(0, slash);
    maker.makeHardLink(parent, name, targetParent, targetName, entry);
  }

  /**
   * A whiteout hides what lower layers have, never what this one has (image specification,
   * layer.md), in whatever order they come.
   */
  private void unpackWhiteout(TarEntry entry, String parent, String name) {
    if (name.equals(OPAQUE)) {
      if (parent.isEmpty()) {
        throw refused(entry, "a layer that hides all layers below it");
      }
      maker.makeOpaque(parent);
      return;
    }
    if (name.startsWith(AUFS)) {
      return;
    }
    String hidden = name.substring(WHITEOUT.length());
    if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
      throw refused(entry, "a whiteout of nothing");
    }
    String path = parent.isEmpty() ? hidden : parent + "/" + hidden;
    if (maker.makeWhiteout(parent, hidden)) {
      whiteouts.add(path);
    } else {
      maker.makeOpaqueIfDirectory(parent, hidden);
    }
  }

  /** The name without empty parts and single dots, nor a slash at either end. */
  private String path(String name) {
    if (name.isEmpty()) {
      throw MydockerException.of(
          Category.INVALID, "unpack", what, "an entry or a link's target has no name");
    }
    if (isPlain(name)) {
      return name;
    }
    StringBuilder path = new StringBuilder();
    int from = 0;
    while (from <= name.length()) {
      int to = name.indexOf('/', from);
      to = to < 0 ? name.length() : to;
      if (to > from && !(to == from + 1 && name.charAt(from) == '.')) {
        if (!path.isEmpty()) {
          path.append('/');
        }
        path.append(name, from, to);
      }
      from = to + 1;
    }
    return path.toString();
  }

  private static boolean isPlain(String name) {
    boolean fresh = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (fresh && (c == '.' || c == '/')) {
        return false;
      }
      fresh = c == '/';
    }
    return !fresh;
  }

  private MydockerException refused(TarEntry entry, String why) {
    return MydockerException.of(
        Category.INVALID, "unpack", what, "entry " + entry.name() + ": " + why);
  }
}
