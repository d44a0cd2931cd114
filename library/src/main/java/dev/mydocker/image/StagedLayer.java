package dev.mydocker.image;

import dev.mydocker.oci.Digest;
import dev.mydocker.oci.image.Descriptor;

/** A layer that came in and is whole, but belongs to no image of the store yet. */
public final class StagedLayer {
  private final Workspace workspace;
  private final Layer layer;
  private boolean treeTaken;

  StagedLayer(Workspace workspace, Layer layer) {
    this.workspace = workspace;
    this.layer = layer;
  }

  Workspace workspace() {
    return workspace;
  }

  Layer layer() {
    return layer;
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
   */
  void keep(StoreFiles store, Digest chainId) {
    store.keepBlob(workspace, layer);
    if (!treeTaken && !store.hasLayer(chainId)) {
      treeTaken = true;
      store.keepTree(workspace, chainId);
    }
  }
}
