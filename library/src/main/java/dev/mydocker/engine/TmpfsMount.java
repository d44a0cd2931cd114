package dev.mydocker.engine;

import java.util.List;

/**
 * A file system in memory that a container gets, empty at each start, see tmpfs(5).
 *
 * @param destination the absolute path in the container
 * @param options words of mount(8) beside the default noexec, nosuid, nodev: {@code size=64m}
 */
public record TmpfsMount(String destination, List<String> options) {
  /** Makes the path canonical and copies the options. */
  public TmpfsMount {
    destination = ContainerPaths.mountPoint(destination);
    options = List.copyOf(options);
  }

  /** Reads {@code destination[:options]}. */
  public static TmpfsMount parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0 || colon == text.length() - 1
        ? new TmpfsMount(colon < 0 ? text : text.substring(0, colon), List.of())
        : new TmpfsMount(
            text.substring(0, colon), List.of(text.substring(colon + 1).split(",", -1)));
  }

  /** Returns {@code destination:options}. */
  @Override
  public String toString() {
    return options.isEmpty() ? destination : destination + ":" + String.join(",", options);
  }
}
