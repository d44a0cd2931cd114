package dev.mydocker.engine;

/**
 * A path split where its last name begins, by its text alone: what links and {@code ..} mean is for
 * whoever opens it.
 *
 * @param path the whole path, relative to the root
 * @param parent what is before the last name, without slash at either end; empty is the root
 * @param name the last name; empty if the path ends in a slash or in dots, and so means what is in
 *     a directory
 */
record EntryPath(String path, String parent, String name) {
  static EntryPath of(String path) {
    String inside = withoutOuterSlashes(path);
    int slash = inside.lastIndexOf('/');
    String name = inside.substring(slash + 1);
    if (path.endsWith("/") || name.isEmpty() || name.equals(".") || name.equals("..")) {
      return new EntryPath(inside, inside, "");
    }
    return new EntryPath(
        inside, slash < 0 ? "" : withoutOuterSlashes(inside.substring(0, slash)), name);
  }

  static String withoutOuterSlashes(String path) {
    int from = 0;
    int to = path.length();
    while (from < to && path.charAt(from) == '/') {
      from++;
    }
    while (to > from && path.charAt(to - 1) == '/') {
      to--;
    }
    return path.substring(from, to);
  }
}
