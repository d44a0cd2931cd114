package dev.mydocker.image.tar;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An entry of an archive, without its content.
 *
 * @param name the path as the archive has it, perhaps with a slash at either end
 * @param type what it is
 * @param linkName what a link points to; empty otherwise
 * @param mode permissions with set-id and sticky bits
 * @param user the owner's number
 * @param group the group's number
 * @param modifiedSeconds when its content last changed, in seconds since 1970
 * @param modifiedNanos the nanoseconds within that second
 * @param size how long the file is, holes included
 * @param deviceMajor of a device node
 * @param deviceMinor of a device node
 * @param xattrs extended attributes; the arrays are not copied
 * @param extents where the content's parts belong, in the order they come; the rest is holes
 */
public record TarEntry(
    String name,
    TarType type,
    String linkName,
    int mode,
    long user,
    long group,
    long modifiedSeconds,
    int modifiedNanos,
    long size,
    long deviceMajor,
    long deviceMinor,
    Map<String, byte[]> xattrs,
    List<Extent> extents) {

  /** A part of a file that is not a hole. */
  public record Extent(long offset, long length) {}

  /** An empty or full file of {@code size} bytes, owned by root, mode 0644, of 1970. */
  public static TarEntry file(String name, long size) {
    List<Extent> extents = size == 0 ? List.of() : List.of(new Extent(0, size));
    return new TarEntry(name, TarType.FILE, "", 0644, 0, 0, 0, 0, size, 0, 0, Map.of(), extents);
  }

  /** A directory, owned by root, mode 0755, of 1970. */
  public static TarEntry directory(String name) {
    return of(name, TarType.DIRECTORY, "", 0755);
  }

  /** A symbolic or hard link, owned by root, of 1970. */
  public static TarEntry link(String name, TarType type, String target) {
    return of(name, type, target, 0777);
  }

  /** An entry without content. */
  public static TarEntry of(String name, TarType type, String linkName, int mode) {
    return new TarEntry(name, type, linkName, mode, 0, 0, 0, 0, 0, 0, 0, Map.of(), List.of());
  }

  /** The same with other permissions. */
  public TarEntry withMode(int newMode) {
    return with(newMode, user, group, modifiedSeconds, modifiedNanos, xattrs);
  }

  /** The same with another owner. */
  public TarEntry withOwner(long newUser, long newGroup) {
    return with(mode, newUser, newGroup, modifiedSeconds, modifiedNanos, xattrs);
  }

  /** The same with another time. */
  public TarEntry withTime(long seconds, int nanos) {
    return with(mode, user, group, seconds, nanos, xattrs);
  }

  /** The same with one extended attribute more. */
  public TarEntry withXattr(String key, byte[] value) {
    Map<String, byte[]> more = new LinkedHashMap<>(xattrs);
    more.put(key, value);
    return with(mode, user, group, modifiedSeconds, modifiedNanos, more);
  }

  /** The same as a device. */
  public TarEntry withDevice(long major, long minor) {
    return new TarEntry(
        name,
        type,
        linkName,
        mode,
        user,
        group,
        modifiedSeconds,
        modifiedNanos,
        size,
        major,
        minor,
        xattrs,
        extents);
  }

  /** Whether the content has holes, or comes in parts. */
  public boolean isSparse() {
    return size > 0
        && !(extents.size() == 1
            && extents.getFirst().offset() == 0
            && extents.getFirst().length() == size);
  }

  private TarEntry with(
      int newMode,
      long newUser,
      long newGroup,
      long seconds,
      int nanos,
      Map<String, byte[]> newXattrs) {
    return new TarEntry(
        name,
        type,
        linkName,
        newMode,
        newUser,
        newGroup,
        seconds,
        nanos,
        size,
        deviceMajor,
        deviceMinor,
        newXattrs,
        extents);
  }
}
