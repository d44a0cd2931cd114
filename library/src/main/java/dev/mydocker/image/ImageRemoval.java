package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageManifest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The removal of an image by a name or id, by Docker's rules: a name goes, and the image with its
 * last one; what containers use stays, without a name if that was forced.
 */
final class ImageRemoval {
  private final List<StoredImage> all;
  private final String asked;
  private final boolean force;
  private final boolean unusedOnly;
  private final Function<Digest, List<ImageUser>> users;
  private long freed;
  private final List<StoredImage> left = new ArrayList<>();
  private final List<String> report = new ArrayList<>();
  private @Nullable StoredImage removed;

  ImageRemoval(
      List<StoredImage> all, String asked, boolean force, Function<Digest, List<ImageUser>> users) {
    this(all, asked, force, false, users);
  }

  /** The removal of an image with all its names, if no container uses it. */
  static ImageRemoval ofUnused(
      List<StoredImage> all, Digest id, Function<Digest, List<ImageUser>> users) {
    return new ImageRemoval(all, id.toString(), false, true, users);
  }

  private ImageRemoval(
      List<StoredImage> all,
      String asked,
      boolean force,
      boolean unusedOnly,
      Function<Digest, List<ImageUser>> users) {
    this.all = all;
    this.asked = asked;
    this.force = force;
    this.unusedOnly = unusedOnly;
    this.users = users;
  }

  /** Decides what goes and what stays. */
  void decide() {
    Optional<StoredImage> named = byName();
    StoredImage image =
        named
            .or(() -> ImageNames.find(all, asked))
            .orElseThrow(() -> ImageStore.notFound("remove", asked));
    List<StoredImage> names = new ArrayList<>();
    for (StoredImage other : all) {
      if (!other.id().equals(image.id())) {
        left.add(other);
      } else if (named.isPresent() && !Objects.equals(other.name(), image.name())) {
        names.add(other);
      }
    }
    if (!names.isEmpty()) {
      left.addAll(names);
      untag(image);
      return;
    }
    List<ImageUser> usedBy = users.apply(image.id());
    refuseIfNeeded(image, named.isPresent(), usedBy);
    for (StoredImage other : all) {
      if (other.id().equals(image.id()) && other.name() != null) {
        untag(other);
      }
    }
    if (!usedBy.isEmpty()) {
      left.add(image.named(null));
    } else {
      removed = image;
      report.add("Deleted: " + image.id());
    }
  }

  private Optional<StoredImage> byName() {
    if (asked.startsWith("sha256:") || ImageReference.isImageId(asked)) {
      return Optional.empty();
    }
    return ImageNames.byName(all, ImageReference.parse(asked).withDefaultTag());
  }

  private void refuseIfNeeded(StoredImage image, boolean byName, List<ImageUser> usedBy) {
    long repositories =
        all.stream()
            .filter(other -> other.id().equals(image.id()))
            .flatMap(other -> other.reference().stream())
            .map(ImageReference::name)
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
    if (removed == null) {
      return Optional.empty();
    }
    return users.apply(removed.id()).stream()
        .findFirst()
        .map(
            user -> refused("container " + user.container() + " was just made of it", "try again"));
  }

  private MydockerException refused(String why, String suggestion) {
    return MydockerException.of(Category.CONFLICT, "remove image", asked, why, suggestion);
  }

  private void untag(StoredImage image) {
    String name = image.reference().map(ImageReference::familiar).orElse(image.name());
    report.add("Untagged: " + name);
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

  /** Removes the files that only the removed image had; the index is written before. */
  void removeFiles(StoreFiles store) {
    if (removed == null) {
      return;
    }
    Set<Digest> blobs = new HashSet<>();
    Set<Digest> layers = new HashSet<>();
    for (StoredImage image : left) {
      collect(store, image, blobs);
      layers.addAll(image.layers());
    }
    List<Long> sizes = removed.layerSizes();
    for (int i = removed.layers().size() - 1; i >= 0; i--) {
      Digest layer = removed.layers().get(i);
      if (layers.add(layer) && store.removeLayer(layer)) {
        report.add("Deleted: " + layer);
        freed += i < sizes.size() ? sizes.get(i) : 0;
      }
    }
    Set<Digest> old = new HashSet<>();
    collect(store, removed, old);
    for (Digest blob : old) {
      if (!blobs.contains(blob)) {
        freed += store.blobSize(blob);
        store.removeBlob(blob);
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
