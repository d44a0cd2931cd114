package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.image.Descriptor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A layer that came in and is whole, but belongs to no image of the store yet. */
public final class StagedLayer {
  private final @Nullable Workspace workspace;
  private final Layer layer;
  private final boolean hasBlob;
  private boolean treeTaken;

  private StagedLayer(@Nullable Workspace workspace, Layer layer, boolean hasBlob) {
    this.workspace = workspace;
    this.layer = layer;
    this.hasBlob = hasBlob;
  }

  /** One whose archive and tree are in a workspace. */
  StagedLayer(Workspace workspace, Layer layer) {
    this(workspace, layer, true);
  }

  /** One whose tree is in a workspace, and whose archive is in the store, or came to it. */
  static StagedLayer ofTree(Workspace workspace, Layer layer) {
    return new StagedLayer(workspace, layer, false);
  }

  /** One that another image has brought, with both, if that is known to be so. */
  static Optional<StagedLayer> there(
      StoreFiles store, List<StoredImage> images, Descriptor blob, Digest diffId, Digest chainId) {
    if (!store.hasBlob(blob.digest()) || !store.hasLayer(chainId)) {
      return Optional.empty();
    }
    for (StoredImage image : images) {
      int at = image.layers().indexOf(chainId);
      if (at >= 0 && !image.layerSizes().isEmpty()) {
        Layer layer = new Layer(blob, diffId, chainId, image.layerSizes().get(at), List.of());
        return Optional.of(new StagedLayer(null, layer, false));
      }
    }
    return Optional.empty();
  }

  /** What was there when an image began to come is not any more: it can come once more. */
  static final class Gone extends MydockerException {
    private static final long serialVersionUID = 1L;

    Gone(Descriptor blob) {
      super(
          Category.CONFLICT,
          "keep layer",
          blob.digest().shortId(),
          "another command has just removed it",
          "try again",
          null,
          null);
    }
  }

  @Nullable Workspace workspace() {
    return workspace;
  }

  Layer layer() {
    return layer;
  }

  /** Whether {@link #keep} is to put its tree below a chain id, as far as can be known now. */
  boolean hasTreeFor(StoreFiles store, Digest chainId) {
    return workspace != null && !treeTaken && !store.hasLayer(chainId);
  }

  /** What its blob is: digest and size of the archive as it came. */
  public Descriptor blob() {
    return layer.blob();
  }

  /** The digest of the archive, not compressed. */
  public Digest diffId() {
    return layer.diffId();
  }

  /**
   * Moves it to its places in the store; the caller holds the lock. A layer that several images
   * have, on others, is unpacked once more when the second of them is used.
   *
   * @throws Gone if it was to be there, and is not
   */
  void keep(StoreFiles store, Digest chainId) {
    Workspace own = workspace;
    if (own != null && hasBlob) {
      store.keepBlob(own, layer);
    } else if (!store.hasBlob(blob().digest()) && !store.keepPartial(blob())) {
      throw new Gone(blob());
    }
    if (own != null && !treeTaken && !store.hasLayer(chainId)) {
      treeTaken = true;
      store.keepTree(own, chainId);
    }
  }
}
