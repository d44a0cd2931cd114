package dev.mydocker.engine;

import dev.mydocker.engine.Bind.Propagation;
import dev.mydocker.engine.NamespaceMode.Kind;
import dev.mydocker.engine.SpecMaker.Peer;
import dev.mydocker.engine.SpecMaker.Peers;
import dev.mydocker.oci.spec.MountSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the mounts of a specification: Docker's default ones, files of /etc, and what was asked for
 * in their place or beside them, parents before children.
 */
final class MountMaker {
  private static final long SHM_SIZE = 64 << 20;

  private final ContainerSpec spec;
  private final String directory;
  private final Peers peers;
  private final List<AnonymousVolume> volumes;
  private final boolean privileged;

  private MountMaker(
      ContainerSpec spec, String directory, Peers peers, List<AnonymousVolume> volumes) {
    this.spec = spec;
    this.directory = directory;
    this.peers = peers;
    this.volumes = volumes;
    this.privileged = spec.security().privileged();
  }

  static List<MountSpec> mounts(
      ContainerSpec spec, String directory, Peers peers, List<AnonymousVolume> volumes) {
    return new MountMaker(spec, directory, peers, volumes).make();
  }

  private List<MountSpec> make() {
    List<MountSpec> asked = asked();
    List<MountSpec> mounts = new ArrayList<>();
    for (MountSpec mount : defaults()) {
      if (!isReplaced(mount, asked)) {
        mounts.add(mount);
      }
    }
    mounts.addAll(asked);
    return mounts;
  }

  private List<MountSpec> defaults() {
    List<MountSpec> mounts = new ArrayList<>();
    mounts.add(MountSpec.of("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")));
    mounts.add(
        MountSpec.of(
            "/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")));
    mounts.add(
        MountSpec.of(
            "/dev/pts",
            "devpts",
            "devpts",
            List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")));
    mounts.add(MountSpec.of("/sys", "sysfs", "sysfs", kernelOptions()));
    mounts.add(MountSpec.of("/sys/fs/cgroup", "cgroup", "cgroup", kernelOptions()));
    addIpc(mounts);
    // The files are the network's: who shares it shares them. But the name is the host name's.
    Peer named = peers.uts() != null ? peers.uts() : peers.network();
    mounts.add(etc("resolv.conf", peers.network()));
    mounts.add(etc("hostname", named));
    mounts.add(etc("hosts", peers.network()));
    return mounts;
  }

  private MountSpec etc(String name, @Nullable Peer whose) {
    String files = whose == null ? directory : whose.directory();
    return bind(files + "/" + name, "/etc/" + name, spec.files().readOnly());
  }

  private List<String> kernelOptions() {
    return privileged
        ? List.of("nosuid", "noexec", "nodev")
        : List.of("nosuid", "noexec", "nodev", "ro");
  }

  /** Message queues and shared memory belong to the IPC namespace (ipc_namespaces(7)). */
  private void addIpc(List<MountSpec> mounts) {
    Kind kind = spec.namespaces().ipc().kind();
    Peer peer = peers.ipc();
    // Shows the queues of whoever mounts it, also where the host itself has it mounted nowhere.
    mounts.add(
        MountSpec.of("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")));
    if (kind == Kind.HOST) {
      mounts.add(bind("/dev/shm", "/dev/shm", false));
    } else if (peer != null) {
      mounts.add(bind("/proc/" + peer.pid() + "/root/dev/shm", "/dev/shm", false));
    } else if (kind != Kind.NONE) {
      mounts.add(
          MountSpec.of(
              "/dev/shm",
              "tmpfs",
              "shm",
              List.of("nosuid", "noexec", "nodev", "mode=1777", "size=" + shmSize())));
    }
  }

  private String shmSize() {
    ByteSize size = spec.files().shmSize();
    return Long.toString(size == null || size.bytes() <= 0 ? SHM_SIZE : size.bytes());
  }

  private static MountSpec bind(String source, String destination, boolean readOnly) {
    return MountSpec.of(
        destination,
        "bind",
        source,
        readOnly ? List.of("rbind", "rprivate", "ro") : List.of("rbind", "rprivate"));
  }

  /** Who brings a /dev of his own wants nothing of ours below it. */
  private static boolean isReplaced(MountSpec mount, List<MountSpec> asked) {
    for (MountSpec other : asked) {
      String destination = other.destination();
      if (destination.equals(mount.destination())
          || destination.equals("/dev") && mount.destination().startsWith("/dev/")) {
        return true;
      }
    }
    return false;
  }

  private List<MountSpec> asked() {
    List<MountSpec> mounts = new ArrayList<>();
    for (Bind bind : spec.files().binds()) {
      mounts.add(mount(bind));
    }
    for (TmpfsMount mount : spec.files().tmpfs()) {
      List<String> options = new ArrayList<>(List.of("noexec", "nosuid", "nodev"));
      options.addAll(mount.options());
      mounts.add(MountSpec.of(mount.destination(), "tmpfs", "tmpfs", options));
    }
    for (AnonymousVolume volume : volumes) {
      mounts.add(bind(volume.source(), volume.destination(), false));
    }
    // A stable sort: those of one depth stay in the order they were given in. Not by comparingInt:
    // its lambda is serializable, which the AOT cache does not keep, and 5 ms to make.
    mounts.sort((a, b) -> Integer.compare(depth(a.destination()), depth(b.destination())));
    return mounts;
  }

  private static MountSpec mount(Bind bind) {
    List<String> options = new ArrayList<>(List.of("rbind", bind.propagation().word()));
    if (bind.readOnly()) {
      // Read-only all the way down (mount_setattr(2), Linux 5.12), as Docker since 25.0.
      options.add("ro");
      options.add("rro");
    }
    return MountSpec.of(bind.destination(), "bind", bind.source(), options);
  }

  private static int depth(String path) {
    int depth = 0;
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '/') {
        depth++;
      }
    }
    return depth;
  }

  /**
   * Returns the propagation that the root mount needs for binds to have theirs, or null for
   * private: a mount can only receive or send through mounts above it that do.
   */
  static @Nullable String rootPropagation(List<Bind> binds) {
    String needed = null;
    for (Bind bind : binds) {
      Propagation propagation = bind.propagation();
      if (propagation == Propagation.SHARED || propagation == Propagation.RSHARED) {
        return "shared";
      }
      if (propagation == Propagation.SLAVE || propagation == Propagation.RSLAVE) {
        needed = "rslave";
      }
    }
    return needed;
  }
}
