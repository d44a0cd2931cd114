package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.Changes;
import dev.mydocker.image.Image;
import dev.mydocker.image.NewImage;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.image.ContainerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes images and archives of what is in a container.
 *
 * <p>An image is the container's image and one layer more: what the container changed, as its
 * overlay's upper directory has it. What is mounted in the container is not the container's own, so
 * neither volumes nor /proc, /sys and /dev are in it; nor are the empty files on which the engine
 * mounts /etc/hosts, /etc/hostname and /etc/resolv.conf, unless an image below has them.
 */
final class Committer {
  private static final Set<String> MOUNT_POINTS =
      Set.of("etc/hosts", "etc/hostname", "etc/resolv.conf");

  private final Workbench bench;
  private final String id;

  Committer(Workbench bench, String id) {
    this.bench = bench;
    this.id = id;
  }

  /** Makes an image. */
  ImageInfo commit(CommitOptions options) {
    // The lock keeps the container from being removed, or ending unseen, while it is read.
    try (ContainerLock lock = bench.containers().lock(id)) {
      ContainerRecord record = bench.containers().read(lock.id());
      NewImage image = image(record, options);
      String imageId = record.imageId();
      Optional<Image> base = imageId == null ? Optional.empty() : bench.images().find(imageId);
      try (Stillness _ = Stillness.of(bench, record, options.pause())) {
        return ImageInfo.of(
            base.isPresent() && !standsOnSnapshot(record)
                ? changes(record, base.get(), image)
                : whole(record, image));
      }
    }
  }

  private NewImage image(ContainerRecord record, CommitOptions options) {
    return NewImage.builder()
        .name(Images.name(options.name()))
        .config(Changes.apply(config(record), options.changes()))
        .author(options.author())
        .comment(options.message())
        .createdBy(String.join(" ", record.command()))
        .created(Timestamp.rfc3339Nano(bench.engine().now()))
        .build();
  }

  /** What the container was started with is what containers of the new image start with. */
  private static ContainerConfig config(ContainerRecord record) {
    ProcessOptions asked = record.spec().process();
    ProcessOptions process = record.process();
    ContainerConfig.Builder config = record.imageConfig().toBuilder();
    if (asked.command() != null || asked.entrypoint() != null) {
      config.cmd(orNone(process.command())).entrypoint(orNone(process.entrypoint()));
    }
    if (!asked.environment().isEmpty()) {
      config.env(process.environment());
    }
    if (asked.workingDirectory() != null) {
      config.workingDir(asked.workingDirectory());
    }
    if (asked.user() != null) {
      config.user(asked.user());
    }
    if (asked.stopSignal() != null) {
      config.stopSignal(asked.stopSignal());
    }
    Duration timeout = asked.stopTimeout();
    if (timeout != null) {
      config.stopTimeout((int) timeout.toSeconds());
    }
    record.spec().labels().forEach(config::label);
    return config.build();
  }

  private static List<String> orNone(@Nullable List<String> words) {
    return words == null ? List.of() : words;
  }

  /** Then what it changed is not all in one layer. */
  private boolean standsOnSnapshot(ContainerRecord record) {
    String snapshots = bench.directory().snapshots() + "/";
    return !record.layers().isEmpty() && record.layers().get(0).startsWith(snapshots);
  }

  private Image changes(ContainerRecord record, Image base, NewImage image) {
    FileWorker files = bench.files();
    int upper =
        files.open(
            FileWorker.HOST,
            ContainerTree.upper(bench, record),
            Linux.O_RDONLY | Linux.O_DIRECTORY,
            0);
    try {
      return bench.images().commit(upper, what(record), base, image, MOUNT_POINTS);
    } finally {
      files.close(upper);
    }
  }

  /** An image of one layer: for a container without an image, or on a snapshot. */
  private Image whole(ContainerRecord record, NewImage image) {
    try (ContainerTree tree = ContainerTree.read(bench, record)) {
      return bench.images().importDirectory(tree.root(), what(record), image);
    }
  }

  /** Writes all of its root file system as an archive, held still if it runs. */
  void archive(OutputStream out, boolean pause) {
    try (ContainerLock lock = bench.containers().lock(id)) {
      ContainerRecord record = bench.containers().read(lock.id());
      try (Stillness _ = Stillness.of(bench, record, pause)) {
        write(record, out);
      }
    }
  }

  /**
   * Writes all of its root file system as an archive, while it goes on.
   *
   * @throws MydockerException NOT_FOUND if it was removed meanwhile: the archive is not whole then
   */
  void export(OutputStream out) {
    ContainerRecord record = bench.containers().read(id);
    // No lock: a reader of the archive that pauses would keep others from stopping the container.
    try {
      write(record, out);
    } catch (KernelException e) {
      requireStillThere(e);
      throw e;
    }
    requireStillThere(null);
  }

  private void requireStillThere(@Nullable KernelException problem) {
    try {
      bench.containers().read(id);
    } catch (MydockerException e) {
      if (problem != null) {
        e.addSuppressed(problem);
      }
      throw e;
    }
  }

  private void write(ContainerRecord record, OutputStream out) {
    try (ContainerTree tree = ContainerTree.read(bench, record)) {
      bench.images().exportTar(tree.root(), out);
    } catch (IOException e) {
      throw MydockerException.of(
          Category.RESOURCE, "write the archive of", what(record), cause(e), null, e);
    }
  }

  private static String cause(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static String what(ContainerRecord record) {
    return "container " + record.name();
  }
}
