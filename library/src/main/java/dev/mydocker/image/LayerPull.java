package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.TransferEvent;
import dev.mydocker.TransferEvent.Phase;
import dev.mydocker.image.registry.Refused;
import dev.mydocker.image.registry.Repository;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Tried;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageConfig;
import dev.mydocker.oci.image.ImageManifest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The layers of one image on their way: some at the same time, each unpacked while it comes. */
final class LayerPull {
  /** As many as Docker fetches at the same time. */
  private static final int AT_ONCE = 3;

  private final StoreFiles store;
  private final Intake intake;
  private final Repository repository;
  private final Consumer<TransferEvent> events;
  private final String operation;
  private final List<Descriptor> blobs;
  private final List<Digest> diffIds;
  private final List<Digest> chain = new ArrayList<>();
  private final @Nullable StagedLayer[] staged;
  private final List<GrowingBlob> growing = new ArrayList<>();
  private final Crew crew;

  LayerPull(
      StoreFiles store,
      Intake intake,
      Repository repository,
      ImageManifest manifest,
      ImageConfig config,
      Consumer<TransferEvent> events,
      String operation) {
    this.store = store;
    this.intake = intake;
    this.repository = repository;
    this.blobs = manifest.layers();
    this.events = events;
    this.operation = operation;
    this.crew = new Crew(operation, AT_ONCE, this::stop);
    this.staged = new StagedLayer[blobs.size()];
    this.diffIds = config.rootfs().diffIds();
    for (Digest diffId : diffIds) {
      chain.add(chain.isEmpty() ? diffId : LayerMaker.chainId(chain.getLast(), diffId));
    }
  }

  /** Brings all layers; those that are here already stay where they are. */
  List<StagedLayer> take() {
    List<StoredImage> known = store.images(store.index());
    List<Crew.Task> tasks = new ArrayList<>();
    for (int i = 0; i < blobs.size(); i++) {
      staged[i] =
          StagedLayer.there(store, known, blobs.get(i), diffIds.get(i), chain.get(i)).orElse(null);
      tell(i, staged[i] == null ? Phase.LISTED : Phase.EXISTS);
      if (staged[i] == null) {
        int layer = i;
        tasks.add(() -> bring(layer));
      }
    }
    crew.work(tasks);
    List<StagedLayer> all = new ArrayList<>();
    for (StagedLayer layer : staged) {
      if (layer == null) {
        throw new IllegalStateException("a layer was forgotten");
      }
      all.add(layer);
    }
    return all;
  }

  private void tell(int layer, Phase phase) {
    events.accept(TransferEvent.of(blobs.get(layer).digest().shortId(), phase, ""));
  }

  private void stop(MydockerException why) {
    synchronized (growing) {
      growing.forEach(each -> each.fail(why));
    }
    repository.abort();
  }

  private void bring(int layer) throws IOException {
    Descriptor blob = blobs.get(layer);
    if (store.hasBlob(blob.digest())) {
      String path = store.blobPath(blob.digest());
      int file = store.worker().open(FileWorker.HOST, path, Linux.O_RDONLY, 0);
      try (FileInput in = new FileInput(store.worker(), file)) {
        keep(layer, intake.layer(in, blob, what(blob)));
      }
      return;
    }
    GrowingBlob content = new GrowingBlob();
    synchronized (growing) {
      growing.add(content);
    }
    crew.requireGood();
    List<Thread> unpacking = new ArrayList<>();
    try {
      BlobDownload download = new BlobDownload(store, repository, blob, this::hear, content);
      if (!download.fetch(
          () -> unpacking.add(crew.beside("mydocker-unpack", () -> unpack(layer, content))))) {
        // Another command has brought it meanwhile.
        bring(layer);
      }
    } catch (IOException e) {
      MydockerException why = Refused.error(operation, e);
      content.fail(why);
      throw why;
    } catch (RuntimeException | Error e) {
      content.fail(
          e instanceof MydockerException why
              ? why
              : Tried.of(operation).failed(Category.INTERNAL, e.toString(), null, e));
      throw e;
    } finally {
      unpacking.forEach(crew::join);
    }
  }

  private void unpack(int layer, GrowingBlob content) {
    while (!unpackOnce(layer, content)) {
      // What was read has turned out to be wrong, and comes once more.
      crew.requireGood();
    }
  }

  /** A blob's file; another command may have finished with it, and put it into its place. */
  private int open(Descriptor blob) {
    FileWorker files = store.worker();
    try {
      return files.open(FileWorker.HOST, store.partialPath(blob.digest()), Linux.O_RDONLY, 0);
    } catch (KernelException e) {
      if (e.error() != Errno.ENOENT) {
        throw e;
      }
      return files.open(FileWorker.HOST, store.blobPath(blob.digest()), Linux.O_RDONLY, 0);
    }
  }

  /** Whether what came was right; what cannot be unpacked is told only then. */
  private boolean unpackOnce(int layer, GrowingBlob content) {
    Descriptor blob = blobs.get(layer);
    String path = store.partialPath(blob.digest());
    int generation = content.generation();
    int file;
    try {
      file = open(blob);
    } catch (KernelException e) {
      // Whoever fetches it has given it up, and is about to say why.
      if (e.error() != Errno.ENOENT || content.isRight(generation)) {
        throw e;
      }
      return false;
    }
    StagedLayer whole = null;
    MydockerException problem = null;
    GrowingBlob.Progress progress =
        bytes ->
            hear(
                new TransferEvent(
                    blob.digest().shortId(), Phase.EXTRACTING, "", bytes, blob.size()));
    try (InputStream in = content.stream(store.worker(), file, generation, progress)) {
      whole = intake.layer(in, blob, what(blob));
    } catch (IOException e) {
      problem = Refused.error(operation, e);
    } catch (MydockerException e) {
      problem = e;
    }
    if (!content.isRight(generation)) {
      if (whole != null) {
        intake.drop(whole);
      }
      return false;
    }
    if (problem != null) {
      if (problem.category() == Category.INVALID) {
        // It is what the registry says that it is, and good for nothing.
        store.worker().unlink(FileWorker.HOST, path);
      }
      throw Tried.of(operation)
          .failed(
              problem.category(),
              String.valueOf(problem.getMessage()),
              problem.suggestion().orElse(null),
              problem);
    }
    if (whole == null) {
      throw new IllegalStateException("neither a layer nor a problem");
    }
    keep(layer, whole);
    return true;
  }

  /** Progress is where a thread sees that another one has failed. */
  private void hear(TransferEvent event) {
    crew.requireGood();
    events.accept(event);
  }

  private static String what(Descriptor blob) {
    return "layer " + blob.digest().shortId();
  }

  private synchronized void keep(int layer, StagedLayer whole) {
    staged[layer] = whole;
    tell(layer, Phase.PULLED);
  }
}
