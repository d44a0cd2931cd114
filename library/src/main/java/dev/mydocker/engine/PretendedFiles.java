package dev.mydocker.engine;

import dev.mydocker.runtime.plan.Descriptors;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Files and descriptors that a rehearsal only says it has made. */
final class PretendedFiles {
  /** A file or a directory. */
  private record Node(boolean directory, byte[] content) {}

  private static final Node DIRECTORY = new Node(true, new byte[0]);

  private final TreeMap<String, Node> nodes = new TreeMap<>();

  private final Map<Long, Open> open = new TreeMap<>();
  private long next = Descriptors.MADE_UP;

  /** A pretended descriptor. */
  private static final class Open {
    final String path;
    final boolean directory;
    final byte[] content;
    final ByteArrayOutputStream written = new ByteArrayOutputStream();
    int position;

    Open(String path, boolean directory, byte[] content) {
      this.path = path;
      this.directory = directory;
      this.content = content;
    }
  }

  /** Whether a path is one of these; also what would be in a directory of these. */
  boolean has(String path) {
    if (nodes.containsKey(path)) {
      return true;
    }
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (isDirectory(path.substring(0, slash))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a path is in a directory that was made, on a file system of the kernel's. */
  boolean isBelow(String path, String fileSystem) {
    return path.startsWith(fileSystem) && has(path);
  }

  /** Whether a path itself was made. */
  boolean isMade(String path) {
    return nodes.containsKey(path);
  }

  boolean isDirectory(String path) {
    Node node = nodes.get(path);
    return node != null && node.directory();
  }

  void makeDirectory(String path) {
    nodes.put(path, DIRECTORY);
  }

  void makeFile(String path) {
    nodes.putIfAbsent(path, new Node(false, new byte[0]));
  }

  /** Makes a symbolic link, whose content is its target. */
  void link(String path, byte[] target) {
    nodes.put(path, new Node(false, target));
  }

  /** What a file that was made holds. */
  byte[] content(String path) {
    Node node = nodes.get(path);
    return node == null ? new byte[0] : node.content().clone();
  }

  void remove(String path) {
    nodes.remove(path);
    nodes.subMap(path + "/", path + "0").clear();
  }

  void rename(String from, String to) {
    Node node = nodes.remove(from);
    if (node != null) {
      nodes.put(to, node);
    }
    Map<String, Node> below = new TreeMap<>(nodes.subMap(from + "/", from + "0"));
    nodes.keySet().removeAll(below.keySet());
    below.forEach((path, content) -> nodes.put(to + path.substring(from.length()), content));
  }

  /** A descriptor of nothing in particular. */
  long open() {
    return open("", false, new byte[0]);
  }

  /** A descriptor of a file or directory that was made. */
  long open(String path) {
    Node node = nodes.get(path);
    return node == null
        ? open(path, false, new byte[0])
        : open(path, node.directory(), node.content());
  }

  /** A descriptor of anything that can be read. */
  long open(String path, boolean directory, byte[] content) {
    open.put(next, new Open(path, directory, content));
    return next++;
  }

  /** The path behind a descriptor, or null. */
  @Nullable String path(long descriptor) {
    Open file = open.get(descriptor);
    return file == null ? null : file.path;
  }

  boolean isDirectory(long descriptor) {
    Open file = open.get(descriptor);
    return file != null && file.directory;
  }

  /** Up to so many bytes of a file. */
  byte[] read(long descriptor, int length) {
    Open file = open.get(descriptor);
    if (file == null) {
      return new byte[0];
    }
    int count = Math.min(length, file.content.length - file.position);
    byte[] bytes = new byte[Math.max(0, count)];
    System.arraycopy(file.content, file.position, bytes, 0, bytes.length);
    file.position += bytes.length;
    return bytes;
  }

  void write(long descriptor, byte[] bytes) {
    Open file = open.get(descriptor);
    if (file != null) {
      file.written.writeBytes(bytes);
      if (!file.path.isEmpty()) {
        nodes.put(file.path, new Node(false, file.written.toByteArray()));
      }
    }
  }

  void close(long descriptor) {
    open.remove(descriptor);
  }
}
