package dev.mydocker.runtime;

import java.util.List;

/**
 * How a process joins cgroups by itself.
 *
 * @param files descriptors it writes 0 to: {@code tasks} on v1, {@code cgroup.procs} on v2
 * @param directory a v2 cgroup's directory, which clone3(2) puts the process into; or -1
 */
public record CgroupMembership(List<Integer> files, int directory) {
  /** The cgroups of whoever starts it. */
  public static final CgroupMembership INHERITED = new CgroupMembership(List.of(), -1);

  public CgroupMembership {
    files = List.copyOf(files);
  }
}
