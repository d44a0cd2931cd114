package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Directories that an archive has files in, but no entry for. They are those of the layers below:
 * an overlay would show what was made here in their place, so they get owner, mode, attributes and
 * time from there.
 */
final class ImpliedDirectories {
  /** More is no honest archive, and too much to remember. */
  private static final int MOST_LETTERS = 1 << 23;

  private final Set<String> paths = new LinkedHashSet<>();
  private final String operation;
  private int letters;

  ImpliedDirectories(String operation) {
    this.operation = operation;
  }

  /** Takes note of one that was made. */
  void add(String path) {
    if (paths.add(path)) {
      letters += path.length();
      if (letters > MOST_LETTERS) {
        throw MydockerException.of(
            Category.INVALID, operation, path, "too many directories have no entries of their own");
      }
    }
  }

  /** It has an entry now. */
  void remove(String path) {
    if (!paths.isEmpty()) {
      paths.remove(path);
    }
  }

  /** Their paths, parents first. */
  List<String> paths() {
    return List.copyOf(paths);
  }

  /** Gives those of a layer that was unpacked alone what the layers below say, all in the store. */
  static void adopt(StoreFiles store, Workspace workspace, Layer layer, List<Digest> below) {
    if (layer.implied().isEmpty() || below.isEmpty()) {
      return;
    }
    FileWorker files = store.worker();
    List<Integer> opened = new ArrayList<>();
    try {
      opened.add(workspace.openTree());
      below.reversed().forEach(chainId -> opened.add(store.openLayer(chainId)));
      adopt(files, opened.getFirst(), layer.implied(), opened.subList(1, opened.size()));
    } finally {
      files.close(opened);
    }
  }

  /**
   * Gives directories of a layer what the layers below say of them.
   *
   * @param tree the layer's descriptor
   * @param paths which, as {@link #paths} told them
   * @param below descriptors of the layers below it, the highest first
   */
  static void adopt(FileWorker files, int tree, List<String> paths, List<Integer> below) {
    // From the end: the time of a directory stays when attributes below it are set.
    for (int i = paths.size() - 1; i >= 0; i--) {
      int source = find(files, below, paths.get(i));
      if (source >= 0) {
        try {
          copy(files, source, tree, paths.get(i));
        } finally {
          files.close(source);
        }
      }
    }
  }

  /** A directory as overlay would find it in the layers; -1 where there is none. */
  private static int find(FileWorker files, List<Integer> layers, String path) {
    FileAttributes attributes = new FileAttributes(files, true);
    for (int layer : layers) {
      List<Integer> opened = new ArrayList<>();
      try {
        boolean hides = false;
        int at = layer;
        int error = 0;
        for (String name : path.split("/")) {
          try {
            at = open(files, at, name);
          } catch (KernelException e) {
            error = e.error();
            break;
          }
          opened.add(at);
          hides |= attributes.ofDescriptor(at, path).containsKey(FileAttributes.OPAQUE);
        }
        if (error == 0) {
          opened.removeLast();
          return at;
        }
        if (hides || error != Errno.ENOENT) {
          return -1;
        }
      } finally {
        files.close(opened);
      }
    }
    return -1;
  }

  private static int open(FileWorker files, int directory, String path) {
    return files.open(
        directory,
        path,
        Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW,
        0,
        Linux.RESOLVE_IN_ROOT | Linux.RESOLVE_NO_SYMLINKS);
  }

  private static void copy(FileWorker files, int source, int tree, String path) {
    int target;
    try {
      target = open(files, tree, path);
    } catch (KernelException e) {
      // Something else took its place, or it was made by way of a link.
      return;
    }
    FileStatus status = files.status(source);
    Map<String, byte[]> xattrs =
        new LinkedHashMap<>(new FileAttributes(files, true).ofDescriptor(source, path));
    xattrs.remove(FileAttributes.OPAQUE);
    TarEntry entry =
        TarEntry.directory(path)
            .withMode(status.permissions())
            .withOwner(status.user() & 0xFFFFFFFFL, status.group() & 0xFFFFFFFFL)
            .withTime(status.modifiedSeconds(), status.modifiedNanos());
    for (Map.Entry<String, byte[]> xattr : xattrs.entrySet()) {
      entry = entry.withXattr(xattr.getKey(), xattr.getValue());
    }
    SegmentBuilder b = Segment.builder();
    Value file = Value.of(target);
    EntryAttributes.addAttributes(b, file, entry, OverlayMarks.of(files));
    b.syscall(Wire.SYS_UTIMENSAT, file, Value.of(0), EntryAttributes.times(b, entry), Value.of(0));
    try {
      files.performer().perform(b.build()).orThrow("set the attributes of /" + path);
    } finally {
      files.close(target);
    }
  }
}
