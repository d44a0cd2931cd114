package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.FileInput;
import dev.mydocker.image.Image;
import dev.mydocker.image.ImageStore;
import dev.mydocker.image.ImageUser;
import dev.mydocker.image.NewImage;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.Digest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tar archives as root file systems, {@code -image /path/to/fs.tar}: unpacked once, to an image
 * without a name that is known by the file's identity, and again when the file has changed.
 *
 * <p>What they were unpacked to is a cache: it goes, unless a container uses it, with the removal
 * of a container of an archive, and when another archive is unpacked. So the last one stays that
 * was used with {@code --rm}, and no more.
 */
final class RootfsArchive {
  private final FileWorker files;
  private final ImageStore images;
  private final Function<Digest, List<ImageUser>> users;

  RootfsArchive(Workbench bench) {
    this.files = bench.files();
    this.images = bench.images();
    this.users = id -> Images.users(bench, id);
  }

  /** What it was unpacked to, if it was, and has not changed since. */
  Optional<Image> known(FileStatus status) {
    return images.findArchive(identity(status));
  }

  private static String identity(FileStatus status) {
    return Integer.toHexString(status.containerMajor())
        + "-"
        + Integer.toHexString(status.containerMinor())
        + "-"
        + Long.toHexString(status.inode())
        + "-"
        + Long.toHexString(status.size())
        + "-"
        + Long.toHexString(status.modifiedSeconds())
        + "-"
        + Integer.toHexString(status.modifiedNanos());
  }

  Image unpack(String path, FileStatus status) {
    int file = files.open(FileWorker.HOST, path, Linux.O_RDONLY, 0);
    try (FileInput archive = new FileInput(files, file)) {
      Image image =
          images.importTar(
              archive,
              path,
              NewImage.builder()
                  .archive(identity(status))
                  .comment("Unpacked from " + path)
                  .build());
      sweep(image.id());
      return image;
    }
  }

  /** Removes what archives were unpacked to that no container uses. */
  void sweep() {
    sweep(null);
  }

  private void sweep(@Nullable Digest kept) {
    for (Image image : images.list()) {
      if (image.archive() != null
          && !image.id().equals(kept)
          && users.apply(image.id()).isEmpty()) {
        remove(image.id());
      }
    }
  }

  private void remove(Digest id) {
    try {
      images.remove(id.toString(), false, users);
    } catch (MydockerException e) {
      // Somebody has just made a container of it, or was faster.
      if (e.category() != Category.CONFLICT && e.category() != Category.NOT_FOUND) {
        throw e;
      }
    }
  }
}
