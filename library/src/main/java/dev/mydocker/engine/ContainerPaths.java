package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import java.util.ArrayList;
import java.util.List;

/** Paths inside containers, which are byte strings of Linux and not paths of this JVM. */
final class ContainerPaths {
  private ContainerPaths() {}

  /** A path ends at its first NUL byte for Linux, which would make it another one. */
  static void requireNoNul(String what, String path) {
    if (path.indexOf('\0') >= 0) {
      throw MydockerException.invalid(
          what, path, "invalid " + what + ": '" + path + "' has a NUL byte", null);
    }
  }

  /** Resolves {@code .}, {@code ..} and double slashes of an absolute path by its text alone. */
  static String clean(String path) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    while (from <= path.length()) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? path.length() : slash;
      String part = path.substring(from, to);
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
      from = to + 1;
    }
    return "/" + String.join("/", parts);
  }

  /** Whether something can be mounted at a path: {@link #mountPoint} refuses it otherwise. */
  static boolean isMountPoint(String path) {
    return path.startsWith("/") && path.indexOf('\0') < 0 && !clean(path).equals("/");
  }

  /** Cleans where something is mounted in a container, which may be anywhere but the root. */
  static String mountPoint(String path) {
    requireNoNul("mount path", path);
    if (!path.startsWith("/")) {
      throw MydockerException.invalid(
          "mount path",
          path,
          "invalid mount path: '" + path + "' mount path must be absolute",
          "write /" + path);
    }
    String clean = clean(path);
    if (clean.equals("/")) {
      throw MydockerException.invalid(
          "mount path", path, "invalid specification: destination can't be '/'", null);
    }
    return clean;
  }
}
