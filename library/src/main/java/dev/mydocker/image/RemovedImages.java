package dev.mydocker.image;

import java.util.List;

/**
 * What a removal of images did.
 *
 * @param report in Docker's words
 * @param bytes how many bytes the removed files had
 */
public record RemovedImages(List<String> report, long bytes) {
  /** Copies the list. */
  public RemovedImages {
    report = List.copyOf(report);
  }
}
