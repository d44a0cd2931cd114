package dev.mydocker.engine;

import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for, and what the image said of its containers then, as it is kept in a
 * container's file: read when it is needed, since lists of containers do not need it.
 */
final class KeptSpec {
  private final String image;
  private final JsonObject specJson;
  private final JsonObject imageJson;
  private volatile @Nullable ContainerSpec spec;
  private volatile @Nullable ContainerConfig imageConfig;

  private KeptSpec(String image, JsonObject specJson, JsonObject imageJson) {
    this.image = image;
    this.specJson = specJson;
    this.imageJson = imageJson;
  }

  static KeptSpec of(ContainerSpec spec, ContainerConfig imageConfig) {
    String image = spec.image();
    String rootfs = spec.rootfs();
    KeptSpec kept =
        new KeptSpec(
            image != null ? image : rootfs != null ? rootfs : "",
            JsonObject.empty(),
            JsonObject.empty());
    kept.spec = spec;
    kept.imageConfig = imageConfig;
    return kept;
  }

  /**
   * One that is in a file.
   *
   * @param image what {@link #image} is
   */
  static KeptSpec of(String image, JsonObject spec, JsonObject imageConfig) {
    return new KeptSpec(image, spec, imageConfig);
  }

  /** The image as it was asked for, or the path of the root file system. */
  String image() {
    return image;
  }

  /**
   * All that was asked for.
   *
   * @throws dev.mydocker.MydockerException INVALID if the file is damaged
   */
  ContainerSpec spec() {
    ContainerSpec known = spec;
    if (known == null) {
      known = Json.decode(specJson, "the spec in a config.json", ContainerSpecJson::read);
      spec = known;
    }
    return known;
  }

  /**
   * What the image said.
   *
   * @throws dev.mydocker.MydockerException INVALID if the file is damaged
   */
  ContainerConfig imageConfig() {
    ContainerConfig known = imageConfig;
    if (known == null) {
      known = Json.decode(imageJson, "the imageConfig in a config.json", ContainerConfig::read);
      imageConfig = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeptSpec kept
        && spec().equals(kept.spec())
        && imageConfig().equals(kept.imageConfig());
  }

  @Override
  public int hashCode() {
    return spec().hashCode();
  }

  @Override
  public String toString() {
    return spec().toString();
  }
}
