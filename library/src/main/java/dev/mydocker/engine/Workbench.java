package dev.mydocker.engine;

import dev.mydocker.image.ImageStore;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Performer;
import dev.mydocker.oci.json.Json;
import dev.mydocker.runtime.cgroup.CgroupLayout;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.cgroup.ContainerCgroup;

/**
 * What one operation of an engine works with: a performer of its own, and the stores that work
 * through it. In a library's JVM closing it closes every descriptor that the operation had open.
 */
final class Workbench implements AutoCloseable {
  private final Engine engine;
  private final Performer performer;
  private final FileWorker files;
  private final ContainerStore containers;

  Workbench(Engine engine, Performer performer) {
    this.engine = engine;
    this.performer = performer;
    this.files = new FileWorker(performer);
    this.containers = new ContainerStore(files, engine.directory());
  }

  Engine engine() {
    return engine;
  }

  Performer performer() {
    return performer;
  }

  FileWorker files() {
    return files;
  }

  StateDirectory directory() {
    return engine.directory();
  }

  ContainerStore containers() {
    return containers;
  }

  ImageStore images() {
    return new ImageStore(files, directory().root());
  }

  /** Tells what containers are doing. */
  Observer observer() {
    return new Observer(files, this::isFrozen, record -> new Adopter(this).care(record));
  }

  /**
   * Reads what is kept of a container. One that lost its monitor gets another one first.
   *
   * @throws dev.mydocker.MydockerException NOT_FOUND if there is no such container
   */
  ContainerRecord read(String id) {
    return observer()
        .tended(containers.read(id))
        .orElseThrow(() -> ContainerStore.noSuchContainer(ContainerIds.shortId(id)));
  }

  private boolean isFrozen(RunRecord run) {
    return run.freezer().isEmpty()
        ? !run.cgroups().isEmpty() && cgroup(run).frozen()
        : ContainerCgroup.frozen(files, run.freezer());
  }

  /** The cgroup of a container's last start. */
  ContainerCgroup cgroup(RunRecord run) {
    return new ContainerCgroup(files, cgroups(run));
  }

  /**
   * The monitors' cgroup of a container. Of one that was started it is beside the container's: we
   * may have another parent than whoever started it.
   */
  CgroupPaths monitors(ContainerRecord record) {
    CgroupLayout layout = CgroupLayout.discover(files);
    RunRecord run = record.run();
    return run == null || run.cgroups().isEmpty()
        ? layout.placeMonitors(cgroupParent(record.spec()) + "/monitors")
        : layout.monitorsBeside(cgroups(run));
  }

  private static CgroupPaths cgroups(RunRecord run) {
    return Json.decode(run.cgroups(), "a container's cgroups", CgroupPaths::read);
  }

  /** The cgroup in which a container's is made, below ours. */
  String cgroupParent(ContainerSpec spec) {
    String parent = spec.cgroupParent();
    return parent == null ? engine.cgroupParent() : parent;
  }

  /** The container's directory below /run: sockets, streams, where its root is attached. */
  String runDirectory(String id) {
    return directory().engine() + "/" + id;
  }

  @Override
  public void close() {
    performer.close();
  }
}
