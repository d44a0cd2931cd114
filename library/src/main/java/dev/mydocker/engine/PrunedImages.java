package dev.mydocker.engine;

import java.util.List;

/**
 * What was removed with images that nothing used.
 *
 * @param report in Docker's words: {@code Untagged: busybox:latest}, {@code Deleted: sha256:...}
 * @param bytes how many bytes the removed files had
 */
public record PrunedImages(List<String> report, long bytes) {
  /** Copies the list. */
  public PrunedImages {
    report = List.copyOf(report);
  }
}
