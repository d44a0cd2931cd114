package dev.mydocker.engine;

import dev.mydocker.image.Image;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.image.HistoryEntry;
import dev.mydocker.oci.image.ImageConfig;
import dev.mydocker.oci.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an image.
 *
 * @param id the digest of its configuration, {@code sha256:} and 64 hexadecimal digits
 * @param manifest the digest of its manifest
 * @param names what it is called, as people write it: {@code busybox:latest}; none if another image
 *     took its names over
 * @param digests by which digests registries know it, as people write it: {@code
 *     busybox@sha256:...}
 * @param parent the id of the image that a commit made it of, or empty
 * @param created when it was made, or null if it does not say
 * @param size how many bytes the content of its files has, those of the images below it included
 * @param architecture as Go calls it: amd64, arm64
 * @param operatingSystem as Go calls it: linux
 * @param author who made it, or empty
 * @param entrypoint the start of its containers' command
 * @param command the rest of it, which people replace
 * @param environment NAME=value
 * @param workingDirectory where the command starts, or empty
 * @param user whom it runs as: a name or id, perhaps a colon and a group; or empty
 * @param exposedPorts such as 80/tcp
 * @param volumes directories that hold data of a container
 * @param labels metadata for people
 * @param stopSignal the signal that stops its containers, or empty
 * @param layers the digests of its layers' archives, unpacked, lowest first
 * @param history how it came to be, the oldest first
 * @param configuration the whole configuration as JSON (image specification, config.md)
 */
public record ImageInfo(
    String id,
    String manifest,
    List<String> names,
    List<String> digests,
    String parent,
    @Nullable Instant created,
    long size,
    String architecture,
    String operatingSystem,
    String author,
    List<String> entrypoint,
    List<String> command,
    List<String> environment,
    String workingDirectory,
    String user,
    Set<String> exposedPorts,
    Set<String> volumes,
    Map<String, String> labels,
    String stopSignal,
    List<String> layers,
    List<Step> history,
    String configuration) {
  /**
   * One step of an image's history.
   *
   * @param created when, or null if it does not say
   * @param createdBy by which command, or empty
   * @param author by whom, or empty
   * @param comment what was said about it, or empty
   * @param emptyLayer whether it changed no files
   * @param size how many bytes of content its layer has, or -1 where that is not known
   */
  public record Step(
      @Nullable Instant created,
      String createdBy,
      String author,
      String comment,
      boolean emptyLayer,
      long size) {}

  /** Copies the collections. */
  public ImageInfo {
    names = List.copyOf(names);
    digests = List.copyOf(digests);
    entrypoint = List.copyOf(entrypoint);
    command = List.copyOf(command);
    environment = List.copyOf(environment);
    exposedPorts = Collections.unmodifiableSet(new LinkedHashSet<>(exposedPorts));
    volumes = Collections.unmodifiableSet(new LinkedHashSet<>(volumes));
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    layers = List.copyOf(layers);
    history = List.copyOf(history);
  }

  /** Returns the first twelve digits of the id, as lists show them. */
  public String shortId() {
    return id.substring(id.indexOf(':') + 1).substring(0, 12);
  }

  static ImageInfo of(Image image) {
    ImageConfig whole = image.config();
    ContainerConfig config = whole.config();
    return new ImageInfo(
        image.id().toString(),
        image.manifest().toString(),
        image.names().stream().map(ImageReference::familiar).toList(),
        image.digests().stream().map(each -> ImageReference.parse(each).familiar()).toList(),
        image.parent() == null ? "" : String.valueOf(image.parent()),
        Times.instant(image.created()),
        image.size(),
        whole.architecture(),
        whole.os(),
        orEmpty(whole.author()),
        config.entrypoint(),
        config.cmd(),
        config.env(),
        orEmpty(config.workingDir()),
        orEmpty(config.user()),
        config.exposedPorts(),
        config.volumes(),
        config.labels(),
        orEmpty(config.stopSignal()),
        whole.rootfs().diffIds().stream().map(Object::toString).toList(),
        steps(image),
        Json.compact(whole.toJson()));
  }

  private static List<Step> steps(Image image) {
    List<Step> steps = new ArrayList<>();
    List<Long> sizes = image.layerSizes();
    int layer = 0;
    for (HistoryEntry entry : image.config().history()) {
      long size = entry.emptyLayer() ? 0 : layer < sizes.size() ? sizes.get(layer++) : -1;
      steps.add(
          new Step(
              Times.instant(entry.created()),
              orEmpty(entry.createdBy()),
              orEmpty(entry.author()),
              orEmpty(entry.comment()),
              entry.emptyLayer(),
              size));
    }
    return steps;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
