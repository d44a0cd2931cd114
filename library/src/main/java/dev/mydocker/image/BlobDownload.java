package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.TransferEvent;
import dev.mydocker.TransferEvent.Phase;
import dev.mydocker.image.registry.Refused;
import dev.mydocker.image.registry.Repository;
import dev.mydocker.image.registry.Retry;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileLocks;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.image.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/**
 * Fetches one blob into {@code partial/}, where what is there already stays over failures and
 * kills: the next download goes on behind it. It counts for nothing before its digest is right.
 *
 * <p>Whoever fetches a blob holds a lock (flock(2)) on its file; another one waits and finds it
 * whole.
 */
final class BlobDownload {
  private static final int CHUNK = 1 << 17;
  private static final int PAUSE_MILLIS = 50;
  private static final int MOST_WRONG = 3;

  /** A registry that cuts every connection after some bytes is given up in the end. */
  private static final int MOST_ATTEMPTS = 200;

  private final StoreFiles store;
  private final FileWorker files;
  private final Repository repository;
  private final Descriptor blob;
  private final Consumer<TransferEvent> events;
  private final GrowingBlob growing;
  private Sha256 hash = new Sha256();
  private long at;
  private int file;

  BlobDownload(
      StoreFiles store,
      Repository repository,
      Descriptor blob,
      Consumer<TransferEvent> events,
      GrowingBlob growing) {
    this.store = store;
    this.files = store.worker();
    this.repository = repository;
    this.blob = blob;
    this.events = events;
    this.growing = growing;
  }

  /**
   * Fetches it, unless the store has it.
   *
   * @param begun is called when its file is there, and more of it will come
   * @return whether it is in {@code partial/} now; false if it is in its place
   */
  boolean fetch(Runnable begun) throws IOException {
    if (!blob.digest().isSha256()) {
      throw new Refused(
          Category.UNSUPPORTED,
          "blob " + blob.digest() + " has a digest that is not of SHA-256",
          null);
    }
    String path = store.partialPath(blob.digest());
    if (!lock(path)) {
      return false;
    }
    try {
      takeUp();
      begun.run();
      download(path);
      tell(Phase.VERIFYING);
      growing.complete();
      tell(Phase.DOWNLOADED);
      return true;
    } catch (KernelException e) {
      if (e.error() == Errno.ENOSPC || e.error() == Errno.EDQUOT) {
        // What cannot become whole here is in others' way.
        files.unlink(FileWorker.HOST, path);
        throw MydockerException.of(
            Category.RESOURCE,
            "write",
            path,
            "no space left for " + blob.size() + " bytes",
            "free space on the file system of the state directory",
            e);
      }
      throw e;
    } finally {
      files.close(file);
    }
  }

  private void tell(Phase phase) {
    events.accept(TransferEvent.of(blob.digest().shortId(), phase, ""));
  }

  private boolean lock(String path) {
    FileLocks locks = new FileLocks(files.performer());
    boolean told = false;
    while (true) {
      if (store.hasBlob(blob.digest())) {
        return false;
      }
      FileLocks.Locked tried =
          locks.openLocked(path, Linux.O_RDWR | Linux.O_CREAT | Linux.O_APPEND, 0644);
      if (tried.locked() && tried.current()) {
        file = tried.file();
        return true;
      }
      files.close(tried.file());
      if (!told) {
        told = true;
        tell(Phase.WAITING);
      }
      growing.requireGood();
      store.pause(PAUSE_MILLIS);
    }
  }

  /** Goes on behind what an earlier download left. */
  private void takeUp() {
    while (true) {
      byte[] some = files.readAt(file, at, CHUNK);
      if (some.length == 0) {
        break;
      }
      at += some.length;
      if (at > blob.size()) {
        beginAnew();
        return;
      }
      hash.update(some, 0, some.length);
    }
    growing.reached(at);
  }

  private void beginAnew() {
    String path = store.partialPath(blob.digest());
    files.close(files.open(FileWorker.HOST, path, Linux.O_WRONLY | Linux.O_TRUNC, 0));
    hash = new Sha256();
    at = 0;
    growing.beginAnew();
  }

  private void download(String path) throws IOException {
    Retry retry = repository.retry();
    int wrong = 0;
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      long before = at;
      try {
        String problem = at < blob.size() ? receive(attempt) : "";
        if (problem.isEmpty() && hash.digest().equals(blob.digest())) {
          return;
        }
        wrong++;
        beginAnew();
        if (wrong == MOST_WRONG) {
          files.unlink(FileWorker.HOST, path);
          throw new Refused(
              Category.INVALID,
              "blob "
                  + blob.digest().shortId()
                  + " is wrong: "
                  + (problem.isEmpty() ? "its content has another digest" : problem),
              "the registry, or something on the way to it, is damaged");
        }
        events.accept(
            TransferEvent.of(
                blob.digest().shortId(), Phase.RETRYING, "what came had another digest"));
      } catch (IOException e) {
        if (at > before) {
          retry.progress();
        }
        if (e instanceof Refused || !retry.again(e)) {
          throw e;
        }
        events.accept(
            TransferEvent.of(
                blob.digest().shortId(), Phase.RETRYING, String.valueOf(e.getMessage())));
      }
    }
    throw new IOException(
        "blob " + blob.digest().shortId() + " did not come in " + MOST_ATTEMPTS + " attempts");
  }

  /** Receives the rest; empty, or why what came is wrong. */
  private String receive(int attempt) throws IOException {
    try (Repository.Content content = open(attempt)) {
      if (content.from() != at) {
        beginAnew();
      }
      InputStream in = content.stream();
      byte[] some = new byte[CHUNK];
      for (int got = in.read(some, 0, CHUNK); got >= 0; got = in.read(some, 0, CHUNK)) {
        if (at + got > blob.size()) {
          return "it has more than the " + blob.size() + " bytes that the manifest says";
        }
        files.write(file, some, 0, got);
        hash.update(some, 0, got);
        at += got;
        growing.reached(at);
        events.accept(
            new TransferEvent(blob.digest().shortId(), Phase.DOWNLOADING, "", at, blob.size()));
      }
      return at < blob.size()
          ? "it has " + at + " bytes, not the " + blob.size() + " that the manifest says"
          : "";
    }
  }

  /**
   * Asks the registry, and never the addresses that the manifest names for a layer ({@code urls}):
   * whoever writes a manifest could have this machine ask hosts of its own network.
   */
  private Repository.Content open(int attempt) throws IOException {
    try {
      return repository.blob(blob.digest(), at, attempt);
    } catch (Refused e) {
      if (e.category() != Category.NOT_FOUND || blob.urls().isEmpty()) {
        throw e;
      }
      throw new Refused(
          Category.UNSUPPORTED,
          e.getMessage()
              + ", and the address that the manifest names for it, "
              + blob.urls().getFirst()
              + ", is not asked",
          "have the image pushed again with all of its layers");
    }
  }
}
