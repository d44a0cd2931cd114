package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.Image;
import dev.mydocker.image.ImageStore;
import dev.mydocker.image.WantedPlatform;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Performer;
import dev.mydocker.oci.image.ContainerConfig;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes containers: from what was asked for and an image to a directory that can be started. */
final class Creator {
  private static final int ATTEMPTS = 5;

  private final Workbench bench;
  private final FileWorker files;

  Creator(Workbench bench) {
    this.bench = bench;
    this.files = bench.files();
  }

  /** What a root file system is made of, and how its image wants to be run. */
  private record Base(@Nullable String imageId, ContainerConfig config, List<String> layers) {}

  /** Makes a container; its record. */
  ContainerStore.Known create(ContainerSpec spec) {
    ResourceLimits limits = spec.limits();
    if (limits.nanoCpus() != null || limits.cpusetCpus() != null || limits.cpusetMems() != null) {
      AvailableProcessors.require(files, limits);
    }
    Engine.removeOrphans(bench);
    for (int attempt = 1; ; attempt++) {
      try {
        return tryToCreate(spec);
      } catch (ImageGone e) {
        // What an archive was unpacked to is swept when nobody uses it, which is not yet known of
        // us; an image of people went because somebody wanted that.
        if (spec.rootfs() == null || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private ContainerStore.Known tryToCreate(ContainerSpec spec) {
    String generation = bench.images().generation();
    return create(spec, base(spec), generation);
  }

  /**
   * Makes a container of a snapshot; its record.
   *
   * @param spec with the snapshot's image
   */
  ContainerStore.Known create(SnapshotRecord snapshot, ContainerSpec spec) {
    if (!Objects.equals(spec.image(), snapshot.spec().image())
        || !Objects.equals(spec.rootfs(), snapshot.spec().rootfs())) {
      throw MydockerException.of(
          Category.INVALID,
          "create a container of snapshot",
          snapshot.shortId(),
          "it has another image",
          "begin with the snapshot's own specification");
    }
    String owner = snapshot.owner();
    if (owner != null && !owner.equals(bench.engine().ownership(bench))) {
      throw MydockerException.of(
          Category.CONFLICT,
          "create a container of snapshot",
          snapshot.shortId(),
          "it belongs to another process, and goes with it");
    }
    // Whoever removes the snapshot looks for its containers under this lock.
    try (ContainerLock _ = new SnapshotStore(bench).lock(snapshot.id())) {
      return create(
          owner == null ? spec : spec.ownedByThisProcess(),
          new Base(snapshot.imageId(), snapshot.imageConfig(), snapshot.layers()),
          bench.images().generation());
    }
  }

  private ContainerStore.Known create(ContainerSpec spec, Base base, String generation) {
    try (NewContainer container = bench.containers().begin()) {
      ContainerRecord record =
          ContainerRecord.create(
              container.id(),
              spec,
              base.imageId(),
              base.config(),
              base.layers(),
              bench.engine().now(),
              bench.engine().zone());
      if (record.command().isEmpty()) {
        throw MydockerException.of(
            Category.INVALID,
            "create a container",
            "",
            "no command specified",
            "give one after the image");
      }
      if (spec.owned()) {
        return createOwned(container, record, generation);
      }
      return create(container, record, generation);
    }
  }

  /** It is written down who owns it before anybody else could find it. */
  private ContainerStore.Known createOwned(
      NewContainer container, ContainerRecord record, String generation) {
    String owner = bench.engine().ownership(bench);
    String id = container.id();
    ContainerRecord owned = record.ownedBy(owner);
    Owners owners = new Owners(bench);
    owners.link(owner, id, container.publishedDirectory());
    boolean made = false;
    try {
      container.write(
          Owners.PLAN, CleanupPlan.ofOrphan(bench.directory(), owned, null, null), 0600);
      ContainerStore.Known known = create(container, owned, generation);
      made = true;
      return known;
    } finally {
      if (!made) {
        owners.unlink(owner, id);
      }
    }
  }

  private ContainerStore.Known create(
      NewContainer container, ContainerRecord record, String generation) {
    container.makeDirectory("upper", 0755);
    container.makeDirectory("work", 0700);
    container.makeDirectory("bundle", 0700);
    if (AnonymousVolumes.areWanted(record)) {
      AnonymousVolumes.make(bench, container, record);
    }
    writeEtc(container, record);
    boolean lasting = !record.spec().removeOnExit() && record.owner() == null;
    ContainerStore.Known known = new ContainerStore.Known(record, record.encode());
    try (ContainerLock lock = container.publish(known, lasting)) {
      requireImage(lock, record, generation);
    }
    EventLog.append(bench, Event.Action.CREATE, record);
    return known;
  }

  /** Now that the container is known nobody removes its image; somebody may just have done so. */
  private void requireImage(ContainerLock lock, ContainerRecord record, String generation) {
    ImageStore store = bench.images();
    String id = record.imageId();
    if (id == null || generation.equals(store.generation()) || store.findSettled(id).isPresent()) {
      return;
    }
    bench.containers().remove(lock);
    throw new ImageGone(record.imageName());
  }

  /** The image was removed while the container was made. */
  private static final class ImageGone extends MydockerException {
    private static final long serialVersionUID = 1;

    ImageGone(String image) {
      super(
          Category.NOT_FOUND,
          "create a container of",
          image,
          "the image is gone",
          null,
          null,
          null);
    }
  }

  /** Container files that the engine gives: they are the container's, and may be written by it. */
  private void writeEtc(NewContainer container, ContainerRecord record) {
    ContainerSpec spec = record.spec();
    String hostname = SpecMaker.hostname(record, () -> Host.of(files), SpecMaker.Peers.NONE);
    container.write("hostname", Bytes.encode(EtcFiles.hostname(hostname)), 0644);
    container.write(
        "hosts", Bytes.encode(EtcFiles.hosts(spec, hostname, text("/etc/hosts"))), 0644);
    container.write(
        "resolv.conf", Bytes.encode(EtcFiles.resolvConf(spec, text("/etc/resolv.conf"))), 0644);
  }

  private String text(String path) {
    return files.readIfThere(FileWorker.HOST, path).map(Bytes::decode).orElse("");
  }

  /** Brings what a container is made of, unless it is here. */
  void prepare(ContainerSpec spec) {
    Base _ = base(spec);
  }

  private Base base(ContainerSpec spec) {
    String rootfs = spec.rootfs();
    if (rootfs == null) {
      String name = spec.image();
      return base(image(name == null ? "" : name, spec));
    }
    FileStatus status =
        files
            .statusFollowing(FileWorker.HOST, rootfs)
            .orElseThrow(
                () ->
                    MydockerException.of(
                        Category.NOT_FOUND,
                        "use the root file system",
                        rootfs,
                        "no such file or directory",
                        "give a directory, a tar archive or the name of a local image"));
    if (status.isDirectory()) {
      return new Base(null, ContainerConfig.EMPTY, List.of(rootfs));
    }
    RootfsArchive archives = new RootfsArchive(bench);
    Optional<Image> known = archives.known(status);
    if (known.isEmpty() && othersPrepare(spec)) {
      known = archives.known(status);
    }
    return base(known.orElseGet(() -> archives.unpack(rootfs, status)));
  }

  /** Somebody who is told of every step wants those of the preparation too. */
  private boolean othersPrepare(ContainerSpec spec) {
    Performer performer = bench.performer();
    return !performer.explains()
        && !performer.rehearses()
        && bench.engine().notices().prepares(spec);
  }

  private Base base(Image image) {
    ContainerConfig config = image.config().config();
    return new Base(
        image.id().toString(),
        config == null ? ContainerConfig.EMPTY : config,
        bench.images().layerDirectories(image));
  }

  /**
   * Finds an image, or has it brought.
   *
   * @throws MydockerException NOT_FOUND if there is none
   */
  private Image image(String name, ContainerSpec spec) {
    ImageChoice choice = spec.choice();
    Optional<Image> found =
        choice.pull() == PullPolicy.ALWAYS ? Optional.empty() : find(name, choice);
    if (found.isEmpty() && othersPrepare(spec)) {
      found = find(name, choice);
    }
    return found.isPresent() ? found.get() : new ImageSource(bench).bring(name, choice);
  }

  private Optional<Image> find(String name, ImageChoice choice) {
    Optional<Image> found = bench.images().find(name);
    return found.isPresent() && choice.platform() != null && !isFor(found.get(), choice)
        ? Optional.empty()
        : found;
  }

  private static boolean isFor(Image image, ImageChoice choice) {
    return WantedPlatform.parse(String.valueOf(choice.platform()))
        .accepts(image.config().platform());
  }
}
