package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.ImageLayout;
import dev.mydocker.oci.image.ImageManifest;
import dev.mydocker.oci.image.MediaTypes;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonNull;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.ObjectWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Images of a store on their way out: as an OCI image layout, in a directory or an archive, and as
 * what Docker saves, which since its version 25 is the same with {@code manifest.json} beside it.
 *
 * <p>All blobs are open from the beginning, so that an image may be removed meanwhile. The same
 * images give the same bytes.
 */
public final class ImageSaver implements AutoCloseable {
  private static final int CHUNK = 1 << 20;
  private static final String DAMAGED =
      "the image store is damaged; remove the image and get it again";
  private static final String BLOBS = ImageLayout.BLOBS + "/";

  private final FileWorker files;
  private final Map<Digest, OpenBlob> blobs = new TreeMap<>();
  private final List<Saved> images = new ArrayList<>();

  private record OpenBlob(int file, long size) {}

  /** An image with the names that are saved with it. */
  private record Saved(
      StoredImage entry, Descriptor descriptor, ImageManifest manifest, Set<String> names) {}

  private ImageSaver(FileWorker files) {
    this.files = files;
  }

  static ImageSaver open(
      StoreFiles store, List<String> asked, Function<String, MydockerException> missing) {
    ImageSaver saver = new ImageSaver(store.worker());
    try {
      store.locked(
          () -> {
            saver.find(store, asked, missing);
            return saver;
          });
      return saver;
    } catch (MydockerException e) {
      saver.close();
      throw e;
    }
  }

  private void find(
      StoreFiles store, List<String> asked, Function<String, MydockerException> missing) {
    List<StoredImage> all = store.images(store.index());
    Map<Digest, StoredImage> found = new LinkedHashMap<>();
    Map<Digest, Set<String>> names = new LinkedHashMap<>();
    for (String each : asked) {
      List<StoredImage> meant = ofRepository(all, each);
      boolean byName = !meant.isEmpty();
      if (!byName) {
        meant = List.of(ImageNames.find(all, each).orElseThrow(() -> missing.apply(each)));
        byName = ImageNames.isName(all, each);
      }
      for (StoredImage image : meant) {
        found.putIfAbsent(image.id(), image);
        Set<String> of = names.computeIfAbsent(image.id(), _ -> new LinkedHashSet<>());
        String name = image.name();
        if (byName && name != null && image.reference().isPresent()) {
          of.add(name);
        }
      }
    }
    for (StoredImage image : found.values()) {
      add(store, image, names.getOrDefault(image.id(), Set.of()));
    }
  }

  /** All tags of a repository, if only that is named. */
  private static List<StoredImage> ofRepository(List<StoredImage> all, String asked) {
    if (asked.startsWith("sha256:") || ImageReference.isImageId(asked)) {
      return List.of();
    }
    ImageReference reference = ImageReference.parse(asked);
    if (reference.tag() != null || reference.digest() != null) {
      return List.of();
    }
    List<StoredImage> tags = new ArrayList<>();
    for (StoredImage image : all) {
      Optional<ImageReference> name = image.reference();
      if (name.isPresent() && name.get().name().equals(reference.name())) {
        tags.add(image);
      }
    }
    return tags;
  }

  private void add(StoreFiles store, StoredImage image, Set<String> names) {
    Digest digest = store.chosen(image.descriptor().digest());
    ImageManifest manifest = store.manifest(digest);
    String mediaType = manifest.mediaType();
    Descriptor descriptor =
        Descriptor.of(
            mediaType == null ? MediaTypes.MANIFEST : mediaType, digest, openBlob(store, digest));
    openBlob(store, manifest.config().digest());
    for (Descriptor layer : manifest.layers()) {
      if (openBlob(store, layer.digest()) != layer.size()) {
        throw MydockerException.of(
            Category.INVALID,
            "save image",
            image.id().shortId(),
            "layer " + layer.digest().shortId() + " is not as long as its manifest says",
            DAMAGED);
      }
    }
    images.add(new Saved(image, descriptor, manifest, names));
  }

  private long openBlob(StoreFiles store, Digest digest) {
    OpenBlob known = blobs.get(digest);
    if (known == null) {
      String path = store.blobPath(digest);
      int file;
      try {
        file = files.open(FileWorker.HOST, path, Linux.O_RDONLY, 0);
      } catch (KernelException e) {
        throw MydockerException.of(
            Category.NOT_FOUND, "save blob", path, String.valueOf(e.getMessage()), DAMAGED, e);
      }
      FileStatus status = files.status(file);
      known = new OpenBlob(file, status.size());
      blobs.put(digest, known);
    }
    return known.size();
  }

  /**
   * Writes an archive.
   *
   * @param out takes it; flushed, not closed
   * @param docker whether Docker before its version 25, and what else reads its archives, is to
   *     understand it as well
   */
  public void writeArchive(OutputStream out, boolean docker) throws IOException {
    TarWriter tar = new TarWriter(out);
    tar.put(TarEntry.directory(BLOBS));
    tar.put(TarEntry.directory(BLOBS + "sha256/"));
    for (Map.Entry<Digest, OpenBlob> blob : blobs.entrySet()) {
      tar.put(TarEntry.file(path(blob.getKey()), blob.getValue().size()));
      copy(blob.getKey(), blob.getValue(), tar::write);
    }
    putDocument(tar, ImageLayout.INDEX_FILE, index());
    if (docker) {
      putDocument(tar, "manifest.json", dockerManifest());
    }
    putDocument(tar, ImageLayout.FILE, Json.encode(ImageLayout.CURRENT.toJson()));
    tar.finish();
  }

  private static void putDocument(TarWriter tar, String name, byte[] content) throws IOException {
    tar.put(TarEntry.file(name, content.length));
    tar.write(content, 0, content.length);
  }

  /**
   * Writes an OCI image layout into a directory, which is empty.
   *
   * @param directory a descriptor
   */
  public void writeDirectory(int directory) {
    files.makeDirectory(directory, ImageLayout.BLOBS, 0755);
    files.makeDirectory(directory, BLOBS + "sha256", 0755);
    for (Map.Entry<Digest, OpenBlob> blob : blobs.entrySet()) {
      int file =
          files.open(
              directory, path(blob.getKey()), Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL, 0644);
      try {
        copy(
            blob.getKey(),
            blob.getValue(),
            (bytes, from, length) -> files.write(file, bytes, from, length));
      } catch (IOException e) {
        throw MydockerException.of(
            Category.RESOURCE, "save blob", blob.getKey(), String.valueOf(e.getMessage()), null, e);
      } finally {
        files.close(file);
      }
    }
    files.replace(directory, ImageLayout.INDEX_FILE, index(), 0644, false);
    files.replace(
        directory, ImageLayout.FILE, Json.encode(ImageLayout.CURRENT.toJson()), 0644, false);
  }

  private interface Sink {
    void write(byte[] bytes, int from, int length) throws IOException;
  }

  private void copy(Digest digest, OpenBlob blob, Sink sink) throws IOException {
    long left = blob.size();
    while (left > 0) {
      byte[] bytes = files.read(blob.file(), (int) Math.min(CHUNK, left));
      if (bytes.length == 0) {
        throw MydockerException.of(
            Category.INTERNAL, "save blob", digest, "it became shorter while it was read");
      }
      sink.write(bytes, 0, bytes.length);
      left -= bytes.length;
    }
  }

  private byte[] index() {
    List<Descriptor> entries = new ArrayList<>();
    for (Saved image : images) {
      if (image.names().isEmpty()) {
        entries.add(image.entry().given(image.descriptor(), null));
      }
      for (String name : image.names()) {
        entries.add(image.entry().given(image.descriptor(), name));
      }
    }
    return Json.encode(ImageIndex.of(entries).toJson());
  }

  private byte[] dockerManifest() {
    List<JsonObject> entries = new ArrayList<>();
    for (Saved image : images) {
      List<String> names = new ArrayList<>();
      for (String name : image.names()) {
        ImageReference reference = ImageReference.parse(name);
        if (reference.digest() == null) {
          names.add(reference.familiar());
        }
      }
      ObjectWriter entry =
          new ObjectWriter().put("Config", path(image.manifest().config().digest()));
      if (names.isEmpty()) {
        entry.put("RepoTags", JsonNull.NULL);
      } else {
        entry.putStrings("RepoTags", names);
      }
      entries.add(
          entry
              .putStrings(
                  "Layers",
                  image.manifest().layers().stream().map(layer -> path(layer.digest())).toList())
              .finish());
    }
    return Json.encode(JsonArray.of(entries));
  }

  private static String path(Digest digest) {
    return BLOBS + digest.algorithm() + "/" + digest.encoded();
  }

  @Override
  public void close() {
    files.close(blobs.values().stream().map(OpenBlob::file).toList());
    blobs.clear();
  }
}
