package dev.mydocker.runtime.cgroup;

/** How the machine's cgroups are mounted (cgroups(7)). */
public enum CgroupVersion {
  /** Each controller, or a few together, with a hierarchy of its own. */
  V1("v1"),
  /** One hierarchy for all controllers. */
  V2("v2"),
  /** The resource controllers as with v1, and a v2 hierarchy without them beside. */
  HYBRID("hybrid");

  private final String label;

  CgroupVersion(String label) {
    this.label = label;
  }

  /** The version as people and files write it. */
  public String label() {
    return label;
  }

  static CgroupVersion of(String label) {
    for (CgroupVersion version : values()) {
      if (version.label.equals(label)) {
        return version;
      }
    }
    throw new IllegalArgumentException("no cgroup version " + label);
  }
}
