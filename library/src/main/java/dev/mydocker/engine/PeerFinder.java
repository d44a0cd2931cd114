package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.SpecMaker.Peer;
import dev.mydocker.engine.SpecMaker.Peers;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import org.jspecify.annotations.Nullable;

/**
 * Finds the containers whose namespaces a container shares: which process has them is known now.
 */
final class PeerFinder {
  private final Workbench bench;

  PeerFinder(Workbench bench) {
    this.bench = bench;
  }

  /**
   * Finds them.
   *
   * @throws MydockerException CONFLICT if one does not run
   */
  Peers find(NamespaceModes modes) {
    return new Peers(
        peer("PID", modes.pid()),
        peer("IPC", modes.ipc()),
        peer("UTS", modes.uts()),
        peer("cgroup", modes.cgroup()),
        peer("network", modes.network()));
  }

  private @Nullable Peer peer(String kind, NamespaceMode mode) {
    if (mode.kind() != NamespaceMode.Kind.CONTAINER) {
      return null;
    }
    ContainerRecord other = bench.containers().read(bench.containers().resolve(mode.container()));
    RunRecord run = other.run();
    if (run == null || !bench.observer().status(other).isAlive()) {
      throw MydockerException.of(
          Category.CONFLICT,
          "join the",
          kind + " namespace of container " + other.name(),
          "it is not running",
          "start it first: mydocker start " + other.name());
    }
    String directory = bench.directory().container(other.id());
    String hostname =
        Bytes.decode(bench.files().read(FileWorker.HOST, directory + "/hostname", 4096)).strip();
    return new Peer(run.init().pid(), directory, hostname);
  }
}
