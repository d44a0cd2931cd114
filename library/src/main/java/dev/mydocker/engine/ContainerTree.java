package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.runtime.rootfs.Overlay;
import java.util.ArrayList;
import java.util.List;

/**
 * The root file system of a container by a descriptor, without the file systems that are mounted in
 * it while it runs.
 *
 * <p>It is an overlay of the container's own changes and its layers, detached: no mount table has
 * it, and it goes with the last descriptor, whoever is killed. While the container runs, what it
 * changes meanwhile may or may not be seen.
 */
final class ContainerTree implements AutoCloseable {
  private final FileWorker files;
  private final int mount;
  private final int root;

  private ContainerTree(FileWorker files, int mount) {
    this.files = files;
    this.mount = mount;
    this.root = files.open(mount, ".", Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
  }

  /** Opens it for reading, whether the container runs or not. */
  static ContainerTree read(Workbench bench, ContainerRecord record) {
    List<String> layers = new ArrayList<>();
    layers.add(upper(bench, record));
    layers.addAll(record.layers());
    return new ContainerTree(
        bench.files(), new Overlay(layers, null, null, false).mount(bench.performer()));
  }

  /** Opens it for changes; the caller holds the container's lock, and it does not run. */
  static ContainerTree write(Workbench bench, ContainerRecord record) {
    return new ContainerTree(bench.files(), overlay(bench, record).mount(bench.performer()));
  }

  /** The container's own overlay; the caller holds its lock, and it does not run. */
  static Overlay overlay(Workbench bench, ContainerRecord record) {
    boolean owned = record.owner() != null;
    String work = work(bench, record);
    if (owned) {
      // The marker of a volatile overlay (Linux 5.10) refuses a second mount, since the first may
      // have been lost with the machine; this machine has not failed, for the owner still runs.
      bench.files().deleteTree(FileWorker.HOST, work + "/work/incompat");
    }
    return new Overlay(
        record.layers(), upper(bench, record), work, owned || record.spec().removeOnExit());
  }

  /** The directory that holds what a container changed. */
  static String upper(Workbench bench, ContainerRecord record) {
    return bench.directory().container(record.id()) + "/upper";
  }

  /** The directory that its overlay works in. */
  static String work(Workbench bench, ContainerRecord record) {
    return bench.directory().container(record.id()) + "/work";
  }

  /** The descriptor of the root directory. */
  int root() {
    return root;
  }

  @Override
  public void close() {
    files.close(root);
    files.close(mount);
  }
}
