package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileSystems;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageConfig;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.ImageManifest;
import dev.mydocker.oci.image.MediaTypes;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Images on their way into a store: layers come in, each in a workspace of its own, and all images
 * appear at once when they are whole. What is closed before leaves nothing.
 *
 * <p>Layers may be taken by several threads at the same time.
 */
public final class Intake implements AutoCloseable {
  private final ImageStore images;
  private final StoreFiles store;
  private final List<StagedLayer> staged = new ArrayList<>();

  /**
   * An image that came in.
   *
   * @param config its configuration as it came, whose digest is the image's id
   * @param manifest its manifest as it came; null if it had none and one is to be made
   * @param mediaType the manifest's
   * @param layers its layers, lowest first
   * @param names what to call it
   * @param source what a registry calls it by: the digest of an index or a manifest; or null
   */
  public record Arrival(
      byte[] config,
      byte @Nullable [] manifest,
      String mediaType,
      List<StagedLayer> layers,
      List<ImageReference> names,
      @Nullable Digest source) {
    /** An image that comes from no registry. */
    public Arrival(
        byte[] config,
        byte @Nullable [] manifest,
        String mediaType,
        List<StagedLayer> layers,
        List<ImageReference> names) {
      this(config, manifest, mediaType, layers, names, null);
    }

    /** Copies the lists. */
    public Arrival {
      layers = List.copyOf(layers);
      names = List.copyOf(names);
    }
  }

  /**
   * An image that was put into the store.
   *
   * @param names the names that it came with, of all those that it has now
   */
  public record Arrived(Image image, List<ImageReference> names) {
    /** Copies the list. */
    public Arrived {
      names = List.copyOf(names);
    }
  }

  Intake(ImageStore images, StoreFiles store) {
    this.images = images;
    this.store = store;
  }

  /**
   * Takes a layer: keeps its archive, hashes it, compressed and not, and unpacks it.
   *
   * @param archive tar, packed or not; read to its end, not closed
   * @param what where it comes from, for messages
   * @throws MydockerException if it is no archive or cannot be unpacked; nothing of it is left then
   */
  public StagedLayer layer(InputStream archive, String what) {
    Workspace workspace = store.workspace();
    try {
      Layer layer = images.maker(workspace, what).make(archive, null);
      StagedLayer taken = new StagedLayer(workspace, layer);
      synchronized (staged) {
        staged.add(taken);
      }
      return taken;
    } catch (MydockerException e) {
      workspace.close();
      throw e;
    }
  }

  /**
   * Takes a layer whose archive is in the store, or comes to it meanwhile: unpacks and hashes it.
   *
   * @param archive tar, packed or not; read to its end, not closed
   * @param blob what the archive is, which the caller makes sure of
   * @param what where it comes from, for messages
   */
  StagedLayer layer(InputStream archive, Descriptor blob, String what) {
    Workspace workspace = store.workspace();
    try {
      Layer layer = images.maker(workspace, what).makeTree(archive, blob);
      StagedLayer taken = StagedLayer.ofTree(workspace, layer);
      synchronized (staged) {
        staged.add(taken);
      }
      return taken;
    } catch (MydockerException e) {
      workspace.close();
      throw e;
    }
  }

  /** Gives up a layer. */
  void drop(StagedLayer layer) {
    synchronized (staged) {
      staged.remove(layer);
    }
    close(layer);
  }

  private static void close(StagedLayer layer) {
    Workspace workspace = layer.workspace();
    if (workspace != null) {
      workspace.close();
    }
  }

  /**
   * Puts images into the store, all at once. What they consist of is on the disk before they have
   * names there.
   *
   * @return the images, in the same order
   * @throws MydockerException if the parts of one do not belong together; none is there then
   */
  public List<Arrived> keep(List<Arrival> arrivals) {
    List<Parts> all = new ArrayList<>();
    for (Arrival arrival : arrivals) {
      all.add(new Parts(arrival));
    }
    for (Parts parts : all) {
      parts.adoptDirectories(store);
    }
    synchronized (staged) {
      if (!staged.isEmpty()) {
        Workspace any = staged.getFirst().workspace();
        if (any != null) {
          FileSystems.sync(store.worker(), any.directory());
        }
      }
    }
    return store.locked(
        () -> {
          ImageIndex index = store.index();
          List<StoredImage> entries = store.images(index);
          List<StoredImage> kept = new ArrayList<>();
          for (Parts parts : all) {
            StoredImage entry = parts.keep(store);
            kept.add(entry);
            entries = put(entries, entry, parts.arrival);
          }
          images.write(index, entries);
          List<Arrived> result = new ArrayList<>();
          for (int i = 0; i < kept.size(); i++) {
            result.add(new Arrived(images.image(kept.get(i), entries), all.get(i).arrival.names()));
          }
          return result;
        });
  }

  private static List<StoredImage> put(
      List<StoredImage> entries, StoredImage entry, Arrival arrival) {
    if (arrival.names().isEmpty()) {
      return ImageNames.put(entries, entry);
    }
    List<StoredImage> all = entries;
    for (ImageReference name : arrival.names()) {
      boolean tagged = name.digest() == null;
      StoredImage named = entry.named(tagged ? name.withDefaultTag().toString() : null);
      Digest source = arrival.source();
      all = ImageNames.put(all, source == null ? named : named.from(name.name(), source));
    }
    return all;
  }

  @Override
  public void close() {
    synchronized (staged) {
      for (StagedLayer layer : staged) {
        close(layer);
      }
      staged.clear();
    }
  }

  /** The parts of one image, checked against each other. */
  private static final class Parts {
    private final Arrival arrival;
    private final ImageConfig config;
    private final Digest id;
    private final ImageManifest manifest;
    private final List<Digest> chain = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();
    private long size;

    Parts(Arrival arrival) {
      this.arrival = arrival;
      this.id = Sha256.of(arrival.config());
      String what = "image " + id.shortId();
      this.config = ImageConfig.parse(arrival.config(), "the configuration of " + what);
      List<Digest> diffIds = config.rootfs().diffIds();
      if (diffIds.size() != arrival.layers().size()) {
        throw wrong("it has " + arrival.layers().size() + " layers, but says " + diffIds.size());
      }
      List<Descriptor> blobs = new ArrayList<>();
      for (int i = 0; i < diffIds.size(); i++) {
        Layer layer = arrival.layers().get(i).layer();
        if (!layer.diffId().equals(diffIds.get(i))) {
          throw wrong(
              "the digest of layer "
                  + (i + 1)
                  + " is "
                  + layer.diffId()
                  + ", not "
                  + diffIds.get(i));
        }
        chain.add(
            chain.isEmpty() ? layer.diffId() : LayerMaker.chainId(chain.getLast(), layer.diffId()));
        blobs.add(layer.blob());
        sizes.add(layer.size());
        size += layer.size();
      }
      byte[] json = arrival.manifest();
      this.manifest =
          json == null
              ? ImageManifest.of(
                  Descriptor.of(MediaTypes.CONFIG, id, arrival.config().length), blobs)
              : ImageManifest.parse(json, "the manifest of " + what);
      requireSame(blobs);
    }

    private void requireSame(List<Descriptor> blobs) {
      if (!manifest.config().digest().equals(id)) {
        throw wrong("the manifest is of another image, " + manifest.config().digest().shortId());
      }
      if (manifest.layers().size() != blobs.size()) {
        throw wrong("manifest and configuration differ in the number of layers");
      }
      for (int i = 0; i < blobs.size(); i++) {
        Digest wanted = manifest.layers().get(i).digest();
        if (!blobs.get(i).digest().equals(wanted)) {
          throw wrong(
              "the digest of the blob of layer "
                  + (i + 1)
                  + " is "
                  + blobs.get(i).digest()
                  + ", not "
                  + wanted);
        }
      }
    }

    private MydockerException wrong(String problem) {
      return MydockerException.of(
          Category.INVALID,
          "take in image",
          id.shortId(),
          problem,
          "the image was changed or damaged; get it again");
    }

    /** What layers take for granted they have from those below, which are all here now. */
    void adoptDirectories(StoreFiles store) {
      List<Layer> layers = arrival.layers().stream().map(StagedLayer::layer).toList();
      for (int i = 1; i < layers.size(); i++) {
        if (!layers.get(i).implied().isEmpty()
            && arrival.layers().get(i).hasTreeFor(store, chain.get(i))) {
          adoptDirectories(store, i, layers.get(i).implied());
        }
      }
    }

    private void adoptDirectories(StoreFiles store, int layer, List<String> implied) {
      FileWorker files = store.worker();
      List<Integer> below = new ArrayList<>();
      int tree = openTree(store, layer);
      try {
        for (int i = layer - 1; i >= 0; i--) {
          below.add(openTree(store, i));
        }
        ImpliedDirectories.adopt(files, tree, implied, below);
      } finally {
        files.close(tree);
        files.close(below);
      }
    }

    private int openTree(StoreFiles store, int layer) {
      Workspace workspace = arrival.layers().get(layer).workspace();
      return workspace == null ? store.openLayer(chain.get(layer)) : workspace.openTree();
    }

    /** Moves everything to its place; the caller holds the lock. */
    StoredImage keep(StoreFiles store) {
      for (int i = 0; i < chain.size(); i++) {
        arrival.layers().get(i).keep(store, chain.get(i));
      }
      store.writeBlob(arrival.config(), MediaTypes.CONFIG);
      byte[] json = arrival.manifest();
      Descriptor written =
          json == null
              ? store.writeBlob(manifest, MediaTypes.MANIFEST)
              : store.writeBlob(
                  json, Objects.requireNonNullElse(manifest.mediaType(), arrival.mediaType()));
      return StoredImage.make(written.withPlatform(config.platform()), null, id, chain, size)
          .withLayerSizes(sizes);
    }
  }
}
