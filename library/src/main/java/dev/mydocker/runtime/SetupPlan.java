package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.oci.spec.ConsoleSize;
import dev.mydocker.oci.spec.Hooks;
import dev.mydocker.oci.spec.LinuxDevice;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.MountSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Lowering;
import dev.mydocker.runtime.plan.Plan;
import dev.mydocker.runtime.plan.Step;
import dev.mydocker.runtime.process.AccountFiles;
import dev.mydocker.runtime.process.ProcessSteps;
import dev.mydocker.runtime.process.SettingSteps;
import dev.mydocker.runtime.rootfs.DeviceSteps;
import dev.mydocker.runtime.rootfs.MountOptions;
import dev.mydocker.runtime.rootfs.MountSteps;
import dev.mydocker.runtime.rootfs.RootSteps;
import dev.mydocker.runtime.rootfs.Tmpfs;
import dev.mydocker.runtime.security.HostLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first plan that a container's future PID 1 performs: from a copy of the monitor to a process
 * that sees only the container, everything mounted, masked and pivoted, but still with the helper's
 * privileges. The order is that of {@link dev.mydocker.runtime.plan.Group}.
 */
final class SetupPlan {
  private static final List<String> LINKS = List.of("fd", "stdin", "stdout", "stderr", "ptmx");
  private static final String CGROUPS = "open the container's own cgroups, to be shown";
  private static final List<String> TARGETS =
      List.of("/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2", "pts/ptmx");

  private final LaunchRequest request;
  private final Performer performer;
  private final int root;
  private final List<Integer> opened = new ArrayList<>();
  private final DeviceSteps.Terminal terminal = new DeviceSteps.Terminal();
  private final AccountFiles accounts = new AccountFiles();
  private final Plan plan;
  private final @Nullable Plan rest;

  /**
   * Opens what the plan needs of the host, and makes the plan.
   *
   * @param parent a pidfd of the monitor
   * @param namespaces to be joined by the process itself, with descriptors of ours
   */
  SetupPlan(
      Performer performer,
      LaunchRequest request,
      int root,
      int parent,
      List<Monitors.Namespace> namespaces) {
    this.performer = performer;
    this.request = request;
    this.root = root;
    boolean finished = false;
    try {
      boolean hooked = hasHooks(request.spec().hooks());
      this.plan = make(parent, namespaces, !hooked);
      this.rest = hooked ? isolate() : null;
      finished = true;
    } finally {
      if (!finished) {
        close();
      }
    }
  }

  /** Whether programs run while the container is made, before it moves into its root. */
  private static boolean hasHooks(Hooks hooks) {
    return !hooks.prestart().isEmpty()
        || !hooks.createRuntime().isEmpty()
        || !hooks.createContainer().isEmpty();
  }

  /** All of it; with hooks, what comes before these. */
  Plan plan() {
    return plan;
  }

  /** With hooks, what comes behind them; else null. */
  @Nullable Plan rest() {
    return rest;
  }

  DeviceSteps.Terminal terminal() {
    return terminal;
  }

  AccountFiles accounts() {
    return accounts;
  }

  /** Closes our copies of the host's descriptors. */
  void close() {
    new FileWorker(performer).close(opened);
    opened.clear();
  }

  private Plan make(int parent, List<Monitors.Namespace> namespaces, boolean whole) {
    RuntimeSpec spec = request.spec();
    LinuxSpec linux = Specs.linux(spec);
    ProcessSpec process = Specs.process(spec);
    SegmentBuilder b = Segment.builder();
    Plan.Builder plan = new Plan.Builder(new Lowering(b, b.descriptor(root)));
    plan.add(
        ProcessSteps.endWithParent(
            Group.LIMITS,
            "should engine and monitor be killed during the start, nobody else would end it",
            b.descriptor(parent)));
    addLimits(plan, process);
    addNamespaces(plan, b, linux, namespaces);
    // Hooks look for it where the bundle has it; the engine's has no place of its own.
    plan.add(
        RootSteps.attachRoot(
            request.bundle() == null ? request.runDirectory() : Specs.root(spec).path()));
    if (linux.namespace(LinuxNamespace.Type.USER) != null) {
      plan.add(ProcessSteps.becomeMappedRoot());
    }
    addMounts(plan, b);
    if (!process.cwd().equals("/")) {
      plan.add(ProcessSteps.makeDirectory(process.cwd()));
    }
    addDevices(plan, linux, process);
    if (whole) {
      addIsolation(plan, linux);
      plan.add(accounts.read());
    }
    return plan.build();
  }

  /** What hooks come before: they may still write to the root, and find the host's programs. */
  private Plan isolate() {
    SegmentBuilder b = Segment.builder();
    Plan.Builder plan = new Plan.Builder(new Lowering(b, b.descriptor(root)));
    addIsolation(plan, Specs.linux(request.spec()));
    plan.add(accounts.read());
    return plan.build();
  }

  private void addLimits(Plan.Builder plan, ProcessSpec process) {
    plan.add(ProcessSteps.joinCgroup(request.cgroup()));
    Integer score = process.oomScoreAdj();
    if (score != null) {
      plan.add(SettingSteps.oomScore(score));
    }
    plan.add(ProcessSteps.notDumpable());
  }

  private void addNamespaces(
      Plan.Builder plan, SegmentBuilder b, LinuxSpec linux, List<Monitors.Namespace> namespaces) {
    for (Monitors.Namespace namespace : namespaces) {
      plan.add(
          ProcessSteps.joinNamespace(
              b.descriptor(namespace.descriptor()), namespace.kinds(), namespace.what()));
    }
    if (Specs.isNew(linux, LinuxNamespace.Type.CGROUP)) {
      plan.add(ProcessSteps.unshareCgroupNamespace());
    }
    plan.add(RootSteps.isolateMounts(Specs.propagationBefore(linux)));
    RuntimeSpec spec = request.spec();
    if (linux.namespace(LinuxNamespace.Type.UTS) != null) {
      String hostname = spec.hostname();
      if (hostname != null) {
        plan.add(RootSteps.setHostname(hostname));
      }
      String domainname = spec.domainname();
      if (domainname != null) {
        plan.add(RootSteps.setDomainname(domainname));
      }
    }
    if (Specs.isNew(linux, LinuxNamespace.Type.NETWORK)) {
      plan.add(RootSteps.raiseLoopback());
    }
  }

  private void addMounts(Plan.Builder plan, SegmentBuilder b) {
    for (MountSpec mount : request.spec().mounts()) {
      MountOptions options = MountOptions.of(mount);
      String type = mount.type() == null ? "" : mount.type();
      if (options.remount()) {
        plan.add(MountSteps.remount(mount.destination(), options));
      } else if (options.bind()) {
        addBind(plan, b, mount, options);
      } else if (type.equals("cgroup") || type.equals("cgroup2")) {
        addCgroups(plan, b, mount.destination(), options);
      } else {
        addFileSystem(plan, b, mount, type, options);
      }
    }
  }

  private void addFileSystem(
      Plan.Builder plan, SegmentBuilder b, MountSpec mount, String type, MountOptions given) {
    MountOptions options = given;
    String destination = mount.destination();
    String label = Specs.linux(request.spec()).mountLabel();
    if (label != null && (type.equals("tmpfs") || type.equals("devpts"))) {
      HostLabels.requireMountLabel(performer, label);
      options = options.withData("context=" + label);
    }
    // The engine's own say their mode.
    if (type.equals("tmpfs") && request.bundle() != null) {
      options = Tmpfs.withMode(new FileWorker(performer), root, destination, options);
    }
    if (!options.copyUp()) {
      plan.add(MountSteps.fileSystem(type, device(mount), destination, options));
      return;
    }
    int made = Tmpfs.copyUp(new FileWorker(performer), root, destination, device(mount), options);
    opened.add(made);
    plan.add(
        MountSteps.bind(
            "tmpfs", destination, true, b.descriptor(made), "with a copy of what is there"));
  }

  /** What a file system is made of: an absolute path; or a name, which a bundle's are shown by. */
  private @Nullable String device(MountSpec mount) {
    String source = mount.source();
    boolean shown = request.bundle() != null && source != null && !source.isEmpty();
    return source != null && (shown || source.startsWith("/")) ? source : null;
  }

  private void addBind(Plan.Builder plan, SegmentBuilder b, MountSpec mount, MountOptions options) {
    String source = mount.source() == null ? "" : mount.source();
    int users = options.idMapped() ? users(mount) : -1;
    Sources.Tree tree =
        Sources.open(
            performer,
            source,
            options.orPropagation(Specs.propagationOfMounts(Specs.linux(request.spec()))),
            users,
            "open what comes from the host");
    opened.add(tree.descriptor());
    plan.add(
        MountSteps.bind(
            source,
            mount.destination(),
            tree.directory(),
            b.descriptor(tree.descriptor()),
            "a file or directory of the host, opened before the container existed"));
  }

  /** A user namespace by which a mount's files have other owners: its own, or the container's. */
  private int users(MountSpec mount) {
    LinuxSpec linux = Specs.linux(request.spec());
    LinuxNamespace joined = linux.namespace(LinuxNamespace.Type.USER);
    boolean own = !mount.uidMappings().isEmpty();
    String path = joined == null ? null : joined.path();
    int users =
        !own && path != null
            ? new FileWorker(performer).open(FileWorker.HOST, path, Linux.O_RDONLY, 0)
            : UserMaps.open(
                performer,
                own ? mount.uidMappings() : linux.uidMappings(),
                own ? mount.gidMappings() : linux.gidMappings());
    opened.add(users);
    return users;
  }

  /** The container's own cgroups, as bind mounts of their directories. */
  private void addCgroups(
      Plan.Builder plan, SegmentBuilder b, String destination, MountOptions options) {
    boolean unified =
        request.cgroupMounts().size() == 1 && request.cgroupMounts().get(0).name().isEmpty();
    if (!unified && !request.cgroupMounts().isEmpty()) {
      MountOptions flat = MountOptions.of(List.of("nosuid", "noexec", "nodev", "mode=755"));
      plan.add(MountSteps.fileSystem("tmpfs", null, destination, flat));
    }
    List<String> sources = new ArrayList<>();
    for (LaunchRequest.CgroupMount cgroup : request.cgroupMounts()) {
      sources.add(cgroup.source());
    }
    List<Sources.Tree> trees = Sources.openAll(performer, sources, options, CGROUPS);
    for (Sources.Tree tree : trees) {
      opened.add(tree.descriptor());
    }
    for (int i = 0; i < trees.size(); i++) {
      LaunchRequest.CgroupMount cgroup = request.cgroupMounts().get(i);
      Sources.Tree tree = trees.get(i);
      plan.add(
          MountSteps.bind(
              "cgroup",
              unified ? destination : destination + "/" + cgroup.name(),
              true,
              b.descriptor(tree.descriptor()),
              "shows the container its own limits"));
    }
    if (!unified && (options.set() & Linux.MOUNT_ATTR_RDONLY) != 0) {
      plan.add(MountSteps.makeReadOnly(destination));
    }
  }

  private void addDevices(Plan.Builder plan, LinuxSpec linux, ProcessSpec process) {
    boolean unprivileged = linux.namespace(LinuxNamespace.Type.USER) != null;
    for (LinuxDevice device : linux.devices()) {
      plan.add(unprivileged ? hostDevice(plan, device) : DeviceSteps.node(device));
    }
    plan.add(MountSteps.deviceLinks(LINKS, TARGETS));
    if (process.terminal()) {
      ConsoleSize size = process.consoleSize();
      plan.add(
          DeviceSteps.terminal(
              terminal, size == null ? 0 : size.height(), size == null ? 0 : size.width(), true));
    }
  }

  /**
   * In a user namespace nobody may make device nodes that can be opened: the host's is bound, once
   * it has turned out to be the device.
   */
  private Step hostDevice(Plan.Builder plan, LinuxDevice device) {
    if (device.type().equals("p")) {
      return DeviceSteps.node(device);
    }
    FileWorker files = new FileWorker(performer);
    FileStatus status = files.statusFollowing(FileWorker.HOST, device.path()).orElse(null);
    int kind = device.type().equals("b") ? Linux.S_IFBLK : Linux.S_IFCHR;
    if (status == null
        || (status.mode() & Linux.S_IFMT) != kind
        || status.deviceMajor() != device.major()
        || status.deviceMinor() != device.minor()) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "create the device",
          device.path(),
          "in a user namespace only the host's own can be had, and it has no such device"
              + " there");
    }
    Sources.Tree tree =
        Sources.open(
            performer,
            device.path(),
            // Nothing of a device is executed, whatever its owner makes of the host's.
            MountOptions.of(List.of("bind", "nosuid", "noexec")),
            -1,
            "open a device");
    opened.add(tree.descriptor());
    Value source = plan.lowering().segment().descriptor(tree.descriptor());
    return DeviceSteps.bind(device.path(), source);
  }

  private void addIsolation(Plan.Builder plan, LinuxSpec linux) {
    for (Map.Entry<String, String> parameter : linux.sysctl().entrySet()) {
      plan.add(RootSteps.setSysctl(parameter.getKey(), parameter.getValue()));
    }
    if (Specs.root(request.spec()).readonly()) {
      plan.add(RootSteps.makeRootReadOnly());
    }
    for (String path : linux.readonlyPaths()) {
      plan.add(RootSteps.protect(path));
    }
    for (String path : linux.maskedPaths()) {
      plan.add(RootSteps.mask(path));
    }
    plan.add(RootSteps.pivotRoot());
    long propagation = Specs.propagationAfter(linux);
    if (propagation != 0) {
      plan.add(RootSteps.propagateRoot(propagation, Specs.propagatesBelow(linux)));
    }
  }
}
