package dev.mydocker.engine;

import java.util.List;

/**
 * How much of the disk an engine's images and containers take: the lengths of all their files.
 *
 * @param images each image with what it takes
 * @param imageBytes all that the store of the images takes, what images share once
 * @param unusedImageBytes what would be free without the images that no container uses
 * @param containers each container with what it wrote
 * @param snapshots how many snapshots of containers there are
 * @param snapshotBytes what they take
 */
public record DiskUse(
    List<OfImage> images,
    long imageBytes,
    long unusedImageBytes,
    List<OfContainer> containers,
    int snapshots,
    long snapshotBytes) {
  /**
   * An image and what it takes: its archives, as they came, and its unpacked layers.
   *
   * @param shared what other images have as well
   * @param unique what no other image has
   * @param containers how many containers were made of it
   */
  public record OfImage(ImageInfo image, long shared, long unique, int containers) {}

  /**
   * A container and what it wrote.
   *
   * @param bytes the files of its own layer
   */
  public record OfContainer(ContainerInfo container, long bytes) {}

  /** Copies the lists. */
  public DiskUse {
    images = List.copyOf(images);
    containers = List.copyOf(containers);
  }
}
