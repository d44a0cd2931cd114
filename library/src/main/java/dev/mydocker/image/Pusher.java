package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.TransferEvent;
import dev.mydocker.TransferEvent.Phase;
import dev.mydocker.image.registry.BlobUpload;
import dev.mydocker.image.registry.Refused;
import dev.mydocker.image.registry.RegistryClient;
import dev.mydocker.image.registry.Repository;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Tried;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.ImageManifest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sends an image to a registry: only those blobs that it does not have, and last the manifest, byte
 * by byte as it came here, so that its digest stays, and what belongs to it by its digest.
 */
public final class Pusher {
  private static final int AT_ONCE = 3;
  private static final int CHUNK = 1 << 17;

  private final ImageStore images;
  private final StoreFiles store;
  private final RegistryClient registry;
  private final Consumer<TransferEvent> events;

  Pusher(
      ImageStore images,
      StoreFiles store,
      RegistryClient registry,
      Consumer<TransferEvent> events) {
    this.images = images;
    this.store = store;
    this.registry = registry;
    this.events = events;
  }

  /**
   * What was sent.
   *
   * @param digest of the manifest
   * @param size of the manifest, in bytes
   */
  public record Pushed(Digest digest, long size) {}

  /** An image with its blobs, open so that it may be removed meanwhile. */
  private record Opened(
      byte[] manifestJson,
      String mediaType,
      ImageManifest manifest,
      List<Digest> diffIds,
      Map<Digest, Integer> files,
      Map<Digest, String> elsewhere) {}

  /** Sends what has a name here to the registry that the name says. */
  public Pushed push(ImageReference name) {
    String operation = "push " + name.familiar();
    Opened image = store.locked(() -> open(name, operation));
    try {
      return push(name, image, operation);
    } catch (IOException e) {
      throw Refused.error(operation, e);
    } finally {
      store.worker().close(List.copyOf(image.files().values()));
    }
  }

  private Opened open(ImageReference name, String operation) {
    List<StoredImage> all = store.images(store.index());
    StoredImage found =
        ImageNames.byWholeName(all, name)
            .orElseThrow(
                () ->
                    MydockerException.said(
                        Category.NOT_FOUND,
                        "An image does not exist locally with the tag: " + name.familiarName(),
                        "push image",
                        name.familiar(),
                        "no such image",
                        "give it that name: mydocker tag IMAGE " + name.familiar()));
    Digest digest = store.chosen(found.descriptor().digest());
    byte[] json = store.readBlob(digest);
    ImageManifest manifest = store.manifest(digest);
    List<Digest> diffIds = store.config(manifest.config().digest()).rootfs().diffIds();
    if (diffIds.size() != manifest.layers().size()) {
      throw Tried.of(operation)
          .failed(
              Category.INVALID,
              "manifest and configuration differ in the number of layers",
              "remove the image and get it again",
              null);
    }
    Map<Digest, Integer> files = new LinkedHashMap<>();
    boolean opened = false;
    try {
      openBlob(manifest.config(), files);
      manifest.layers().forEach(layer -> openBlob(layer, files));
      opened = true;
    } finally {
      if (!opened) {
        store.worker().close(List.copyOf(files.values()));
      }
    }
    String type = Objects.requireNonNullElse(manifest.mediaType(), found.descriptor().mediaType());
    return new Opened(json, type, manifest, diffIds, files, elsewhere(all, name));
  }

  private void openBlob(Descriptor blob, Map<Digest, Integer> files) {
    if (!files.containsKey(blob.digest())) {
      String path = store.blobPath(blob.digest());
      files.put(blob.digest(), store.worker().open(FileWorker.HOST, path, Linux.O_RDONLY, 0));
    }
  }

  /** Which other repository of the registry is likely to have a blob. */
  private Map<Digest, String> elsewhere(List<StoredImage> all, ImageReference name) {
    Map<Digest, String> paths = new LinkedHashMap<>();
    for (StoredImage image : all) {
      // Only what came from there or was sent there is there.
      String prefix = name.registry() + "/";
      for (String source : image.digests()) {
        int at = source.indexOf('@');
        if (at < 0 || !source.startsWith(prefix)) {
          continue;
        }
        String path = source.substring(prefix.length(), at);
        if (!path.equals(name.path()) && store.hasBlob(image.descriptor().digest())) {
          for (Descriptor layer : store.manifest(image.descriptor().digest()).layers()) {
            paths.putIfAbsent(layer.digest(), path);
          }
        }
      }
    }
    return paths;
  }

  private Pushed push(ImageReference name, Opened image, String operation) throws IOException {
    Repository repository = registry.repository(name);
    Crew crew = new Crew(operation, AT_ONCE, _ -> repository.abort());
    List<Crew.Task> tasks = new ArrayList<>();
    List<Digest> taken = new ArrayList<>();
    for (int i = 0; i < image.diffIds().size(); i++) {
      Descriptor layer = image.manifest().layers().get(i);
      String id = image.diffIds().get(i).shortId();
      tell(id, Phase.PREPARING, "");
      if (!taken.contains(layer.digest())) {
        taken.add(layer.digest());
        tasks.add(() -> send(repository, image, layer, id, crew));
      }
    }
    tasks.add(() -> send(repository, image, image.manifest().config(), "", crew));
    crew.work(tasks);
    Digest digest = Sha256.of(image.manifestJson());
    boolean listed =
        repository.putManifest(String.valueOf(name.tag()), image.mediaType(), image.manifestJson());
    Descriptor subject = image.manifest().subject();
    if (subject != null && !listed) {
      Descriptor pushed = Descriptor.of(image.mediaType(), digest, image.manifestJson().length);
      Referrers.list(repository, subject, image.manifest(), pushed);
    }
    remember(name, digest);
    return new Pushed(digest, image.manifestJson().length);
  }

  private void tell(String id, Phase phase, String detail) {
    if (!id.isEmpty()) {
      events.accept(TransferEvent.of(id, phase, detail));
    }
  }

  private void send(Repository repository, Opened image, Descriptor blob, String id, Crew crew)
      throws IOException {
    if (repository.hasBlob(blob.digest())) {
      tell(id, Phase.EXISTS_THERE, "");
      return;
    }
    String other = image.elsewhere().get(blob.digest());
    Optional<BlobUpload> upload = repository.begin(blob.digest(), other);
    if (upload.isEmpty()) {
      tell(id, Phase.MOUNTED, String.valueOf(other));
      return;
    }
    int file = Objects.requireNonNull(image.files().get(blob.digest()), "every blob is open");
    upload.get().send(blob, from -> new BlobInput(file, from, blob.size(), id, crew));
    tell(id, Phase.PUSHED, "");
  }

  /** The part of a blob's file from an offset on; others may read it elsewhere meanwhile. */
  private final class BlobInput extends InputStream {
    private final int file;
    private final long size;
    private final String id;
    private final Crew crew;
    private long at;

    BlobInput(int file, long at, long size, String id, Crew crew) {
      this.file = file;
      this.at = at;
      this.size = size;
      this.id = id;
      this.crew = crew;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int length) {
      crew.requireGood();
      byte[] some = store.worker().readAt(file, at, Math.min(length, CHUNK));
      if (some.length == 0) {
        return -1;
      }
      System.arraycopy(some, 0, bytes, from, some.length);
      at += some.length;
      if (!id.isEmpty()) {
        events.accept(new TransferEvent(id, Phase.PUSHING, "", at, size));
      }
      return some.length;
    }
  }

  /** From now on the image is known by its digest in that registry too. */
  private void remember(ImageReference name, Digest digest) {
    store.locked(
        () -> {
          ImageIndex index = store.index();
          List<StoredImage> all = store.images(index);
          Optional<StoredImage> there = ImageNames.byWholeName(all, name);
          boolean same =
              there.isPresent() && store.chosen(there.get().descriptor().digest()).equals(digest);
          if (same) {
            images.write(index, ImageNames.put(all, there.get().from(name.name(), digest)));
          }
          return same;
        });
  }
}
