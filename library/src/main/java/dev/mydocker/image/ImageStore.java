package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.HistoryEntry;
import dev.mydocker.oci.image.ImageConfig;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.ImageManifest;
import dev.mydocker.oci.image.MediaTypes;
import dev.mydocker.oci.image.RootFs;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The images of a state directory: {@code images/}, an OCI image layout that other tools can read,
 * with its layers unpacked beside it, each once, for overlay mounts.
 *
 * <p>Any number of processes may use one store. Readers take no lock: the index is replaced in one
 * step. Whoever changes it holds the lock for the last, short part only.
 */
public final class ImageStore {
  private final StoreFiles store;
  private final FileWorker files;

  /**
   * @param files who makes the file operations
   * @param root the state directory, absolute
   */
  public ImageStore(FileWorker files, String root) {
    this.files = files;
    this.store = new StoreFiles(files, root + "/images");
  }

  /**
   * Finds an image by what a person calls it: a name; an id, with or without {@code sha256:}, or
   * its start. A name without registry is docker.io's, and if that is not here, the local
   * assembly's of that name, {@code localhost/}.
   *
   * @throws MydockerException if it is neither name nor id, or the start of several ids
   */
  public Optional<Image> find(String nameOrId) {
    List<StoredImage> all = store.images(store.index());
    return ImageNames.find(all, nameOrId).map(found -> image(found, all));
  }

  /** All images, the newest first; those that lost their names as well. */
  public List<Image> list() {
    List<StoredImage> all = store.images(store.index());
    Map<String, StoredImage> byId = new LinkedHashMap<>();
    for (StoredImage image : all) {
      byId.putIfAbsent(image.id().toString(), image);
    }
    List<Image> images = new ArrayList<>();
    byId.values().forEach(image -> images.add(image(image, all)));
    images.sort((a, b) -> created(b).compareTo(created(a)));
    return images;
  }

  private static String created(Image image) {
    String created = image.created();
    return created == null ? "" : created;
  }

  private Image image(StoredImage found, List<StoredImage> all) {
    List<ImageReference> names = new ArrayList<>();
    for (StoredImage other : all) {
      if (other.id().equals(found.id())) {
        other.reference().ifPresent(names::add);
      }
    }
    return new Image(
        found.id(),
        found.descriptor().digest(),
        names,
        store.config(found.id()),
        found.layers(),
        found.size());
  }

  /**
   * The unpacked layers of an image, the highest first, as overlay's lowerdir wants them: absolute
   * paths of directories that nobody may change. Unpacks what is not yet.
   */
  public List<String> layerDirectories(Image image) {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < image.layers().size(); i++) {
      Digest chainId = image.layers().get(i);
      if (!store.hasLayer(chainId)) {
        unpack(image, i);
      }
      paths.addFirst(store.layerPath(chainId));
    }
    return paths;
  }

  private void unpack(Image image, int layer) {
    ImageManifest manifest = store.manifest(image.manifest());
    Descriptor blob = manifest.layers().get(layer);
    Digest diffId = image.config().rootfs().diffIds().get(layer);
    String what = "layer " + blob.digest().shortId() + " of image " + image.id().shortId();
    int file = files.open(FileWorker.HOST, store.blobPath(blob.digest()), Linux.O_RDONLY, 0);
    try (Workspace workspace = store.workspace();
        FileInput in = new FileInput(files, file)) {
      Layer made =
          new LayerMaker(files, workspace, what, Unpacker.UNLIMITED)
              .make(in, layer == 0 ? null : image.layers().get(layer - 1));
      if (!made.diffId().equals(diffId)) {
        throw new MydockerException(
            Category.INVALID,
            "unpack " + what + ": its digest is " + made.diffId() + ", not " + diffId,
            "the image store is damaged; remove the image and get it again");
      }
      store.locked(
          () -> {
            store.keepTree(workspace, image.layers().get(layer));
            return made;
          });
    }
  }

  /**
   * Makes an image of one layer, of an archive: tar, or tar packed by gzip, xz or zstd.
   *
   * @param archive the archive, read to its end, not closed
   * @param what where it comes from, for messages
   * @param name what to call the image, or null
   * @param config what its containers start with
   * @param comment what to say in its history
   * @param created when it was made, RFC 3339; null for now
   * @throws MydockerException if it is no archive, or cannot be unpacked; nothing is left then
   */
  public Image importTar(
      InputStream archive,
      String what,
      @Nullable ImageReference name,
      ContainerConfig config,
      @Nullable String comment,
      @Nullable String created) {
    try (Workspace workspace = store.workspace()) {
      Layer layer = new LayerMaker(files, workspace, what, Unpacker.UNLIMITED).make(archive, null);
      String time = created == null ? Timestamp.rfc3339Nano(Timestamp.now()) : created;
      ImageConfig image =
          ImageConfig.builder(StoreFiles.architecture())
              .created(time)
              .config(config)
              .rootfs(RootFs.of(List.of(layer.diffId())))
              .history(HistoryEntry.of(time, null, null, comment))
              .build();
      return keep(workspace, layer, List.of(), List.of(), 0, image, name);
    }
  }

  /** Puts a new image into the store, at once. */
  private Image keep(
      Workspace workspace,
      Layer layer,
      List<Descriptor> blobsBelow,
      List<Digest> layersBelow,
      long sizeBelow,
      ImageConfig config,
      @Nullable ImageReference name) {
    List<Descriptor> blobs = new ArrayList<>(blobsBelow);
    blobs.add(layer.blob());
    List<Digest> layers = new ArrayList<>(layersBelow);
    layers.add(layer.chainId());
    return store.locked(
        () -> {
          store.keep(workspace, layer);
          Descriptor configBlob = store.writeBlob(config, MediaTypes.CONFIG);
          Descriptor manifest =
              store.writeBlob(ImageManifest.of(configBlob, blobs), MediaTypes.MANIFEST);
          StoredImage entry =
              StoredImage.make(
                  manifest.withPlatform(config.platform()),
                  name == null ? null : name.withDefaultTag().toString(),
                  configBlob.digest(),
                  layers,
                  sizeBelow + layer.size());
          ImageIndex index = store.index();
          List<StoredImage> all = ImageNames.put(store.images(index), entry);
          write(index, all);
          return image(entry, all);
        });
  }

  private void write(ImageIndex index, List<StoredImage> all) {
    List<Descriptor> descriptors = new ArrayList<>();
    for (StoredImage image : all) {
      descriptors.add(image.descriptor());
    }
    store.writeIndex(index.withManifests(descriptors));
  }
}
