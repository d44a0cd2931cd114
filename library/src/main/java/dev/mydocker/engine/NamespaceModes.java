package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.engine.NamespaceMode.Kind;

/**
 * Whose namespaces a container is in.
 *
 * @param pid process ids
 * @param ipc System V IPC, message queues and /dev/shm
 * @param uts host name
 * @param cgroup the view of cgroups
 * @param network network devices, ports and rules
 */
public record NamespaceModes(
    NamespaceMode pid,
    NamespaceMode ipc,
    NamespaceMode uts,
    NamespaceMode cgroup,
    NamespaceMode network) {
  /** All new, and no network but the loopback. */
  public static final NamespaceModes DEFAULT =
      new NamespaceModes(
          NamespaceMode.PRIVATE,
          NamespaceMode.PRIVATE,
          NamespaceMode.PRIVATE,
          NamespaceMode.PRIVATE,
          NamespaceMode.NONE);

  /** Refuses modes that a namespace does not have; a network of its own has only the loopback. */
  public NamespaceModes {
    if (network.kind() == Kind.PRIVATE) {
      network = NamespaceMode.NONE;
    }
    requireNot(Kind.NONE, pid, "--pid: invalid PID mode");
    requireNot(Kind.NONE, uts, "--uts: invalid UTS mode");
    requireNot(Kind.NONE, cgroup, "--cgroupns: invalid CGROUP mode");
  }

  private static void requireNot(Kind kind, NamespaceMode mode, String problem) {
    if (mode.kind() == kind) {
      throw MydockerException.invalid("namespace mode", mode, problem, null);
    }
  }
}
