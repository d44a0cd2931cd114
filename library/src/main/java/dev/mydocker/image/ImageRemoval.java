package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageManifest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The removal of an image by a name or id, by Docker's rules: a name goes, and the image with its
 * last one; what containers use stays, without a name if that was forced, and what other images
 * were made of stays until they go.
 */
final class ImageRemoval {
  private final List<StoredImage> all;
  private final String asked;
  private final boolean force;
  private final boolean prune;
  private final boolean unusedOnly;
  private final Function<Digest, List<ImageUser>> users;
  private long freed;
  private final List<StoredImage> left = new ArrayList<>();
  private final List<String> report = new ArrayList<>();
  private final List<StoredImage> removed = new ArrayList<>();

  /**
   * A removal by a name or id.
   *
   * @param prune whether the images that it was made of go with it, if nothing else needs them
   */
  ImageRemoval(
      List<StoredImage> all,
      String asked,
      boolean force,
      boolean prune,
      Function<Digest, List<ImageUser>> users) {
    this(all, asked, force, prune, false, users);
  }

  /** The removal of an image with all its names, if no container uses it. */
  static ImageRemoval ofUnused(
      List<StoredImage> all, Digest id, Function<Digest, List<ImageUser>> users) {
    return new ImageRemoval(all, id.toString(), false, true, true, users);
  }

  private ImageRemoval(
      List<StoredImage> all,
      String asked,
      boolean force,
      boolean prune,
      boolean unusedOnly,
      Function<Digest, List<ImageUser>> users) {
    this.all = all;
    this.asked = asked;
    this.force = force;
    this.prune = prune;
    this.unusedOnly = unusedOnly;
    this.users = users;
  }

  /** Decides what goes and what stays. */
  void decide() {
    Optional<ImageReference> reference = reference();
    Optional<StoredImage> named = reference.flatMap(name -> ImageNames.byName(all, name));
    StoredImage image =
        named
            .or(() -> ImageNames.find(all, asked))
            .orElseThrow(() -> ImageStore.notFound("remove", asked));
    Set<String> digests = image.digests();
    String digest = named.isPresent() ? digest(image, reference.orElseThrow()) : null;
    List<StoredImage> names = new ArrayList<>();
    for (StoredImage other : all) {
      if (!other.id().equals(image.id())) {
        left.add(other);
      } else if (named.isPresent()
          && other.name() != null
          && (digest != null || !other.name().equals(image.name()))) {
        names.add(other);
      }
    }
    if (digest != null) {
      digests.remove(digest);
    } else if (named.isPresent()) {
      leaveRepository(image, names, digests);
    }
    if (named.isPresent() && (!names.isEmpty() || !digests.isEmpty())) {
      (names.isEmpty() ? List.of(image.named(null)) : names)
          .forEach(each -> left.add(each.withDigests(digests)));
      untag(image, digest, digests);
      return;
    }
    removeWhole(image, named.isPresent());
  }

  private void removeWhole(StoredImage image, boolean byName) {
    List<ImageUser> usedBy = users.apply(image.id());
    refuseIfNeeded(image, byName, usedBy);
    boolean hasChildren = hasChildren(image);
    if (hasChildren && !byName && !unusedOnly) {
      throw refused("other images were made of it", "remove those first: mydocker images -a");
    }
    for (StoredImage other : all) {
      if (other.id().equals(image.id()) && other.name() != null) {
        report.add("Untagged: " + familiar(other.name()));
      }
    }
    image.digests().forEach(each -> report.add("Untagged: " + familiar(each)));
    if (!usedBy.isEmpty() || hasChildren) {
      left.add(image.named(null).withDigests(Set.of()));
      return;
    }
    removed.add(image);
    if (prune) {
      removeParents(image);
    }
  }

  /** What has no name any more, and is there only because others were made of it. */
  private void removeParents(StoredImage image) {
    Optional<StoredImage> next = parent(image);
    while (next.isPresent()) {
      StoredImage parent = next.get();
      if (parent.name() != null
          || !parent.digests().isEmpty()
          || parent.archive() != null
          || hasChildren(parent)
          || !users.apply(parent.id()).isEmpty()) {
        return;
      }
      left.remove(parent);
      removed.add(parent);
      next = parent(parent);
    }
  }

  private Optional<StoredImage> parent(StoredImage image) {
    Digest parent = image.parent();
    return left.stream().filter(other -> other.id().equals(parent)).findFirst();
  }

  private boolean hasChildren(StoredImage image) {
    // What an archive was unpacked to is no image of people, and goes with its containers.
    return image.archive() == null
        && left.stream().anyMatch(other -> image.id().equals(other.parent()));
  }

  /** With its last name in a repository an image loses the digests that it has there. */
  private static void leaveRepository(
      StoredImage image, List<StoredImage> names, Set<String> digests) {
    image
        .reference()
        .map(ImageReference::name)
        .ifPresent(
            repository -> {
              for (StoredImage other : names) {
                if (ImageNames.isOf(String.valueOf(other.name()), repository)) {
                  return;
                }
              }
              digests.removeIf(each -> ImageNames.isOf(each, repository));
            });
  }

  /** The digest that is asked for, if it is one of the image's. */
  private static @Nullable String digest(StoredImage image, ImageReference reference) {
    String digest = reference.name() + "@" + reference.digest();
    return reference.digest() != null && image.digests().contains(digest) ? digest : null;
  }

  private Optional<ImageReference> reference() {
    return asked.startsWith("sha256:") || ImageReference.isImageId(asked)
        ? Optional.empty()
        : Optional.of(ImageReference.parse(asked).withDefaultTag());
  }

  private void refuseIfNeeded(StoredImage image, boolean byName, List<ImageUser> usedBy) {
    long repositories =
        all.stream()
            .filter(other -> other.id().equals(image.id()))
            .flatMap(
                other ->
                    Stream.concat(
                        other.reference().stream().map(ImageReference::name),
                        other.digests().stream().map(each -> each.substring(0, each.indexOf('@')))))
            .distinct()
            .count();
    if (!byName && repositories > 1 && !force && !unusedOnly) {
      throw refused("it has names in " + repositories + " repositories", "force it with -f");
    }
    for (ImageUser user : usedBy) {
      if (user.running() && !(byName && force)) {
        throw refused(
            "running container " + user.container() + " uses it", "stop and remove it first");
      }
      if (!force) {
        throw refused(
            "stopped container " + user.container() + " uses it",
            "remove the container first, or force it with -f");
      }
    }
  }

  /**
   * Why the image must stay after all: somebody made a container of it since {@link #decide}. Asked
   * when the index has it no more, so that whoever comes later does not find it.
   */
  Optional<MydockerException> objection() {
    for (StoredImage image : removed) {
      for (ImageUser user : users.apply(image.id())) {
        return Optional.of(
            refused("container " + user.container() + " was just made of it", "try again"));
      }
    }
    return Optional.empty();
  }

  private MydockerException refused(String why, String suggestion) {
    return MydockerException.of(Category.CONFLICT, "remove image", asked, why, suggestion);
  }

  /** Tells of one name that went, and of the digests that went with it. */
  private void untag(StoredImage image, @Nullable String digest, Set<String> left) {
    if (digest == null) {
      report.add("Untagged: " + familiar(String.valueOf(image.name())));
    }
    for (String each : image.digests()) {
      if (!left.contains(each)) {
        report.add("Untagged: " + familiar(each));
      }
    }
  }

  /** An entry of another tool may have any name. */
  private static String familiar(String name) {
    try {
      return ImageReference.parse(name).familiar();
    } catch (MydockerException e) {
      return name;
    }
  }

  /** The entries that stay. */
  List<StoredImage> left() {
    return left;
  }

  /** What was done, in Docker's words. */
  List<String> report() {
    return report;
  }

  /** How many bytes the files had that were removed. */
  long freed() {
    return freed;
  }

  /** Removes the files that only the removed images had; the index is written before. */
  void removeFiles(StoreFiles store) {
    if (removed.isEmpty()) {
      return;
    }
    Set<Digest> blobs = new HashSet<>();
    Set<Digest> layers = new HashSet<>();
    for (StoredImage image : left) {
      collect(store, image, blobs);
      layers.addAll(image.layers());
    }
    Set<Digest> old = new LinkedHashSet<>();
    for (StoredImage image : removed) {
      report.add("Deleted: " + image.id());
      removeLayers(store, image, layers);
      collect(store, image, old);
    }
    for (Digest blob : old) {
      if (!blobs.contains(blob)) {
        freed += store.blobSize(blob);
        store.removeBlob(blob);
      }
    }
  }

  private void removeLayers(StoreFiles store, StoredImage image, Set<Digest> others) {
    List<Long> sizes = image.layerSizes();
    for (int i = image.layers().size() - 1; i >= 0; i--) {
      Digest layer = image.layers().get(i);
      if (others.add(layer) && store.removeLayer(layer)) {
        report.add("Deleted: " + layer);
        freed += i < sizes.size() ? sizes.get(i) : 0;
      }
    }
  }

  private static void collect(StoreFiles store, StoredImage image, Set<Digest> blobs) {
    ImageManifest manifest = store.manifest(image.descriptor().digest());
    blobs.add(image.descriptor().digest());
    blobs.add(manifest.config().digest());
    for (Descriptor layer : manifest.layers()) {
      blobs.add(layer.digest());
    }
  }
}
