package dev.mydocker.runtime;

import dev.mydocker.kernel.Performer;
import dev.mydocker.runtime.rootfs.MountOptions;
import dev.mydocker.runtime.rootfs.RootSource;
import java.util.List;

/**
 * A directory of the host as a container's root file system, with what is mounted below it: what
 * {@code root.path} of an OCI bundle names.
 *
 * @param path absolute
 */
public record RootDirectory(String path) implements RootSource {
  private static final MountOptions ALL = MountOptions.of(List.of("rbind"));

  @Override
  public int mount(Performer performer) {
    return Sources.open(performer, path, ALL, -1, "open the root file system").descriptor();
  }
}
