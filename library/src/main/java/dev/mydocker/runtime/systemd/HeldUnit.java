package dev.mydocker.runtime.systemd;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.runtime.HelperChild;
import dev.mydocker.runtime.cgroup.CgroupDirectory;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.cgroup.CgroupVersion;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import dev.mydocker.runtime.dbus.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A unit that has just been started, while a container is made in it.
 *
 * <p>A scope begins with a process, and ends with its last. The container's first process is to be
 * born into its cgroup, so the cgroup must be there before; meanwhile a helper that does nothing
 * keeps the scope. Closing stops the unit, unless it is to stay.
 */
public final class HeldUnit implements AutoCloseable {
  private static final List<String> SYSTEMD_V1 =
      List.of("name=systemd", "cpu", "cpuacct", "blkio", "memory", "pids");

  private final Manager manager;
  private final Unit unit;
  private final ContainerCgroup cgroup;
  private final LinuxResources resources;
  private @Nullable HelperChild holder;
  private boolean kept;

  private HeldUnit(
      Manager manager,
      Unit unit,
      ContainerCgroup cgroup,
      LinuxResources resources,
      @Nullable HelperChild holder) {
    this.manager = manager;
    this.unit = unit;
    this.cgroup = cgroup;
    this.resources = resources;
    this.holder = holder;
  }

  /**
   * Starts a unit.
   *
   * @param cgroup where it will be
   * @param annotations some of which are properties
   * @throws MydockerException CONFLICT if there is one of this name with processes; else why not
   */
  public static HeldUnit start(
      FileWorker files,
      Unit unit,
      String id,
      ContainerCgroup cgroup,
      LinuxResources resources,
      Map<String, String> annotations) {
    List<Property> wanted = AnnotationProperties.of(annotations);
    wanted.addAll(LimitProperties.of(cgroup.files(withoutTasks(resources))));
    Manager manager = Manager.connect(files);
    HelperChild holder = unit.isSlice() ? null : new HelperChild(files.performer());
    HeldUnit held = new HeldUnit(manager, unit, cgroup, resources, holder);
    boolean started = false;
    try {
      List<Property> all = basic(unit, id, cgroup.paths().version(), holder);
      all.addAll(wanted);
      held.startOver(all);
      started = true;
      return held;
    } finally {
      if (!started) {
        held.kept = true;
        held.close();
      }
    }
  }

  private void startOver(List<Property> properties) {
    if (manager.start(unit.name(), properties)) {
      return;
    }
    // Of a container that has just ended, and systemd has not come to it; or one that failed.
    if (cgroup.pids().isEmpty() && !unit.isSlice()) {
      manager.stop(unit.name());
      if (manager.start(unit.name(), properties)) {
        return;
      }
    }
    throw MydockerException.of(
        Category.CONFLICT, "start systemd unit", unit.name(), "it exists and is in use");
  }

  /** What every container's unit has. */
  static List<Property> basic(
      Unit unit, String id, CgroupVersion version, @Nullable HelperChild holder) {
    boolean v2 = version == CgroupVersion.V2;
    List<Property> all = new ArrayList<>();
    if (unit.isSlice()) {
      all.add(new Property("Wants", Variant.strings(List.of(unit.slice()))));
    } else {
      all.add(new Property("Slice", Variant.of(unit.slice())));
      // On v1 the device rules are ours: systemd would open all of them whenever it writes there.
      all.add(
          v2
              ? new Property("Delegate", Variant.of(true))
              : new Property(
                  "DelegateControllers",
                  Variant.strings(SYSTEMD_V1.subList(1, SYSTEMD_V1.size()))));
      // Else a scope whose last process was ended for want of memory stays, as failed.
      all.add(new Property("CollectMode", Variant.of("inactive-or-failed")));
    }
    if (holder != null) {
      all.add(new Property("PIDs", Variant.uint32s(List.of((int) holder.pid()))));
    }
    all.add(new Property("Description", Variant.of("mydocker-oci container " + id)));
    for (String name :
        List.of(
            "MemoryAccounting",
            "CPUAccounting",
            "TasksAccounting",
            v2 ? "IOAccounting" : "BlockIOAccounting")) {
      all.add(new Property(name, Variant.of(true)));
    }
    all.add(new Property("DefaultDependencies", Variant.of(false)));
    return all;
  }

  /**
   * The cgroups that systemd does not make: on v1 those of controllers that it leaves alone. They
   * are ours to make and to remove.
   */
  public static List<CgroupDirectory> ours(CgroupPaths paths) {
    List<CgroupDirectory> ours = new ArrayList<>();
    for (CgroupDirectory directory : paths.directories()) {
      boolean systemd = directory.unified();
      for (String controller : directory.controllers()) {
        systemd |= SYSTEMD_V1.contains(controller);
      }
      if (!systemd) {
        ours.add(directory);
      }
    }
    return ours;
  }

  /** The limits that hold from the beginning: all but that of tasks, of which the helper is one. */
  public LinuxResources early() {
    return withoutTasks(resources);
  }

  private static LinuxResources withoutTasks(LinuxResources resources) {
    Map<String, String> unified = new HashMap<>(resources.unified());
    unified.remove("pids.max");
    return resources.toBuilder().pids(null).unified(unified).build();
  }

  private static LinuxResources tasks(LinuxResources resources) {
    String unified = resources.unified().get("pids.max");
    return LinuxResources.builder()
        .pids(resources.pids() == null ? null : resources.pids().limit())
        .unified(unified == null ? Map.of() : Map.of("pids.max", unified))
        .build();
  }

  /** The container's first process is there: the helper goes, and the limit of tasks comes. */
  public void settle() {
    endHolder();
    LinuxResources tasks = tasks(resources);
    List<Property> properties = LimitProperties.of(cgroup.files(tasks));
    if (!properties.isEmpty()) {
      manager.set(unit.name(), properties);
      cgroup.update(tasks);
    }
  }

  private void endHolder() {
    HelperChild ending = holder;
    holder = null;
    if (ending != null) {
      ending.close();
    }
  }

  /** The unit's name. */
  public String name() {
    return unit.name();
  }

  /** Leaves the unit to the container. */
  public void keep() {
    kept = true;
  }

  @Override
  public void close() {
    try (manager) {
      endHolder();
      if (!kept) {
        manager.stop(unit.name());
        cgroup.remove();
      }
    }
  }

  /**
   * Changes limits of a container that runs: those that systemd knows, and then all as they are
   * asked for, for systemd rounds some.
   */
  public static void update(
      FileWorker files, String unit, ContainerCgroup cgroup, LinuxResources resources) {
    LinuxResources complete = cgroup.completed(resources);
    // First, for the kernel tells what is wrong with a limit.
    cgroup.update(complete);
    List<Property> properties = LimitProperties.of(cgroup.files(complete));
    if (properties.isEmpty()) {
      return;
    }
    try (Manager manager = Manager.connect(files)) {
      manager.set(unit, properties);
    }
    cgroup.update(complete);
  }

  /** Stops a container's unit, where systemd runs still; its processes have ended. */
  public static void stop(FileWorker files, String unit) {
    if (Manager.runs(files)) {
      try (Manager manager = Manager.connect(files)) {
        manager.stop(unit);
      }
    }
  }
}
