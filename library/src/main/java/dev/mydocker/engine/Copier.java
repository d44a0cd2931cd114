package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.RootCopy;
import dev.mydocker.image.TreeArchiver;
import dev.mydocker.image.Unpacker;
import dev.mydocker.image.tar.TarReader;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** Copies files into and out of a container, without a program in it. */
final class Copier {
  private final Workbench bench;
  private final FileWorker files;
  private final String id;

  Copier(Workbench bench, String id) {
    this.bench = bench;
    this.files = bench.files();
    this.id = id;
  }

  /** Writes a file, or a directory and all in it, as an archive. */
  void copyOut(String path, OutputStream out) {
    try (ContainerRoot root = ContainerRoot.open(bench, id, false)) {
      EntryPath entry = EntryPath.of(path);
      archive(root, entry, entry.name(), out);
    }
    // It may have been removed meanwhile, and the archive would not be whole.
    bench.containers().read(id);
  }

  private void archive(ContainerRoot root, EntryPath entry, String archived, OutputStream out) {
    int parent = root.open(entry.parent(), Linux.O_PATH | Linux.O_DIRECTORY);
    if (parent < 0) {
      throw noSuchFile(entry.path());
    }
    try {
      TarWriter tar = new TarWriter(out);
      TreeArchiver archiver = new TreeArchiver(files, tar, false);
      if (entry.name().isEmpty()) {
        addDirectory(archiver, root, entry.path(), archived);
      } else {
        FileStatus status =
            files.status(parent, entry.name()).orElseThrow(() -> noSuchFile(entry.path()));
        if (status.isDirectory()) {
          // By its path and not from its parent, where something may be mounted on it.
          addDirectory(archiver, root, entry.path(), archived);
        } else {
          archiver.add(parent, entry.name(), archived);
        }
      }
      tar.finish();
    } catch (IOException e) {
      throw MydockerException.of(
          Category.RESOURCE,
          "copy",
          entry.path() + " of container " + root.record().name(),
          cause(e),
          null,
          e);
    } finally {
      files.close(parent);
    }
  }

  private void addDirectory(TreeArchiver archiver, ContainerRoot root, String path, String archived)
      throws IOException {
    int directory = root.open(path, Linux.O_RDONLY | Linux.O_DIRECTORY);
    if (directory < 0) {
      throw noSuchFile(path);
    }
    try {
      if (archived.isEmpty()) {
        archiver.addRoot(directory);
      } else {
        archiver.addTree(directory, archived);
      }
    } finally {
      files.close(directory);
    }
  }

  /** Unpacks an archive in a directory that is there. */
  void copyIn(InputStream tar, String directory) {
    try (ContainerRoot root = ContainerRoot.open(bench, id, true)) {
      FileStatus status = root.status(directory).orElseThrow(() -> noSuchFile(directory));
      if (!status.isDirectory()) {
        throw notDirectory(directory);
      }
      unpack(root, tar, directory);
    }
  }

  private void unpack(ContainerRoot root, InputStream tar, String directory) {
    root.requireVisible(directory);
    new RootCopy(files, root.descriptor()).in(directory, tar);
  }

  /** Copies a file or directory of the host into the container, as {@code docker cp} does. */
  void copyFrom(String source, String destination) {
    EntryPath from = EntryPath.of(source);
    try (ContainerRoot root = ContainerRoot.open(bench, id, true);
        Spool spool = Spool.make(files, bench.directory().container(id))) {
      FileStatus status =
          files
              .status(FileWorker.HOST, source)
              .orElseThrow(
                  () ->
                      MydockerException.of(
                          Category.NOT_FOUND, "copy", source, "no such file or directory"));
      Target target =
          Target.of(destination, root.status(destination), status.isDirectory(), from.name());
      if (root.status(target.directory()).isEmpty()) {
        throw noSuchFile(target.directory());
      }
      int parent =
          files.open(FileWorker.HOST, "/" + from.parent(), Linux.O_PATH | Linux.O_DIRECTORY, 0);
      try (OutputStream out = spool.output()) {
        TarWriter tar = new TarWriter(out);
        new TreeArchiver(files, tar, false).add(parent, from.name(), target.name());
        tar.finish();
      } catch (IOException e) {
        throw MydockerException.of(Category.RESOURCE, "copy", source, cause(e), null, e);
      } finally {
        files.close(parent);
      }
      unpack(root, spool.input(), target.directory());
    }
  }

  /** Copies a file or directory of the container to the host, as {@code docker cp} does. */
  void copyTo(String source, String destination) {
    try (ContainerRoot root = ContainerRoot.open(bench, id, false);
        Spool spool = Spool.make(files, bench.directory().container(id))) {
      EntryPath entry = EntryPath.of(source);
      boolean isDirectory = entry.name().isEmpty() || isDirectory(root, entry);
      String name = entry.name().isEmpty() ? "root" : entry.name();
      Target target =
          Target.of(
              destination, files.statusFollowing(FileWorker.HOST, destination), isDirectory, name);
      try (OutputStream out = spool.output()) {
        archive(root, entry, target.name(), out);
      } catch (IOException e) {
        throw MydockerException.of(Category.RESOURCE, "copy", source, cause(e), null, e);
      }
      int directory =
          files.open(FileWorker.HOST, target.directory(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
      String what = source + " of container " + root.record().name();
      try {
        new Unpacker(files, directory, "", what, Unpacker.Purpose.COPY, Unpacker.UNLIMITED)
            .unpack(new TarReader(spool.input(), what, true));
      } finally {
        files.close(directory);
      }
    }
    bench.containers().read(id);
  }

  private boolean isDirectory(ContainerRoot root, EntryPath entry) {
    int file = root.open(entry.path(), Linux.O_PATH | Linux.O_NOFOLLOW);
    if (file < 0) {
      throw noSuchFile(entry.path());
    }
    try {
      return files.status(file).isDirectory();
    } finally {
      files.close(file);
    }
  }

  /**
   * Where a copy goes.
   *
   * @param directory one that is there, or so it seems
   * @param name what the copy is called in it
   */
  private record Target(String directory, String name) {
    /** Into a directory that is there; else to where the path says, in place of a file. */
    static Target of(
        String destination, Optional<FileStatus> there, boolean fromDirectory, String name) {
      if (there.isPresent() && there.get().isDirectory()) {
        return new Target(destination, name);
      }
      if (there.isPresent() && (fromDirectory || destination.endsWith("/"))) {
        throw notDirectory(destination);
      }
      EntryPath entry = EntryPath.of(destination);
      if (entry.name().isEmpty() && !fromDirectory) {
        throw noSuchFile(destination);
      }
      EntryPath named =
          entry.name().isEmpty()
              ? EntryPath.of("/" + EntryPath.withoutOuterSlashes(destination))
              : entry;
      if (named.name().isEmpty()) {
        throw noSuchFile(destination);
      }
      return new Target("/" + named.parent(), named.name());
    }
  }

  private static MydockerException noSuchFile(String path) {
    return MydockerException.of(Category.NOT_FOUND, "copy", path, "no such file or directory");
  }

  private static MydockerException notDirectory(String path) {
    return MydockerException.of(Category.INVALID, "copy to", path, "not a directory");
  }

  private static String cause(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
