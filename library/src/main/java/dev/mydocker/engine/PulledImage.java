package dev.mydocker.engine;

/**
 * An image that was brought from a registry.
 *
 * @param image the image
 * @param name its whole name, {@code docker.io/library/busybox:latest}
 * @param digest what the registry has under that name: an index or a manifest
 * @param isNew whether the name meant another image here before, or none
 */
public record PulledImage(ImageInfo image, String name, String digest, boolean isNew) {}
