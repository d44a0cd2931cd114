package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.TreeArchiver;
import dev.mydocker.image.Unpacker;
import dev.mydocker.image.tar.TarReader;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.runtime.rootfs.Overlay;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The volumes that images ask for, {@code volumes/N} in a container's directory. What the image has
 * there is copied into them when the container is made, as Docker does.
 */
final class AnonymousVolumes {
  private static final String DIRECTORY = "volumes";

  private AnonymousVolumes() {}

  /** Whether a container's image asks for any. */
  static boolean areWanted(ContainerRecord record) {
    return !record.imageConfig().volumes().isEmpty();
  }

  /**
   * Those that a container has: in a fixed order, whether they were made or not. What cannot be one
   * is left out: with it the container would not have been made, unless it is from before there
   * were any, and then it must still be listed and removed.
   */
  static List<AnonymousVolume> of(ContainerRecord record, String directory) {
    List<AnonymousVolume> volumes = new ArrayList<>();
    for (String destination : destinations(record.spec(), record.imageConfig())) {
      String source = directory + "/" + DIRECTORY + "/" + volumes.size();
      volumes.add(new AnonymousVolume(source, destination));
    }
    return volumes;
  }

  /** Those that were made: a container from before there were any has none. */
  static List<AnonymousVolume> made(FileWorker files, ContainerRecord record, String directory) {
    return of(record, directory).stream()
        .filter(volume -> files.status(FileWorker.HOST, volume.source()).isPresent())
        .toList();
  }

  /** Where something else is mounted the image's wish is fulfilled. */
  private static Set<String> destinations(ContainerSpec spec, ContainerConfig config) {
    Set<String> taken = new LinkedHashSet<>();
    spec.files().binds().forEach(bind -> taken.add(bind.destination()));
    spec.files().tmpfs().forEach(mount -> taken.add(mount.destination()));
    Set<String> destinations = new LinkedHashSet<>();
    for (String path : config.volumes()) {
      if (ContainerPaths.isMountPoint(path)) {
        destinations.add(ContainerPaths.clean(path));
      }
    }
    destinations.removeAll(taken);
    return destinations;
  }

  /** Makes those of a new container, with what its image has there. */
  static void make(Workbench bench, NewContainer container, ContainerRecord record) {
    record.imageConfig().volumes().forEach(ContainerPaths::mountPoint);
    List<AnonymousVolume> volumes = of(record, container.directory());
    if (volumes.isEmpty()) {
      return;
    }
    container.makeDirectory(DIRECTORY, 0700);
    FileWorker files = bench.files();
    if (bench.performer().rehearses()) {
      volumes.forEach(volume -> files.makeDirectory(FileWorker.HOST, volume.source(), 0755));
      return;
    }
    List<String> layers = new ArrayList<>(List.of(container.directory() + "/upper"));
    layers.addAll(record.layers());
    int root = new Overlay(layers, null, null, false).mount(bench.performer());
    try {
      volumes.forEach(volume -> make(files, root, volume, container.directory()));
    } finally {
      files.close(root);
    }
  }

  private static void make(FileWorker files, int root, AnonymousVolume volume, String container) {
    int found;
    try {
      found =
          files.open(
              root,
              volume.destination().substring(1),
              Linux.O_RDONLY | Linux.O_DIRECTORY,
              0,
              Linux.RESOLVE_IN_ROOT | Linux.RESOLVE_NO_MAGICLINKS);
    } catch (KernelException e) {
      if (e.error() != Errno.ENOENT) {
        throw MydockerException.of(
            Category.INVALID,
            "make the volume",
            volume.destination(),
            "the image has something else than a directory there",
            "mount something of your own on it: -v /PATH:" + volume.destination());
      }
      files.makeDirectory(FileWorker.HOST, volume.source(), 0755);
      return;
    }
    try (Spool spool = Spool.make(files, container)) {
      copy(files, found, volume, spool);
    } finally {
      files.close(found);
    }
  }

  private static void copy(FileWorker files, int from, AnonymousVolume volume, Spool spool) {
    int slash = volume.source().lastIndexOf('/');
    String what = "the content of volume " + volume.destination();
    int to =
        files.open(
            FileWorker.HOST,
            volume.source().substring(0, slash),
            Linux.O_RDONLY | Linux.O_DIRECTORY,
            0);
    try {
      try (OutputStream out = spool.output()) {
        TarWriter tar = new TarWriter(out);
        new TreeArchiver(files, tar, false).addTree(from, volume.source().substring(slash + 1));
        tar.finish();
      }
      new Unpacker(files, to, "", what, Unpacker.Purpose.COPY, Unpacker.UNLIMITED)
          .unpack(new TarReader(spool.input(), what, true));
    } catch (IOException e) {
      throw MydockerException.of(
          Category.RESOURCE, "copy", what, String.valueOf(e.getMessage()), null, e);
    } finally {
      files.close(to);
    }
  }
}
