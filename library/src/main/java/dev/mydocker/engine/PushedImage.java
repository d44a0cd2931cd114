package dev.mydocker.engine;

/**
 * An image that was sent to a registry.
 *
 * @param name its whole name, {@code docker.io/team/app:1}
 * @param digest what the registry has under that name
 * @param size how many bytes its manifest has
 */
public record PushedImage(String name, String digest, long size) {}
