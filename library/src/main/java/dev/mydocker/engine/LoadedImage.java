package dev.mydocker.engine;

import dev.mydocker.image.Intake;
import dev.mydocker.oci.ImageReference;
import java.util.List;

/**
 * An image that was taken in from an archive.
 *
 * @param id the digest of its configuration, {@code sha256:} and 64 hexadecimal digits
 * @param names the names that it came with, as people write them: {@code busybox:latest}
 */
public record LoadedImage(String id, List<String> names) {
  /** Copies the list. */
  public LoadedImage {
    names = List.copyOf(names);
  }

  static List<LoadedImage> of(List<Intake.Arrived> images) {
    return images.stream()
        .map(
            each ->
                new LoadedImage(
                    each.image().id().toString(),
                    each.names().stream().map(ImageReference::familiar).toList()))
        .toList();
  }
}
