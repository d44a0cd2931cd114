package dev.mydocker.runtime.cgroup;

import java.util.List;

/**
 * A mounted hierarchy, and where this process is in it.
 *
 * @param controllers its controllers, or {@code name=…} for a v1 hierarchy without any; for v2,
 *     those that the kernel offers at the mount's top
 * @param unified whether it is v2's
 * @param mountPoint where it is mounted
 * @param own this process's cgroup below {@code mountPoint}: empty or with a leading slash; empty
 *     also where that cgroup is not visible through this mount
 */
public record CgroupHierarchy(
    List<String> controllers, boolean unified, String mountPoint, String own) {
  /** Copies the list. */
  public CgroupHierarchy {
    controllers = List.copyOf(controllers);
  }

  /**
   * Below which cgroup ours are made.
   *
   * <p>For v1's controllers this process's own, so that the limits on us hold for what we start.
   * For hierarchies that a service manager tracks processes with ({@code name=systemd}, v2) the
   * mount's top: whoever stops the service that called us ends all below its cgroup. On v2 there is
   * another reason: a cgroup that holds processes, as ours does, cannot give controllers to its
   * children (cgroups(7), "no internal processes").
   */
  String base() {
    return unified || controllers.getFirst().startsWith("name=") ? "" : own;
  }
}
