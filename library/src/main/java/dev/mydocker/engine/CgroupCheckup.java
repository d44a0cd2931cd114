package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.runtime.cgroup.CgroupHierarchy;
import dev.mydocker.runtime.cgroup.CgroupLayout;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.cgroup.CgroupVersion;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import dev.mydocker.runtime.cgroup.NewCgroup;
import java.util.ArrayList;
import java.util.List;

/** Whether cgroups can be made, and which resources they rule. */
final class CgroupCheckup {
  private static final String AREA = "cgroups";

  private final FileWorker files;
  private final Findings findings;

  CgroupCheckup(FileWorker files, Findings findings) {
    this.files = files;
    this.findings = findings;
  }

  void run() {
    CgroupLayout layout;
    try {
      layout = CgroupLayout.discover(files);
    } catch (MydockerException e) {
      findings.unusable(AREA, "hierarchies", e);
      return;
    }
    controllers(layout);
    making(layout);
  }

  private void controllers(CgroupLayout layout) {
    boolean v2 = layout.version() == CgroupVersion.V2;
    List<String> there = new ArrayList<>();
    for (CgroupHierarchy hierarchy : layout.hierarchies()) {
      there.addAll(hierarchy.controllers());
    }
    findings.ok(AREA, "version", layout.version().label());
    // On v2 devices are ruled by programs and freezing is part of every cgroup.
    List<String> wanted =
        v2
            ? List.of("memory", "pids", "cpu", "cpuset", "io")
            : List.of("memory", "pids", "cpu", "cpuset", "blkio", "devices", "freezer");
    List<String> missing = new ArrayList<>(wanted);
    missing.removeAll(there);
    if (missing.isEmpty()) {
      findings.ok(AREA, "controllers", String.join(" ", wanted));
      return;
    }
    String memory = missing.contains("memory") ? ", or boot with cgroup_enable=memory" : "";
    findings.degraded(
        AREA,
        "controllers",
        "without " + String.join(" ", missing) + ": such limits are refused",
        (v2
                ? "boot without systemd.unified_cgroup_hierarchy=0 and without v1 mounts of them"
                : "mount each: mount -t cgroup -o NAME none /sys/fs/cgroup/NAME")
            + memory);
  }

  /** Makes one as a container's is made, in every hierarchy, and removes it. */
  private void making(CgroupLayout layout) {
    CgroupPaths paths =
        layout.place("mydocker-doctor-" + ContainerIds.shortId(ContainerIds.random(files)));
    ContainerCgroup cgroup = new ContainerCgroup(files, paths);
    try {
      try (NewCgroup made = NewCgroup.create(files, paths, null, LinuxResources.NONE)) {
        findings.ok(AREA, "making", "in " + made.paths().directories().size() + " hierarchies");
      } finally {
        cgroup.remove();
      }
    } catch (MydockerException e) {
      findings.unusable(
          AREA,
          "making",
          String.valueOf(e.getMessage()),
          e.suggestion().orElse("run as root, where cgroup file systems are mounted for writing"));
    }
  }
}
