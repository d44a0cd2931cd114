package dev.mydocker.image;

/**
 * A container that uses an image.
 *
 * @param container what to call it in a message
 * @param running whether it runs
 */
public record ImageUser(String container, boolean running) {}
