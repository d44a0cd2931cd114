package dev.mydocker.image;

/**
 * A file or directory of an image store that no image needs.
 *
 * @param path absolute
 * @param why what makes it one
 */
public record Unused(String path, String why) {}
