package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.MountTable;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.ArrayList;
import java.util.List;

/**
 * Mounts below containers' directories on the host. mydocker makes none there; what somebody else
 * mounted keeps a container's directory from being removed.
 */
final class MountLeftovers {
  private static final int UMOUNT_NOFOLLOW = 8;

  private final Workbench bench;
  private final FileWorker files;
  private final Census census;

  MountLeftovers(Workbench bench, Census census) {
    this.bench = bench;
    this.files = bench.files();
    this.census = census;
  }

  /** Those below others first. */
  List<Leftover> find() {
    List<Leftover> found = new ArrayList<>();
    for (String point : MountTable.mountPoints(files).reversed()) {
      String id = owner(point);
      if (!id.isEmpty() && !census.mayRun(id)) {
        found.add(
            Leftover.removed(
                "mount " + point,
                "its container does not run",
                () -> !Census.take(bench).mayRun(id) && unmount(point)));
      }
    }
    return found;
  }

  /** The id of the container in whose directories a path is, or an empty text. */
  private String owner(String path) {
    for (String top : List.of(bench.directory().containers(), bench.directory().engine())) {
      if (path.startsWith(top + "/")) {
        String name = path.substring(top.length() + 1);
        int slash = name.indexOf('/');
        String first = slash < 0 ? name : name.substring(0, slash);
        if (first.startsWith(ContainerStore.GONE)) {
          first = first.substring(ContainerStore.GONE.length());
        }
        return ContainerIds.isId(first) ? first : "";
      }
    }
    return "";
  }

  private boolean unmount(String point) {
    if (!MountTable.mountPoints(files).contains(point)) {
      return false;
    }
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_UMOUNT2, b.text(point), Value.of(Linux.MNT_DETACH | UMOUNT_NOFOLLOW));
    files.performer().perform(b.build()).orThrow("unmount " + point);
    return true;
  }
}
