package dev.mydocker.engine;

import dev.mydocker.image.Image;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.image.ImageLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Measures what images and containers take, by looking at their files. */
final class DiskMeter {
  private final Workbench bench;
  private final Map<String, Long> sizes = new HashMap<>();

  DiskMeter(Workbench bench) {
    this.bench = bench;
  }

  DiskUse measure(List<ContainerInfo> containers) {
    List<Image> images = bench.images().list();
    Map<String, Integer> owners = new HashMap<>();
    Map<Image, List<String>> paths = new HashMap<>();
    Set<String> used = new HashSet<>();
    for (Image image : images) {
      List<String> own = List.copyOf(new HashSet<>(bench.images().paths(image)));
      paths.put(image, own);
      own.forEach(path -> owners.merge(path, 1, Integer::sum));
      if (containersOf(image, containers) > 0) {
        used.addAll(own);
      }
    }
    List<DiskUse.OfImage> measured = new ArrayList<>();
    for (Image image : images) {
      long shared = 0;
      long unique = 0;
      for (String path : paths.getOrDefault(image, List.of())) {
        if (owners.getOrDefault(path, 0) > 1) {
          shared += size(path);
        } else {
          unique += size(path);
        }
      }
      measured.add(
          new DiskUse.OfImage(
              ImageInfo.of(image), shared, unique, containersOf(image, containers)));
    }
    long all = TreeSize.of(bench.files(), bench.directory().images());
    // The layout's own files stay whatever is removed.
    long inUse = 0;
    used.add(bench.directory().images() + "/" + ImageLayout.FILE);
    used.add(bench.directory().images() + "/" + ImageLayout.INDEX_FILE);
    for (String path : used) {
      inUse += size(path);
    }
    List<DiskUse.OfContainer> written = new ArrayList<>();
    for (ContainerInfo container : containers) {
      written.add(
          new DiskUse.OfContainer(
              container, size(bench.directory().container(container.id()) + "/upper")));
    }
    return new DiskUse(
        measured,
        all,
        Math.max(0, all - inUse),
        written,
        new SnapshotStore(bench).list().size(),
        size(bench.directory().snapshots()));
  }

  private static int containersOf(Image image, List<ContainerInfo> containers) {
    int count = 0;
    for (ContainerInfo container : containers) {
      count += image.id().toString().equals(container.imageId()) ? 1 : 0;
    }
    return count;
  }

  /** The length of a file, or of all below a directory; 0 of what is gone. */
  private long size(String path) {
    Long known = sizes.get(path);
    if (known == null) {
      Optional<FileStatus> status = bench.files().status(FileWorker.HOST, path);
      known =
          status.isEmpty()
              ? 0
              : status.get().isDirectory() ? TreeSize.of(bench.files(), path) : status.get().size();
      sizes.put(path, known);
    }
    return known;
  }
}
