package dev.mydocker.engine;

/**
 * How many bytes the files of a container have, as Docker counts them: the content of regular files
 * and the length of symbolic links, hard links once, directories not at all.
 *
 * @param writable what it wrote or changed: the files of its own layer
 * @param root these, and all that its image, or its root file system on the host, has
 */
public record DiskUsage(long writable, long root) {}
