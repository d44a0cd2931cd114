package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.TransferEvent;
import dev.mydocker.image.registry.RegistryClient;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.kernel.FileSystems;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageConfig;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.ImageManifest;
import dev.mydocker.oci.image.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The images of a state directory: {@code images/}, an OCI image layout that other tools can read,
 * with its layers unpacked beside it, each once, for overlay mounts.
 *
 * <p>Any number of processes may use one store. Readers take no lock: the index is replaced in one
 * step. Whoever changes it holds the lock for the last, short part only.
 *
 * <p>A layer may take what is free on the store's file system when it is unpacked, but for a
 * gibibyte, or an eighth where that is less: an archive that unpacks to more than anyone can hold
 * ends with an error and not with a full disk.
 */
public final class ImageStore {
  private static final long RESERVE = 1L << 30;

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

  /** Finds what an archive was unpacked to, by {@link Image#archive}. */
  public Optional<Image> findArchive(String archive) {
    List<StoredImage> all = store.images(store.index());
    for (StoredImage image : all) {
      if (archive.equals(image.archive())) {
        return Optional.of(image(image, all));
      }
    }
    return Optional.empty();
  }

  /** As {@link #find}, when nobody is just changing the store. */
  public Optional<Image> findSettled(String nameOrId) {
    return store.locked(() -> find(nameOrId));
  }

  /**
   * What is another text whenever an image was made, named or removed. Who uses an image makes that
   * known first, and then sees by this whether it may have been removed meanwhile.
   */
  public String generation() {
    return store.generation();
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

  /** An image with all its names. */
  Image image(StoredImage found, List<StoredImage> all) {
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
        List.copyOf(found.digests()),
        found.parent(),
        store.config(found.id()),
        found.layers(),
        found.layerSizes(),
        found.size(),
        found.archive());
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
      Layer made = maker(workspace, what).makeTreeOfKept(in, blob, diffId);
      ImpliedDirectories.adopt(store, workspace, made, image.layers().subList(0, layer));
      FileSystems.sync(files, workspace.directory());
      store.locked(
          () -> {
            // Whoever removed it meanwhile found no layer to remove.
            if (!ImageNames.hasEntry(store.images(store.index()), image.id())) {
              throw notFound("unpack", image.id().shortId());
            }
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
   * @throws MydockerException if it is no archive, or cannot be unpacked; nothing is left then
   */
  public Image importTar(InputStream archive, String what, NewImage image) {
    try (Workspace workspace = store.workspace()) {
      Layer layer = maker(workspace, what).make(archive, null);
      return keep(workspace, layer, null, image);
    }
  }

  /**
   * Makes an image of one layer, of a directory and all below it, without crossing mounts.
   *
   * @param directory a descriptor, of the performer's process
   * @param what what it is, for messages
   */
  public Image importDirectory(int directory, String what, NewImage image) {
    try (Workspace workspace = store.workspace()) {
      Layer layer =
          maker(workspace, what)
              .make(tar -> new TreeArchiver(files, tar, false).addRoot(directory), null);
      return keep(workspace, layer, null, image);
    }
  }

  /**
   * Makes an image of another one and what a container of it changed.
   *
   * @param upper the descriptor of the upper directory of the container's overlay
   * @param what what it is, for messages
   * @param base the image that the container was made of
   */
  public Image commit(int upper, String what, Image base, NewImage image) {
    return commit(upper, what, base, image, Set.of());
  }

  /**
   * Makes an image of another one and what a container of it changed.
   *
   * @param upper the descriptor of the upper directory of the container's overlay
   * @param what what it is, for messages
   * @param base the image that the container was made of
   * @param mountPoints paths of files that are left out where they are empty: what was there only
   *     to be mounted on
   */
  public Image commit(int upper, String what, Image base, NewImage image, Set<String> mountPoints) {
    try (Workspace workspace = store.workspace()) {
      long[] entries = new long[1];
      Digest below = base.layers().isEmpty() ? null : base.layers().getLast();
      Layer layer =
          maker(workspace, what)
              .make(
                  tar -> {
                    TreeArchiver archiver = new TreeArchiver(files, tar, true, mountPoints);
                    archiver.addRoot(upper);
                    entries[0] = archiver.entries();
                  },
                  below);
      return keep(workspace, entries[0] == 0 ? null : layer, base, image);
    }
  }

  /**
   * Writes a whole tree as an archive, as {@code export} does.
   *
   * @param directory the descriptor of its root
   * @param out takes the archive; it is flushed, not closed
   */
  public void exportTar(int directory, OutputStream out) throws IOException {
    TarWriter tar = new TarWriter(out);
    new TreeArchiver(files, tar, false).addRoot(directory);
    tar.finish();
  }

  /**
   * Takes in the images of an archive: Docker's ({@code docker save}) or an OCI layout's, packed or
   * not.
   *
   * @param archive the archive, read to its end, not closed
   * @param what where it comes from, for messages
   * @return the images, with all their names
   * @throws MydockerException if it is no such archive, or damaged; nothing of it is there then
   */
  public List<Intake.Arrived> load(InputStream archive, String what) {
    try (Intake intake = intake()) {
      return intake.keep(ImageLoader.images(ArchivedImages.read(intake, archive, what)));
    }
  }

  /**
   * Takes in the images of a directory: an OCI image layout, or an unpacked archive of Docker's.
   *
   * @param directory a descriptor
   * @param what the directory's path, for messages
   */
  public List<Intake.Arrived> loadDirectory(int directory, String what) {
    try (Intake intake = intake()) {
      return intake.keep(ImageLoader.images(new DirectoryOfImages(intake, files, directory, what)));
    }
  }

  /**
   * Begins to save images.
   *
   * @param names names or ids; a name without a tag means all tags of its repository
   * @param missing what is thrown if there is no such image
   */
  public ImageSaver saver(List<String> names, Function<String, MydockerException> missing) {
    return ImageSaver.open(store, names, missing);
  }

  /**
   * Gives an image one more name, which whoever had it loses.
   *
   * @param source a name or id
   * @throws MydockerException if there is no such image
   */
  public void tag(String source, ImageReference name) {
    if (name.digest() != null) {
      throw MydockerException.of(
          Category.INVALID, "tag image", source, name + " has a digest, which no tag can");
    }
    store.locked(
        () -> {
          ImageIndex index = store.index();
          List<StoredImage> all = store.images(index);
          StoredImage found =
              ImageNames.find(all, source).orElseThrow(() -> notFound("tag", source));
          write(index, ImageNames.put(all, found.named(name.withDefaultTag().toString())));
          return found;
        });
  }

  /** As {@link #remove(String, boolean, boolean, Function)}, with what it was made of. */
  public List<String> remove(
      String nameOrId, boolean force, Function<Digest, List<ImageUser>> users) {
    return remove(nameOrId, force, true, users);
  }

  /**
   * Takes a name from an image, and removes the image with its last one, as {@code rmi} does.
   *
   * @param nameOrId a name, or one with a digest; or an id, for an image with at most one name
   *     unless it is forced
   * @param force whether to do it although stopped containers use it
   * @param prune whether to remove also the images that it was made of, if nothing else needs them
   * @param users tells who uses an image
   * @return what was done, in Docker's words: {@code Untagged: busybox:latest}, {@code Deleted:
   *     sha256:...}
   * @throws MydockerException if there is no such image, or it is in use
   */
  public List<String> remove(
      String nameOrId, boolean force, boolean prune, Function<Digest, List<ImageUser>> users) {
    return remove(all -> new ImageRemoval(all, nameOrId, force, prune, users)).report();
  }

  /**
   * Removes an image with all its names, if no container uses it.
   *
   * @param users tells who uses an image
   * @throws MydockerException CONFLICT if it is in use, NOT_FOUND if it is gone
   */
  public RemovedImages removeUnused(Digest id, Function<Digest, List<ImageUser>> users) {
    ImageRemoval removal = remove(all -> ImageRemoval.ofUnused(all, id, users));
    return new RemovedImages(removal.report(), removal.freed());
  }

  private ImageRemoval remove(Function<List<StoredImage>, ImageRemoval> how) {
    return store.locked(
        () -> {
          ImageIndex index = store.index();
          ImageRemoval removal = how.apply(store.images(index));
          removal.decide();
          write(index, removal.left());
          Optional<MydockerException> objection = removal.objection();
          if (objection.isPresent()) {
            store.writeIndex(index);
            throw objection.get();
          }
          removal.removeFiles(store);
          return removal;
        });
  }

  /** The absolute paths of all that an image consists of: blobs, and directories of layers. */
  public List<String> paths(Image image) {
    List<String> paths = new ArrayList<>();
    paths.add(store.blobPath(image.manifest()));
    paths.add(store.blobPath(image.id()));
    for (Descriptor layer : store.manifest(image.manifest()).layers()) {
      paths.add(store.blobPath(layer.digest()));
    }
    for (Digest layer : image.layers()) {
      paths.add(store.layerPath(layer));
    }
    return paths;
  }

  /**
   * What no image needs, left behind by something that was ended while it made or removed one;
   * nothing while somebody is just changing the store.
   *
   * @param layerInUse whether a container uses an unpacked layer, by its absolute path
   */
  public List<Unused> unused(Predicate<String> layerInUse) {
    return store.lockedIfFree(() -> new UnusedFiles(store, layerInUse).find()).orElseGet(List::of);
  }

  /** Removes what {@link #unused} found, if it still finds it; false if it does not. */
  public boolean remove(Unused unused, Predicate<String> layerInUse) {
    return store.locked(
        () -> {
          boolean still = new UnusedFiles(store, layerInUse).find().contains(unused);
          if (still) {
            files.deleteTree(FileWorker.HOST, unused.path());
          }
          return still;
        });
  }

  /**
   * Begins to take images in that come from elsewhere.
   *
   * @return what holds them until they are whole; to be closed
   */
  public Intake intake() {
    return new Intake(this, store);
  }

  /**
   * Begins to pull images.
   *
   * @param events hears how far they are, in several threads, one at a time
   */
  public Puller puller(RegistryClient registry, Consumer<TransferEvent> events) {
    return new Puller(this, store, registry, oneAtATime(events));
  }

  /** Begins to push images; as {@link #puller}. */
  public Pusher pusher(RegistryClient registry, Consumer<TransferEvent> events) {
    return new Pusher(this, store, registry, oneAtATime(events));
  }

  private static Consumer<TransferEvent> oneAtATime(Consumer<TransferEvent> events) {
    Object turn = new Object();
    return event -> {
      synchronized (turn) {
        events.accept(event);
      }
    };
  }

  LayerMaker maker(Workspace workspace, String what) {
    long available = FileSystems.availableBytes(files, workspace.directory());
    return new LayerMaker(files, workspace, what, available - Math.min(available / 8, RESERVE));
  }

  /**
   * Puts a new image into the store, at once. What it consists of is on the disk before it has a
   * name there: a power loss leaves it whole or not at all.
   */
  private Image keep(
      Workspace workspace, @Nullable Layer layer, @Nullable Image base, NewImage image) {
    if (layer != null) {
      FileSystems.sync(files, workspace.directory());
    }
    return store.locked(
        () -> {
          List<Descriptor> blobs = new ArrayList<>();
          List<Digest> layers = new ArrayList<>();
          List<Long> sizes = new ArrayList<>();
          long size = 0;
          if (base != null) {
            blobs.addAll(store.manifest(base.manifest()).layers());
            layers.addAll(base.layers());
            sizes.addAll(base.layerSizes());
            size = base.size();
          }
          if (layer != null) {
            store.keep(workspace, layer);
            blobs.add(layer.blob());
            layers.add(layer.chainId());
            sizes.add(layer.size());
            size += layer.size();
          }
          ImageConfig config =
              image.config(
                  base == null ? null : base.config(), layer == null ? null : layer.diffId());
          Descriptor configBlob = store.writeBlob(config, MediaTypes.CONFIG);
          Descriptor manifest =
              store.writeBlob(ImageManifest.of(configBlob, blobs), MediaTypes.MANIFEST);
          StoredImage entry =
              StoredImage.make(
                      manifest.withPlatform(config.platform()),
                      image.wholeName(),
                      configBlob.digest(),
                      layers,
                      size)
                  .withLayerSizes(sizes);
          if (image.archive() != null) {
            entry = entry.of(image.archive());
          }
          if (base != null && !base.id().equals(entry.id())) {
            entry = entry.madeOf(base.id());
          }
          ImageIndex index = store.index();
          List<StoredImage> all = ImageNames.put(store.images(index), entry);
          write(index, all);
          return image(entry, all);
        });
  }

  /** Replaces the entries of the index; the caller holds the lock. */
  void write(ImageIndex index, List<StoredImage> all) {
    List<Descriptor> descriptors = new ArrayList<>();
    for (StoredImage image : all) {
      descriptors.add(image.descriptor());
    }
    store.writeIndex(index.withManifests(descriptors));
  }

  static MydockerException notFound(String operation, String image) {
    return MydockerException.of(Category.NOT_FOUND, operation + " image", image, "no such image");
  }
}
