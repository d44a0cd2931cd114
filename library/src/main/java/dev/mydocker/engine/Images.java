package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.Changes;
import dev.mydocker.image.FileInput;
import dev.mydocker.image.Image;
import dev.mydocker.image.ImageSaver;
import dev.mydocker.image.ImageStore;
import dev.mydocker.image.ImageUser;
import dev.mydocker.image.NewImage;
import dev.mydocker.image.RemovedImages;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.ContainerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The images of an engine.
 *
 * <p>An image is called by a name ({@code busybox}, {@code busybox:1.36}, {@code
 * registry.example/team/app}), or by its id or the unambiguous beginning of that.
 */
public final class Images {
  private final Engine engine;

  Images(Engine engine) {
    this.engine = engine;
  }

  /**
   * Whether there is an image of that name or id.
   *
   * @throws MydockerException INVALID if it can be neither, or is the start of several ids
   */
  public boolean exists(String nameOrId) {
    try (Workbench bench = engine.bench()) {
      return bench.images().find(nameOrId).isPresent();
    }
  }

  /** All images, newest first, as {@link #list(boolean)} without those that others are made of. */
  public List<ImageInfo> list() {
    return list(false);
  }

  /**
   * All images, newest first, those without a name included.
   *
   * @param all also those that archives were unpacked to which containers have as root file system,
   *     and those that have no name but were committed to others, which are here
   */
  public List<ImageInfo> list(boolean all) {
    try (Workbench bench = engine.bench()) {
      List<Image> images = bench.images().list();
      Set<Digest> parents = parents(images);
      return images.stream()
          .filter(image -> all || image.archive() == null && !isBetween(image, parents))
          .map(ImageInfo::of)
          .toList();
    }
  }

  /** The images that others are made of. */
  private static Set<Digest> parents(List<Image> images) {
    Set<Digest> parents = new HashSet<>();
    for (Image image : images) {
      if (image.parent() != null) {
        parents.add(image.parent());
      }
    }
    return parents;
  }

  /** Whether an image is only here because others are made of it. */
  private static boolean isBetween(Image image, Set<Digest> parents) {
    return image.names().isEmpty() && image.digests().isEmpty() && parents.contains(image.id());
  }

  /**
   * Finds an image.
   *
   * @throws MydockerException INVALID if it is neither name nor id, or the start of several ids
   */
  public Optional<ImageInfo> find(String nameOrId) {
    try (Workbench bench = engine.bench()) {
      return bench.images().find(nameOrId).map(ImageInfo::of);
    }
  }

  /**
   * Finds an image that must be there.
   *
   * @throws MydockerException NOT_FOUND in Docker's words if there is none
   */
  public ImageInfo info(String nameOrId) {
    return find(nameOrId).orElseThrow(() -> noSuchImage(nameOrId));
  }

  /**
   * Makes an image of one layer, of an archive: tar, or tar packed by gzip, xz or zstd.
   *
   * @param archive the archive, read to its end, not closed
   * @throws MydockerException if it is no archive, or cannot be unpacked; nothing is left then
   */
  public ImageInfo importArchive(InputStream archive, ImportOptions options) {
    NewImage image = image(options, "-");
    try (Workbench bench = engine.bench()) {
      return ImageInfo.of(bench.images().importTar(archive, "the archive", image));
    }
  }

  /**
   * Makes an image of one layer, of an archive, as {@link #importArchive}, or of a directory and
   * all below it, without crossing mounts.
   *
   * @param path an absolute path of the host
   */
  public ImageInfo importPath(String path, ImportOptions options) {
    NewImage image = image(options, path);
    return takeIn(
        "import",
        path,
        (images, archive) -> ImageInfo.of(images.importTar(archive, path, image)),
        (images, directory) -> ImageInfo.of(images.importDirectory(directory, path, image)));
  }

  /** What is made of a path of the host, which is an archive or a directory. */
  private <T> T takeIn(
      String operation,
      String path,
      BiFunction<ImageStore, InputStream, T> ofArchive,
      BiFunction<ImageStore, Integer, T> ofDirectory) {
    try (Workbench bench = engine.bench()) {
      FileWorker files = bench.files();
      FileStatus status =
          files
              .statusFollowing(FileWorker.HOST, path)
              .orElseThrow(
                  () ->
                      MydockerException.of(
                          Category.NOT_FOUND, operation, path, "no such file or directory"));
      if (!status.isDirectory()) {
        int file = files.open(FileWorker.HOST, path, Linux.O_RDONLY, 0);
        try (FileInput archive = new FileInput(files, file)) {
          return ofArchive.apply(bench.images(), archive);
        }
      }
      int directory = files.open(FileWorker.HOST, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
      try {
        return ofDirectory.apply(bench.images(), directory);
      } finally {
        files.close(directory);
      }
    }
  }

  /** As {@link #importPath(String, ImportOptions)}. */
  public ImageInfo importPath(Path path, ImportOptions options) {
    return importPath(path.toAbsolutePath().toString(), options);
  }

  /**
   * Takes in the images of an archive: what {@link #save}, Docker, Podman or skopeo wrote, packed
   * or not.
   *
   * @param archive the archive, read to its end, not closed
   * @throws MydockerException if it is no such archive, or damaged; nothing of it is there then
   */
  public List<LoadedImage> load(InputStream archive) {
    try (Workbench bench = engine.bench()) {
      return LoadedImage.of(bench.images().load(archive, "the archive"));
    }
  }

  /**
   * Takes in the images of an archive, as {@link #load}, or of a directory with an OCI image
   * layout.
   *
   * @param path an absolute path of the host
   */
  public List<LoadedImage> loadPath(String path) {
    return takeIn(
        "load",
        path,
        (images, archive) -> LoadedImage.of(images.load(archive, path)),
        (images, directory) -> LoadedImage.of(images.loadDirectory(directory, path)));
  }

  /** As {@link #loadPath(String)}. */
  public List<LoadedImage> loadPath(Path path) {
    return loadPath(path.toAbsolutePath().toString());
  }

  /**
   * Writes images as an archive that {@link #load}, Docker, Podman and skopeo read.
   *
   * @param names names or ids; a name without a tag means all tags of its repository
   * @param out takes the archive; flushed, not closed
   * @throws MydockerException NOT_FOUND in Docker's words if there is no such image; nothing is
   *     written then
   */
  public void save(List<String> names, ArchiveFormat format, OutputStream out) {
    try (Workbench bench = engine.bench();
        ImageSaver saver = bench.images().saver(names, Images::noSuchImage)) {
      saver.writeArchive(out, format == ArchiveFormat.DOCKER);
    } catch (IOException e) {
      throw MydockerException.of(
          Category.RESOURCE, "save images", "", String.valueOf(e.getMessage()), null, e);
    }
  }

  /**
   * Writes images as an OCI image layout into a new directory, which appears when it is complete.
   *
   * @param names names or ids; a name without a tag means all tags of its repository
   * @param path an absolute path of the host, where there is nothing, or an empty directory
   */
  public void saveDirectory(List<String> names, String path) {
    try (Workbench bench = engine.bench();
        ImageSaver saver = bench.images().saver(names, Images::noSuchImage)) {
      FileWorker files = bench.files();
      String partial = path + ".partial";
      files.deleteTree(FileWorker.HOST, partial);
      files.makeDirectory(FileWorker.HOST, partial, 0755);
      boolean complete = false;
      try {
        int directory = files.open(FileWorker.HOST, partial, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
        try {
          saver.writeDirectory(directory);
        } finally {
          files.close(directory);
        }
        files.rename(FileWorker.HOST, partial, FileWorker.HOST, path);
        complete = true;
      } finally {
        if (!complete) {
          files.deleteTree(FileWorker.HOST, partial);
        }
      }
    }
  }

  private NewImage image(ImportOptions options, String from) {
    String message = options.message();
    return NewImage.builder()
        .name(name(options.name()))
        .config(Changes.apply(ContainerConfig.EMPTY, options.changes()))
        .comment(message == null ? "Imported from " + from : message)
        .created(Timestamp.rfc3339Nano(engine.now()))
        .build();
  }

  /**
   * Reads the name that an image shall have.
   *
   * @throws MydockerException INVALID if it is no name, or one that says what the image holds
   */
  static @Nullable ImageReference name(@Nullable String name) {
    if (name == null) {
      return null;
    }
    ImageReference reference = ImageReference.parse(name);
    if (reference.digest() != null) {
      throw MydockerException.of(
          Category.INVALID, "name an image", name, "a name with a digest cannot be given");
    }
    return reference.withDefaultTag();
  }

  /**
   * Gives an image one more name, which whoever had it loses.
   *
   * @throws MydockerException NOT_FOUND in Docker's words if there is no such image
   */
  public void tag(String source, String target) {
    ImageReference name = ImageReference.parse(target);
    try (Workbench bench = engine.bench()) {
      requireThere(bench, source);
      bench.images().tag(source, name);
    }
  }

  /**
   * Takes a name from an image, and removes the image with its last one.
   *
   * @param force also if stopped containers use it, or if an id has several names; what a container
   *     uses loses its names and stays
   * @return what was done, in Docker's words: {@code Untagged: busybox:latest}, {@code Deleted:
   *     sha256:...}
   * @throws MydockerException NOT_FOUND in Docker's words if there is no such image, CONFLICT if a
   *     container uses it
   */
  public List<String> remove(String nameOrId, boolean force) {
    return remove(nameOrId, force, true);
  }

  /**
   * As {@link #remove(String, boolean)}.
   *
   * @param prune whether the images that it was made of go with it, if they have no names, no
   *     containers and no other images made of them
   */
  public List<String> remove(String nameOrId, boolean force, boolean prune) {
    try (Workbench bench = engine.bench()) {
      requireThere(bench, nameOrId);
      return bench.images().remove(nameOrId, force, prune, id -> users(bench, id));
    }
  }

  /**
   * Removes the images that no container uses and that meet a condition. One that somebody begins
   * to use meanwhile stays.
   *
   * @param all also those that have a name
   */
  public PrunedImages prune(boolean all, Predicate<ImageInfo> condition) {
    List<String> report = new ArrayList<>();
    long bytes = 0;
    try (Workbench bench = engine.bench()) {
      List<Image> images = bench.images().list();
      Set<Digest> parents = parents(images);
      for (Image image : images) {
        boolean meant = all || image.names().isEmpty() && image.archive() == null;
        if (!meant
            || isBetween(image, parents)
            || !users(bench, image.id()).isEmpty()
            || !condition.test(ImageInfo.of(image))) {
          continue;
        }
        try {
          RemovedImages removed = bench.images().removeUnused(image.id(), id -> users(bench, id));
          report.addAll(removed.report());
          bytes += removed.bytes();
        } catch (MydockerException e) {
          // In use by now, or gone.
          if (e.category() != Category.CONFLICT && e.category() != Category.NOT_FOUND) {
            throw e;
          }
        }
      }
    }
    return new PrunedImages(report, bytes);
  }

  private static void requireThere(Workbench bench, String nameOrId) {
    Optional<Image> found = bench.images().find(nameOrId);
    if (found.isEmpty()) {
      throw noSuchImage(nameOrId);
    }
  }

  static List<ImageUser> users(Workbench bench, Digest id) {
    List<ImageUser> users = new ArrayList<>();
    Observer observer = bench.observer();
    for (ContainerRecord record : bench.containers().list().records()) {
      if (id.toString().equals(record.imageId())) {
        users.add(new ImageUser(record.name(), observer.status(record).isAlive()));
      }
    }
    for (SnapshotRecord snapshot : new SnapshotStore(bench).list()) {
      if (id.toString().equals(snapshot.imageId())) {
        users.add(new ImageUser("snapshot " + snapshot.shortId(), false));
      }
    }
    return users;
  }

  private static MydockerException noSuchImage(String nameOrId) {
    return MydockerException.said(
        Category.NOT_FOUND,
        "No such image: " + shown(nameOrId),
        "find image",
        nameOrId,
        "no such image",
        null);
  }

  /** As Docker repeats it: with the tag that was looked for. */
  private static String shown(String nameOrId) {
    if (nameOrId.startsWith("sha256:") || ImageReference.isImageId(nameOrId)) {
      return nameOrId;
    }
    return ImageReference.parse(nameOrId).withDefaultTag().familiar();
  }
}
