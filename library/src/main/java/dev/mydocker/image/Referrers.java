package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.registry.Refused;
import dev.mydocker.image.registry.Repository;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.ImageManifest;
import dev.mydocker.oci.image.MediaTypes;
import dev.mydocker.oci.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What belongs to a manifest, a signature say, in a registry that does not list it by itself: the
 * pusher keeps the list, in an index whose tag is the manifest's digest (distribution specification
 * 1.1, "Referrers Tag Schema").
 */
final class Referrers {
  private static final int LONGEST_ALGORITHM = 32;
  private static final int LONGEST_VALUE = 64;

  private Referrers() {}

  /**
   * Adds a manifest, pushed already, to the list of its subject. Two who do this at once may lose
   * one entry: the schema knows no lock.
   *
   * @throws IOException if the list cannot be read or written, or the tag has something else
   */
  static void list(
      Repository repository, Descriptor subject, ImageManifest manifest, Descriptor pushed)
      throws IOException {
    String tag = tag(subject.digest());
    Optional<byte[]> there = repository.ownManifest(tag);
    ImageIndex index = there.isPresent() ? parse(there.get(), tag) : ImageIndex.of(List.of());
    for (Descriptor entry : index.manifests()) {
      if (entry.digest().equals(pushed.digest())) {
        return;
      }
    }
    List<Descriptor> more = new ArrayList<>(index.manifests());
    more.add(
        new Descriptor(
            pushed.mediaType(),
            pushed.digest(),
            pushed.size(),
            List.of(),
            manifest.annotations(),
            null,
            null,
            Objects.requireNonNullElse(manifest.artifactType(), manifest.config().mediaType()),
            pushed.rest()));
    repository.putManifest(tag, MediaTypes.INDEX, Json.encode(index.withManifests(more).toJson()));
  }

  /** {@code sha256-…}: the digest in the characters of a tag. */
  private static String tag(Digest digest) {
    String text = digest.toString();
    int colon = text.indexOf(':');
    return cut(text.substring(0, colon), LONGEST_ALGORITHM)
        + "-"
        + cut(text.substring(colon + 1), LONGEST_VALUE);
  }

  private static String cut(String text, int length) {
    return text.substring(0, Math.min(text.length(), length));
  }

  private static ImageIndex parse(byte[] json, String tag) throws IOException {
    ImageIndex index;
    try {
      index = ImageIndex.parse(json, "the list of referrers, tag " + tag);
    } catch (MydockerException e) {
      throw new Refused(Category.INVALID, String.valueOf(e.getMessage()), "remove that tag");
    }
    if (!MediaTypes.INDEX.equals(index.mediaType())) {
      throw new Refused(
          Category.INVALID, "the tag " + tag + " is no list of referrers", "remove that tag");
    }
    return index;
  }
}
