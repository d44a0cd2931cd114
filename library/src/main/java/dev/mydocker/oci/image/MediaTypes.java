package dev.mydocker.oci.image;

/** The media types of images: OCI's and Docker's. */
public final class MediaTypes {
  /** An index of manifests for several platforms. */
  public static final String INDEX = "application/vnd.oci.image.index.v1+json";

  /** A manifest. */
  public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** An image's configuration. */
  public static final String CONFIG = "application/vnd.oci.image.config.v1+json";

  /** A layer that is not compressed. */
  public static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

  /** A layer compressed by gzip. */
  public static final String LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

  /** A layer compressed by Zstandard. */
  public static final String LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";

  /** The content {@code {}} of descriptors that point to nothing. */
  public static final String EMPTY = "application/vnd.oci.empty.v1+json";

  /** Docker's index. */
  public static final String DOCKER_INDEX =
      "application/vnd.docker.distribution.manifest.list.v2+json";

  /** Docker's manifest. */
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";

  /** Docker's configuration. */
  public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";

  /** Docker's layer, compressed by gzip. */
  public static final String DOCKER_LAYER_GZIP =
      "application/vnd.docker.image.rootfs.diff.tar.gzip";

  private MediaTypes() {}

  /** Returns whether {@code mediaType} is an index, OCI's or Docker's. */
  public static boolean isIndex(String mediaType) {
    return mediaType.equals(INDEX) || mediaType.equals(DOCKER_INDEX);
  }

  /** Returns whether {@code mediaType} is a manifest, OCI's or Docker's. */
  public static boolean isManifest(String mediaType) {
    return mediaType.equals(MANIFEST) || mediaType.equals(DOCKER_MANIFEST);
  }

  /** Returns whether {@code mediaType} is an image's configuration, OCI's or Docker's. */
  public static boolean isConfig(String mediaType) {
    return mediaType.equals(CONFIG) || mediaType.equals(DOCKER_CONFIG);
  }
}
