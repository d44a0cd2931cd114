package dev.mydocker.runtime;

import dev.mydocker.kernel.Performer;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.rootfs.MountOptions;
import dev.mydocker.runtime.rootfs.RootSource;
import java.util.List;

/**
 * A directory of the host as a container's root file system, with what is mounted below it: what
 * {@code root.path} of an OCI bundle names.
 *
 * @param path absolute
 * @param propagation how mounts travel to it: {@code rslave}, say
 */
public record RootDirectory(String path, String propagation) implements RootSource {

  /** What a specification names, whose path is absolute. */
  public static RootDirectory of(RuntimeSpec spec) {
    return new RootDirectory(Specs.root(spec).path(), Specs.propagationOfMounts(Specs.linux(spec)));
  }

  @Override
  public int mount(Performer performer) {
    MountOptions all = MountOptions.of(List.of("rbind", propagation));
    return Sources.open(performer, path, all, -1, "open the root file system").descriptor();
  }
}
