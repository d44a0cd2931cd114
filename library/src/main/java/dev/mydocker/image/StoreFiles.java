package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageConfig;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.ImageLayout;
import dev.mydocker.oci.image.ImageManifest;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The files of an image store: an OCI image layout, with {@code layers/} for the unpacked ones,
 * {@code tmp/} for what is being made, and {@code lock}.
 */
final class StoreFiles {
  /** Metadata larger than this is none (containers/image and containerd refuse it as well). */
  static final int MAXIMUM_JSON = 4 << 20;

  /** Where blobs are while they come from a registry. */
  static final String PARTIAL = "partial";

  private static final int LOCK_ATTEMPTS = 6000;
  private static final int LOCK_PAUSE = 10;

  private final FileWorker files;
  private final String directory;

  StoreFiles(FileWorker files, String directory) {
    this.files = files;
    this.directory = directory;
  }

  FileWorker worker() {
    return files;
  }

  /** Makes what is missing of the layout. */
  void ensure() {
    // Not part of the layout, so that other tools' copies lack it.
    files.makeDirectory(FileWorker.HOST, path("layers"), 0700);
    if (files.status(FileWorker.HOST, path(ImageLayout.FILE)).isPresent()) {
      return;
    }
    files.makeDirectories(FileWorker.HOST, path(ImageLayout.BLOBS + "/sha256"), 0755);
    if (files.status(FileWorker.HOST, path(ImageLayout.INDEX_FILE)).isEmpty()) {
      write(path(ImageLayout.INDEX_FILE), Json.encode(ImageIndex.of(List.of()).toJson()));
    }
    write(path(ImageLayout.FILE), Json.encode(ImageLayout.CURRENT.toJson()));
  }

  /**
   * Does something while no other process changes the store.
   *
   * <p>flock(2) without waiting, again and again: a thread that waits in the kernel would hold up
   * the JVM's exit and, in a library, its virtual threads.
   */
  <T> T locked(Supplier<T> change) {
    files.makeDirectories(FileWorker.HOST, directory, 0700);
    int lock = files.open(FileWorker.HOST, path("lock"), Linux.O_RDWR | Linux.O_CREAT, 0600);
    try {
      for (int attempt = 0; !files.lock(lock, false); attempt++) {
        if (attempt == LOCK_ATTEMPTS) {
          throw MydockerException.of(
              Category.CONFLICT, "lock", directory, "another command holds it for a minute");
        }
        pause(LOCK_PAUSE);
      }
      ensure();
      return change.get();
    } finally {
      files.close(lock);
    }
  }

  /**
   * Does something while no other process changes the store; nothing if there is no store, or
   * somebody is just changing it. Needs no right to write.
   */
  <T> Optional<T> lockedIfFree(Supplier<T> look) {
    if (files.status(FileWorker.HOST, path("lock")).isEmpty()) {
      return Optional.empty();
    }
    int lock = files.open(FileWorker.HOST, path("lock"), Linux.O_RDONLY, 0);
    try {
      return files.lock(lock, false) ? Optional.of(look.get()) : Optional.empty();
    } finally {
      files.close(lock);
    }
  }

  /** Waits a little for somebody else who works here. */
  void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MydockerException.of(Category.CONFLICT, "lock", directory, "interrupted", null, e);
    }
  }

  /** A workspace on the store's file system. */
  Workspace workspace() {
    return locked(() -> Workspace.make(files, path("tmp")));
  }

  ImageIndex index() {
    String path = path(ImageLayout.INDEX_FILE);
    Optional<byte[]> json = files.readIfThere(FileWorker.HOST, path);
    return json.isEmpty() ? ImageIndex.of(List.of()) : ImageIndex.parse(json.get(), path);
  }

  /** What is another text whenever the index was replaced. */
  String generation() {
    return files
        .status(FileWorker.HOST, path(ImageLayout.INDEX_FILE))
        .map(s -> s.inode() + " " + s.modifiedSeconds() + " " + s.modifiedNanos())
        .orElse("");
  }

  /** Replaces the index; the caller holds the lock. */
  void writeIndex(ImageIndex index) {
    write(path(ImageLayout.INDEX_FILE), Json.encode(index.toJson()));
  }

  ImageConfig config(Digest id) {
    return ImageConfig.parse(readBlob(id), blobPath(id));
  }

  /** A manifest; of an index, the one for this machine. */
  ImageManifest manifest(Digest digest) {
    Digest chosen = chosen(digest);
    return ImageManifest.parse(readBlob(chosen), blobPath(chosen));
  }

  /** The digest of a manifest itself; of an index, that of the manifest for this machine. */
  Digest chosen(Digest digest) {
    String path = blobPath(digest);
    byte[] json = readBlob(digest);
    if (Json.parseObject(json, path).get("manifests") == null) {
      return digest;
    }
    Optional<Descriptor> choice = choose(ImageIndex.parse(json, path));
    if (choice.isPresent()) {
      return chosen(choice.get().digest());
    }
    throw MydockerException.of(
        Category.NOT_FOUND, "read", path, "no image for linux on " + architecture());
  }

  /** The manifest for this machine. */
  static Optional<Descriptor> choose(ImageIndex index) {
    for (Descriptor choice : index.manifests()) {
      if (choice.platform() != null
          && choice.platform().architecture().equals(architecture())
          && choice.platform().os().equals("linux")) {
        return Optional.of(choice);
      }
    }
    return Optional.empty();
  }

  /** This machine's processor, as Go calls it. */
  static String architecture() {
    String name = System.getProperty("os.arch", "");
    return name.equals("aarch64") ? "arm64" : name.equals("x86_64") ? "amd64" : name;
  }

  /** The content of a blob that is metadata. */
  byte[] readBlob(Digest digest) {
    String path = blobPath(digest);
    byte[] content =
        files
            .readIfThere(FileWorker.HOST, path)
            .orElseThrow(
                () ->
                    MydockerException.of(
                        Category.NOT_FOUND,
                        "read",
                        path,
                        "no such file",
                        "the image store is damaged; remove the image and get it again"));
    if (content.length > MAXIMUM_JSON) {
      throw MydockerException.of(
          Category.INVALID, "read", path, content.length + " bytes are no metadata");
    }
    return content;
  }

  /** Writes a blob that is a record; the caller holds the lock. */
  Descriptor writeBlob(JsonRecord content, String mediaType) {
    return writeBlob(Json.encode(content.toJson()), mediaType);
  }

  /** Writes a blob of metadata; the caller holds the lock. */
  Descriptor writeBlob(byte[] content, String mediaType) {
    Digest digest = Sha256.of(content);
    if (!hasBlob(digest)) {
      write(blobPath(digest), content);
    }
    return Descriptor.of(mediaType, digest, content.length);
  }

  boolean hasBlob(Digest digest) {
    return files.status(FileWorker.HOST, blobPath(digest)).isPresent();
  }

  /** How many bytes a blob has; 0 if it is not there. */
  long blobSize(Digest digest) {
    return files.status(FileWorker.HOST, blobPath(digest)).map(FileStatus::size).orElse(0L);
  }

  String blobPath(Digest digest) {
    return path(ImageLayout.BLOBS + "/" + digest.algorithm() + "/" + digest.encoded());
  }

  /** Where a blob is while it comes from a registry. */
  String partialPath(Digest digest) {
    return path(PARTIAL + "/" + digest.encoded());
  }

  /** Makes the directory for blobs that come from a registry. */
  void preparePartial() {
    if (files.status(FileWorker.HOST, path(PARTIAL)).isEmpty()) {
      boolean made = locked(() -> files.makeDirectory(FileWorker.HOST, path(PARTIAL), 0700));
      assert made || files.status(FileWorker.HOST, path(PARTIAL)).isPresent();
    }
  }

  /** Moves a blob that has come whole to its place; false if it is not there any more. */
  boolean keepPartial(Descriptor blob) {
    Optional<FileStatus> there = files.status(FileWorker.HOST, partialPath(blob.digest()));
    if (there.isEmpty() || there.get().size() != blob.size()) {
      return false;
    }
    files.rename(
        FileWorker.HOST, partialPath(blob.digest()), FileWorker.HOST, blobPath(blob.digest()));
    return true;
  }

  String layerPath(Digest chainId) {
    return path("layers/" + chainId.encoded());
  }

  /** The descriptor of an unpacked layer. */
  int openLayer(Digest chainId) {
    return files.open(FileWorker.HOST, layerPath(chainId), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
  }

  boolean hasLayer(Digest chainId) {
    return files.status(FileWorker.HOST, layerPath(chainId)).isPresent();
  }

  /** Moves a new layer to its places, unless they are taken; the caller holds the lock. */
  void keep(Workspace workspace, Layer layer) {
    keepBlob(workspace, layer);
    keepTree(workspace, layer.chainId());
  }

  /** Moves a layer's archive to its place, unless that is taken; the caller holds the lock. */
  void keepBlob(Workspace workspace, Layer layer) {
    if (!hasBlob(layer.blob().digest())) {
      files.rename(
          workspace.directory(), LayerMaker.BLOB, FileWorker.HOST, blobPath(layer.blob().digest()));
    }
  }

  /** Moves an unpacked layer to its place, unless that is taken; the caller holds the lock. */
  void keepTree(Workspace workspace, Digest chainId) {
    if (!hasLayer(chainId)) {
      files.rename(workspace.directory(), LayerMaker.TREE, FileWorker.HOST, layerPath(chainId));
    }
  }

  /** Removes an unpacked layer, out of its place in one step; the caller holds the lock. */
  boolean removeLayer(Digest chainId) {
    if (!hasLayer(chainId)) {
      return false;
    }
    try (Workspace workspace = Workspace.make(files, path("tmp"))) {
      files.rename(FileWorker.HOST, layerPath(chainId), workspace.directory(), LayerMaker.TREE);
    }
    return true;
  }

  void removeBlob(Digest digest) {
    files.unlink(FileWorker.HOST, blobPath(digest));
  }

  /** The entries of the index, those of other tools with what their manifests say. */
  List<StoredImage> images(ImageIndex index) {
    List<StoredImage> images = new ArrayList<>();
    for (Descriptor descriptor : index.manifests()) {
      images.add(image(descriptor));
    }
    return images;
  }

  StoredImage image(Descriptor descriptor) {
    Optional<StoredImage> known = StoredImage.of(descriptor);
    if (known.isPresent()) {
      return known.get();
    }
    ImageManifest manifest = manifest(descriptor.digest());
    Digest id = manifest.config().digest();
    List<Digest> chain = new ArrayList<>();
    for (Digest diffId : config(id).rootfs().diffIds()) {
      chain.add(chain.isEmpty() ? diffId : LayerMaker.chainId(chain.getLast(), diffId));
    }
    long size = 0;
    for (Descriptor layer : manifest.layers()) {
      size += layer.size();
    }
    return new StoredImage(descriptor, id, chain, size);
  }

  /** The absolute path of a file of the store. */
  String path(String name) {
    return directory + "/" + name;
  }

  private void write(String path, byte[] content) {
    files.replace(FileWorker.HOST, path, content, 0644, true);
  }
}
