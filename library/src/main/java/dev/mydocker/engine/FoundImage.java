package dev.mydocker.engine;

/**
 * An image that a search found.
 *
 * @param name its name
 * @param description what its owner says of it, or empty
 * @param stars how many people like it
 * @param official whether it is one of Docker's own
 * @param automated whether it is built by itself
 */
public record FoundImage(
    String name, String description, long stars, boolean official, boolean automated) {}
