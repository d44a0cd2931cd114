package dev.mydocker.image;

import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.ImageManifest;
import dev.mydocker.oci.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What is left in a store where something was ended while it made or removed an image. Its caller
 * holds the store's lock, so that nobody is between two steps of that.
 */
final class UnusedFiles {
  /** Other tools write blobs first, and take no lock of ours. */
  private static final long OLD_BLOB = 3600;

  private static final String BLOBS = "blobs/sha256";
  private static final String HALF = ".new";

  private final StoreFiles store;
  private final FileWorker files;
  private final Predicate<String> layerInUse;
  private final List<Unused> found = new ArrayList<>();

  /**
   * @param layerInUse whether a container uses an unpacked layer, by its absolute path
   */
  UnusedFiles(StoreFiles store, Predicate<String> layerInUse) {
    this.store = store;
    this.files = store.worker();
    this.layerInUse = layerInUse;
  }

  List<Unused> find() {
    for (String name : Workspace.abandoned(files, store.path("tmp"))) {
      add("tmp/" + name, "whoever worked on an image in it was ended");
    }
    for (String name : list("")) {
      if (name.endsWith(HALF)) {
        add(name, "only half written");
      }
    }
    for (String name : list(StoreFiles.PARTIAL)) {
      String file = StoreFiles.PARTIAL + "/" + name;
      if (isOld(file)) {
        add(file, "a blob that nobody went on to pull");
      }
    }
    ImageIndex index = store.index();
    addLayers(index);
    addBlobs(index);
    return found;
  }

  private void add(String name, String why) {
    found.add(new Unused(store.path(name), why));
  }

  private void addLayers(ImageIndex index) {
    Set<String> used = new HashSet<>();
    for (StoredImage image : store.images(index)) {
      image.layers().forEach(layer -> used.add(layer.encoded()));
    }
    for (String name : list("layers")) {
      if (!used.contains(name) && !layerInUse.test(store.path("layers/" + name))) {
        add("layers/" + name, "a layer of no image");
      }
    }
  }

  private void addBlobs(ImageIndex index) {
    Set<Digest> used = new HashSet<>();
    for (Descriptor descriptor : index.manifests()) {
      collect(descriptor.digest(), used);
    }
    Set<String> names = new HashSet<>();
    used.forEach(digest -> names.add(digest.encoded()));
    for (String name : list(BLOBS)) {
      if (name.endsWith(HALF)) {
        add(BLOBS + "/" + name, "only half written");
      } else if (!names.contains(name) && isOld(BLOBS + "/" + name)) {
        add(BLOBS + "/" + name, "a blob of no image");
      }
    }
  }

  /** A manifest and what it names; of an index, all that it names. */
  private void collect(Digest digest, Set<Digest> used) {
    if (!used.add(digest) || !store.hasBlob(digest)) {
      return;
    }
    String path = store.blobPath(digest);
    byte[] json = files.read(FileWorker.HOST, path, 4 << 20);
    if (Json.parseObject(json, path).get("manifests") != null) {
      for (Descriptor each : ImageIndex.parse(json, path).manifests()) {
        collect(each.digest(), used);
      }
      return;
    }
    ImageManifest manifest = ImageManifest.parse(json, path);
    used.add(manifest.config().digest());
    manifest.layers().forEach(layer -> used.add(layer.digest()));
  }

  private boolean isOld(String name) {
    Optional<FileStatus> status = files.status(FileWorker.HOST, store.path(name));
    return status.isPresent()
        && status.get().modifiedSeconds() < Timestamp.now() / Timestamp.SECOND - OLD_BLOB;
  }

  private List<String> list(String name) {
    String path = store.path(name);
    if (files.status(FileWorker.HOST, path).isEmpty()) {
      return List.of();
    }
    int directory = files.open(FileWorker.HOST, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      return files.list(directory).stream().map(FileWorker.Entry::name).toList();
    } finally {
      files.close(directory);
    }
  }
}
