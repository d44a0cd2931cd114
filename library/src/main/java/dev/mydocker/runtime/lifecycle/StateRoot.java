package dev.mydocker.runtime.lifecycle;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The directory with one directory for each container, {@code --root}. */
public final class StateRoot {
  /** Where it is unless told otherwise. */
  public static final String DEFAULT = "/run/mydocker-oci";

  /** A name of a directory, with room for what is renamed. */
  private static final int LONGEST_ID = 240;

  private static final int DIRECTORY = 4;

  private final FileWorker files;
  private final String path;

  /**
   * @param path absolute
   */
  public StateRoot(FileWorker files, String path) {
    this.files = files;
    this.path = path;
  }

  FileWorker files() {
    return files;
  }

  /**
   * A container's directory.
   *
   * @throws MydockerException if the id cannot be one: runc's letters, digits and {@code _+-.}
   */
  String directory(String id) {
    checkId(id);
    return path + "/" + id;
  }

  private static void checkId(String id) {
    boolean valid = !id.isEmpty() && !id.equals(".") && !id.equals("..");
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      valid &=
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '_'
              || c == '+'
              || c == '-'
              || c == '.';
    }
    if (!valid) {
      throw MydockerException.of(
          Category.INVALID,
          "container id",
          "\"" + id + "\"",
          "invalid id format",
          "use letters, digits and _+-.");
    }
    if (id.length() > LONGEST_ID) {
      throw MydockerException.of(
          Category.INVALID,
          "container id of",
          id.length() + " bytes",
          "invalid id format",
          "use at most " + LONGEST_ID);
    }
  }

  /**
   * Makes a container's directory, which claims its id.
   *
   * @throws MydockerException CONFLICT if somebody has it
   */
  String claim(String id) {
    String directory = directory(id);
    files.makeDirectories(FileWorker.HOST, path, 0711);
    if (!files.makeDirectory(FileWorker.HOST, directory, 0700)) {
      throw MydockerException.of(
          Category.CONFLICT,
          "create container",
          id,
          "container with given ID already exists",
          "delete it first");
    }
    return directory;
  }

  /** The ids of all containers that are there, in alphabetical order. */
  public List<String> ids() {
    List<String> ids = new ArrayList<>();
    int opened;
    try {
      opened = files.open(FileWorker.HOST, path, 0200000, 0);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT) {
        return ids;
      }
      throw e;
    }
    for (FileWorker.Entry entry : files.list(opened)) {
      if (entry.type() == DIRECTORY) {
        ids.add(entry.name());
      }
    }
    files.close(opened);
    Collections.sort(ids);
    return ids;
  }
}
