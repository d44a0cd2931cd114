package dev.mydocker.engine;

/**
 * A directory that a container's image wants data to be kept in (VOLUME), and that nothing else was
 * mounted on: a directory of the container's own, outside of its root file system, which goes with
 * the container.
 *
 * @param source where it is on the host
 * @param destination where the container has it
 */
public record AnonymousVolume(String source, String destination) {}
