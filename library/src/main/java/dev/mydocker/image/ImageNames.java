package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which image of the store a name or id means. */
final class ImageNames {
  private static final String LIBRARY = "docker.io/library/";

  private ImageNames() {}

  /** Finds an image as {@link ImageStore#find} says. */
  static Optional<StoredImage> find(List<StoredImage> all, String nameOrId) {
    if (nameOrId.startsWith("sha256:")) {
      return byId(all, nameOrId.substring("sha256:".length()), nameOrId);
    }
    if (ImageReference.isImageId(nameOrId)) {
      return byId(all, nameOrId, nameOrId);
    }
    ImageReference reference = ImageReference.parse(nameOrId).withDefaultTag();
    Optional<StoredImage> named = byName(all, reference);
    return named.isPresent() ? named : byId(all, nameOrId, nameOrId);
  }

  /** Whether a word that finds an image is a name of it, not an id. */
  static boolean isName(List<StoredImage> all, String nameOrId) {
    return !nameOrId.startsWith("sha256:")
        && !ImageReference.isImageId(nameOrId)
        && byName(all, ImageReference.parse(nameOrId).withDefaultTag()).isPresent();
  }

  /** Finds an image by a name, not by an id. */
  static Optional<StoredImage> byName(List<StoredImage> all, ImageReference reference) {
    Optional<StoredImage> exact = byWholeName(all, reference);
    if (exact.isPresent() || !reference.name().startsWith(LIBRARY)) {
      return exact;
    }
    return byWholeName(
        all,
        new ImageReference(
            ImageReference.LOCALHOST,
            reference.name().substring(LIBRARY.length()),
            reference.tag(),
            reference.digest()));
  }

  /** Finds an image by a name, and no other. */
  static Optional<StoredImage> byWholeName(List<StoredImage> all, ImageReference reference) {
    Digest digest = reference.digest();
    String whole = reference.toString();
    for (StoredImage image : all) {
      if (digest == null ? whole.equals(image.name()) : has(image, digest, reference)) {
        return Optional.of(image);
      }
    }
    return Optional.empty();
  }

  /** A registry's digest may be that of an index, which is not here. */
  private static boolean has(StoredImage image, Digest digest, ImageReference reference) {
    String name = image.name();
    return image.digests().contains(reference.name() + "@" + digest)
        || name != null
            && image.descriptor().digest().equals(digest)
            && isOf(name, reference.name());
  }

  /** Whether a name, or a name with a digest, is of a repository. */
  static boolean isOf(String name, String repository) {
    return name.startsWith(repository)
        && (name.length() == repository.length()
            || ":@".indexOf(name.charAt(repository.length())) >= 0);
  }

  private static Optional<StoredImage> byId(List<StoredImage> all, String start, String asked) {
    if (start.isEmpty() || !isHex(start)) {
      return Optional.empty();
    }
    StoredImage found = null;
    for (StoredImage image : all) {
      if (image.id().encoded().startsWith(start)) {
        if (found != null && !found.id().equals(image.id())) {
          throw MydockerException.of(
              Category.INVALID,
              "find image",
              asked,
              "several images' ids start so",
              "give more digits of the id: "
                  + found.id().shortId()
                  + " or "
                  + image.id().shortId());
        }
        found = image;
      }
    }
    return Optional.ofNullable(found);
  }

  private static boolean isHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /**
   * The entries with a new one, whose name is taken from whoever had it: an image that loses its
   * last name stays, without one. What digests it has all its entries say.
   */
  static List<StoredImage> put(List<StoredImage> entries, StoredImage added) {
    Set<String> digests = added.digests();
    for (StoredImage image : entries) {
      if (image.id().equals(added.id())) {
        digests.addAll(image.digests());
      }
    }
    StoredImage entry = added.withDigests(digests);
    String name = entry.name();
    List<StoredImage> result = new ArrayList<>();
    List<StoredImage> lost = new ArrayList<>();
    for (StoredImage each : entries) {
      StoredImage image =
          each.id().equals(entry.id()) ? each.withDigests(digests) : without(each, digests);
      if (name != null && name.equals(image.name())) {
        lost.add(image);
      } else if (!image.id().equals(entry.id()) || image.name() != null) {
        result.add(image);
      }
    }
    if (name != null || !hasEntry(result, entry.id())) {
      result.add(entry);
    }
    for (StoredImage image : lost) {
      if (!hasEntry(result, image.id())) {
        result.add(image.named(null));
      }
    }
    return result;
  }

  /** An index is here for one machine only: its digest means the image that came last. */
  private static StoredImage without(StoredImage image, Set<String> others) {
    Set<String> digests = image.digests();
    return digests.removeAll(others) ? image.withDigests(digests) : image;
  }

  /** Whether an image has an entry. */
  static boolean hasEntry(List<StoredImage> all, @Nullable Digest id) {
    for (StoredImage image : all) {
      if (image.id().equals(id)) {
        return true;
      }
    }
    return false;
  }
}
