package dev.mydocker.engine;

/** What an archive of images is to be. */
public enum ArchiveFormat {
  /**
   * What Docker saves since its version 25: an OCI image layout with {@code manifest.json} beside
   * it, so that all versions of Docker, Podman and skopeo read it.
   */
  DOCKER,
  /** An OCI image layout alone (image specification, image-layout.md). */
  OCI
}
