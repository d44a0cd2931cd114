package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.BusyboxImage;
import dev.mydocker.image.Image;
import dev.mydocker.oci.ImageReference;
import java.io.IOException;

/**
 * Brings an image that a container wants and that is not here: from its registry; busybox, where no
 * registry can be reached, from what this machine has. Not loaded where all is here.
 */
final class ImageSource {
  private final Workbench bench;

  ImageSource(Workbench bench) {
    this.bench = bench;
  }

  /**
   * Brings an image.
   *
   * @throws MydockerException NOT_FOUND if it is nowhere
   */
  Image bring(String name, ImageChoice choice) {
    boolean busybox = isBusybox(name) && choice.pull() != PullPolicy.ALWAYS;
    if (bench.performer().rehearses()) {
      throw MydockerException.of(
          Category.NOT_FOUND,
          "find image",
          shown(name),
          "not on this machine yet, and a rehearsal " + (busybox ? "makes none" : "brings none"),
          busybox
              ? "make it first: mydocker run --rm busybox true"
              : "bring it first: mydocker pull " + shown(name));
    }
    if (choice.pull() == PullPolicy.NEVER && !busybox) {
      throw MydockerException.of(
          Category.NOT_FOUND,
          "find image",
          shown(name),
          "not on this machine",
          "pull it: mydocker pull " + shown(name));
    }
    if (!busybox) {
      return pull(name, choice);
    }
    if (choice.pull() == PullPolicy.NEVER || name.startsWith(ImageReference.LOCALHOST)) {
      return assemble("");
    }
    try {
      Registries registries = bench.engine().registries();
      registries.requireThere(ImageReference.parse(name).withDefaultTag());
      return pull(name, choice);
    } catch (IOException e) {
      return assemble(String.valueOf(e.getMessage()));
    } catch (MydockerException e) {
      if (e.category() == Category.INTERRUPTED) {
        throw e;
      }
      return assemble(String.valueOf(e.getMessage()));
    }
  }

  private static String shown(String name) {
    return ImageReference.parse(name).familiar();
  }

  private Image pull(String name, ImageChoice choice) {
    if (name.startsWith("sha256:") || ImageReference.isImageId(name)) {
      throw MydockerException.of(
          Category.NOT_FOUND, "find image", name, "not on this machine", "pull it by its name");
    }
    ImageReference reference = ImageReference.parse(name).withDefaultTag();
    if (reference.registry().equals(ImageReference.LOCALHOST)) {
      throw MydockerException.of(
          Category.NOT_FOUND,
          "find image",
          reference.familiar(),
          "not on this machine",
          "import it: mydocker import FILE.tar " + reference.familiar());
    }
    Notices.Transfer transfer = bench.engine().notices().pulling(reference.familiar());
    PulledImage pulled = null;
    try {
      pulled = bench.engine().registries().pull(name, choice.platform(), transfer);
      String id = pulled.image().id();
      return bench
          .images()
          .find(id)
          .orElseThrow(
              () ->
                  MydockerException.of(
                      Category.NOT_FOUND, "find image", id, "it was just removed again"));
    } finally {
      transfer.end(pulled);
    }
  }

  private Image assemble(String why) {
    BusyboxImage.Assembled assembled = new BusyboxImage(bench.files(), bench.images()).assemble();
    bench.engine().notice(assembled.message() + (why.isEmpty() ? "" : ", not pulled: " + why));
    return assembled.image();
  }

  private static boolean isBusybox(String name) {
    return switch (name) {
      case "busybox", "busybox:latest", "localhost/busybox", BusyboxImage.NAME -> true;
      default -> false;
    };
  }
}
