package dev.mydocker.engine;

import dev.mydocker.image.FileInput;
import dev.mydocker.image.Image;
import dev.mydocker.image.ImageStore;
import dev.mydocker.image.NewImage;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.ImageReference;
import java.util.Optional;

/**
 * Tar archives as root file systems, {@code -image /path/to/fs.tar}: imported once, under a name
 * made of the file's identity, and again when the file has changed.
 */
final class RootfsArchive {
  private final FileWorker files;
  private final ImageStore images;

  RootfsArchive(FileWorker files, ImageStore images) {
    this.files = files;
    this.images = images;
  }

  Image image(String path, FileStatus status) {
    String tag =
        Long.toHexString(status.inode())
            + "-"
            + Long.toHexString(status.size())
            + "-"
            + Long.toHexString(status.modifiedSeconds())
            + "-"
            + Integer.toHexString(status.modifiedNanos());
    String name = "localhost/rootfs:" + tag;
    Optional<Image> known = images.find(name);
    if (known.isPresent()) {
      return known.get();
    }
    int file = files.open(FileWorker.HOST, path, Linux.O_RDONLY, 0);
    try (FileInput archive = new FileInput(files, file)) {
      return images.importTar(
          archive, path, NewImage.builder().name(ImageReference.parse(name)).build());
    }
  }
}
