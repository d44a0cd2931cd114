package dev.mydocker.image;

import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.ImageConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image of the store.
 *
 * @param id the digest of its configuration
 * @param manifest the digest of its manifest
 * @param names its names; none if another image took them over
 * @param digests by which digests registries know it: {@code docker.io/library/busybox@sha256:...}
 * @param parent the image that it was made of here by a commit; null for others
 * @param config its configuration
 * @param layers the chain ids of its layers, lowest first
 * @param layerSizes how many bytes of content each layer has, unpacked, lowest first; none where
 *     that is not known
 * @param size how many bytes of content its layers have, unpacked
 * @param archive the identity of the archive that was used as a root file system and unpacked to
 *     this; null for images that somebody made
 */
public record Image(
    Digest id,
    Digest manifest,
    List<ImageReference> names,
    List<String> digests,
    @Nullable Digest parent,
    ImageConfig config,
    List<Digest> layers,
    List<Long> layerSizes,
    long size,
    @Nullable String archive) {
  /** Copies the lists. */
  public Image {
    names = List.copyOf(names);
    digests = List.copyOf(digests);
    layers = List.copyOf(layers);
    layerSizes = List.copyOf(layerSizes);
  }

  /** When it was made, in RFC 3339, or null if it does not say. */
  public @Nullable String created() {
    return config.created();
  }
}
