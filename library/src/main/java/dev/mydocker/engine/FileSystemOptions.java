package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a container finds in its file system beside its image.
 *
 * @param readOnly whether the root file system cannot be written
 * @param binds directories and files of the host
 * @param tmpfs file systems in memory
 * @param devices devices of the host
 * @param shmSize the size of /dev/shm, or null for 64 MiB
 */
public record FileSystemOptions(
    boolean readOnly,
    List<Bind> binds,
    List<TmpfsMount> tmpfs,
    List<DeviceMapping> devices,
    @Nullable ByteSize shmSize) {
  /** Nothing beside the image. */
  public static final FileSystemOptions DEFAULT =
      new FileSystemOptions(false, List.of(), List.of(), List.of(), null);

  /** Copies the lists and refuses two mounts at one place. */
  public FileSystemOptions {
    binds = List.copyOf(binds);
    tmpfs = List.copyOf(tmpfs);
    devices = List.copyOf(devices);
    Set<String> seen = new HashSet<>();
    binds.forEach(bind -> requireFirst(seen, bind.destination()));
    tmpfs.forEach(mount -> requireFirst(seen, mount.destination()));
  }

  private static void requireFirst(Set<String> seen, String destination) {
    if (!seen.add(destination)) {
      throw MydockerException.invalid(
          "mount point", destination, "Duplicate mount point: " + destination, null);
    }
  }
}
