package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.NamespaceMode.Kind;
import dev.mydocker.oci.spec.LinuxCapabilities;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxSeccomp;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.Rlimit;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.security.AppArmorProfile;
import dev.mydocker.runtime.security.CapabilitySet;
import dev.mydocker.runtime.security.DefaultDevices;
import dev.mydocker.runtime.security.DefaultSeccomp;
import dev.mydocker.runtime.security.DockerSeccompProfile;
import dev.mydocker.runtime.security.Isolation;
import dev.mydocker.runtime.security.SeccompCompiler;
import dev.mydocker.runtime.security.SeccompProgram;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the OCI runtime specification of a container, with Docker's defaults. It asks nothing of
 * the machine and changes nothing: all that it depends on is in its {@link Input}.
 */
final class SpecMaker {
  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final Input input;
  private final ContainerSpec spec;
  private final ProcessOptions process;
  private final CapabilitySet capabilities;

  /**
   * What a specification is made from.
   *
   * @param record the container
   * @param directory its directory, with the files hostname, hosts and resolv.conf
   * @param rootfs where its root file system is
   * @param cgroupsPath its cgroup
   * @param host the machine
   * @param devices those of the host that it gets
   * @param peers other containers whose namespaces it is in
   * @param volumes those that its image asked for
   */
  record Input(
      ContainerRecord record,
      String directory,
      String rootfs,
      String cgroupsPath,
      Host host,
      List<HostDevices.Given> devices,
      Peers peers,
      List<AnonymousVolume> volumes) {
    Input {
      devices = List.copyOf(devices);
      volumes = List.copyOf(volumes);
    }
  }

  /**
   * Other containers whose namespaces a container is in, each running; null where it has its own.
   */
  record Peers(
      @Nullable Peer pid,
      @Nullable Peer ipc,
      @Nullable Peer uts,
      @Nullable Peer cgroup,
      @Nullable Peer network) {
    /** None. */
    static final Peers NONE = new Peers(null, null, null, null, null);
  }

  /**
   * Another container.
   *
   * @param pid its first process
   * @param directory its directory
   * @param hostname its host name
   */
  record Peer(long pid, String directory, String hostname) {}

  private SpecMaker(Input input) {
    this.input = input;
    this.spec = input.record().spec();
    this.process = input.record().process();
    this.capabilities = capabilities(spec.security(), input.host());
  }

  /**
   * Makes the specification. The user stays 0 in it: who is meant by {@link ProcessOptions#user} is
   * for the runtime to find in the container's own files. It has no seccomp profile unless one was
   * given: see {@link #seccomp}.
   */
  static RuntimeSpec make(Input input) {
    return new SpecMaker(input).make();
  }

  /**
   * Returns the system call filter, or null for none. The default one is there without compiling.
   */
  static @Nullable SeccompProgram seccomp(ContainerSpec spec, Host host) {
    String profile = spec.security().seccomp();
    boolean open = spec.security().privileged() && profile == null;
    if (open || profile != null && profile.equals(SecurityOptions.UNCONFINED)) {
      return null;
    }
    CapabilitySet bounding = capabilities(spec.security(), host);
    return profile == null
        ? DefaultSeccomp.program(bounding, host.machine())
        : SeccompCompiler.compile(parse(profile, bounding, host), host.machine());
  }

  private static LinuxSeccomp parse(String profile, CapabilitySet bounding, Host host) {
    return DockerSeccompProfile.parse(
        profile.getBytes(StandardCharsets.UTF_8),
        "the seccomp profile",
        bounding,
        host.machine(),
        host.kernelRelease());
  }

  /** Returns the bounding set of a container. */
  static CapabilitySet capabilities(SecurityOptions security, Host host) {
    return security.privileged()
        ? host.capabilities()
        : CapabilitySet.DEFAULT
            .and(host.capabilities())
            .adjusted(
                security.capabilitiesAdded(), security.capabilitiesDropped(), host.capabilities());
  }

  /** Returns the host name that a container sees. */
  static String hostname(ContainerRecord record, Supplier<Host> host, Peers peers) {
    ContainerSpec spec = record.spec();
    String asked = spec.network().hostname();
    Peer peer = peers.uts() != null ? peers.uts() : peers.network();
    if (asked != null) {
      return asked;
    }
    Kind uts = spec.namespaces().uts().kind();
    boolean networkOfHost = spec.namespaces().network().kind() == Kind.HOST;
    if (uts == Kind.HOST || networkOfHost && uts != Kind.CONTAINER) {
      return host.get().hostname();
    }
    return peer != null ? peer.hostname() : record.shortId();
  }

  private RuntimeSpec make() {
    String hostname = hostname(input.record(), input::host, input.peers());
    boolean ownName = spec.namespaces().uts().kind() == Kind.PRIVATE;
    RuntimeSpec.Builder builder =
        RuntimeSpec.builder()
            .root(input.rootfs(), spec.files().readOnly())
            .process(process(hostname))
            .mounts(MountMaker.mounts(spec, input.directory(), input.peers(), input.volumes()))
            .linux(linux());
    if (ownName) {
      builder.hostname(hostname).domainname(spec.network().domainname());
    }
    spec.annotations().forEach(builder::annotation);
    return builder.build();
  }

  private ProcessSpec process(String hostname) {
    if (input.record().command().isEmpty()) {
      throw MydockerException.said(
          Category.INVALID,
          "no command specified",
          "start container",
          input.record().name(),
          "no command specified",
          "give one after the image");
    }
    List<String> defaults = new ArrayList<>(List.of(PATH, "HOSTNAME=" + hostname));
    if (process.terminal()) {
      defaults.add("TERM=xterm");
    }
    String directory = process.workingDirectory();
    ProcessSpec.Builder builder =
        ProcessSpec.builder()
            .terminal(process.terminal())
            .args(input.record().command())
            .env(ImageDefaults.override(defaults, process.environment()))
            .cwd(directory == null ? "/" : directory)
            .capabilities(LinuxCapabilities.of(capabilities.names(), true))
            .noNewPrivileges(spec.security().noNewPrivileges())
            .apparmorProfile(appArmor());
    for (Ulimit limit : spec.limits().ulimits()) {
      String type = "RLIMIT_" + limit.name().toUpperCase(Locale.ROOT);
      // -1 is RLIM_INFINITY in both.
      builder.rlimit(Rlimit.of(type, limit.soft(), limit.hard()));
    }
    return builder.build();
  }

  private @Nullable String appArmor() {
    String asked = spec.security().appArmor();
    if (asked != null && asked.equals(SecurityOptions.UNCONFINED)) {
      return null;
    }
    if (!input.host().appArmor()) {
      if (asked != null) {
        throw MydockerException.of(
            Category.UNSUPPORTED,
            "use the AppArmor profile",
            asked,
            "AppArmor is not on",
            "leave the option out");
      }
      return null;
    }
    return asked != null ? asked : spec.security().privileged() ? null : AppArmorProfile.NAME;
  }

  private LinuxSpec linux() {
    boolean privileged = spec.security().privileged();
    LinuxSpec.Builder builder =
        LinuxSpec.builder()
            .resources(ResourceMaker.resources(spec, input.devices()))
            .cgroupsPath(input.cgroupsPath())
            .rootfsPropagation(MountMaker.rootPropagation(spec.files().binds()));
    if (!privileged) {
      builder
          .maskedPaths(Isolation.maskedPaths(input.host().processors()))
          .readonlyPaths(Isolation.READ_ONLY_PATHS);
    }
    addNamespaces(builder);
    addDevices(builder);
    String seccomp = spec.security().seccomp();
    if (seccomp != null && !seccomp.equals(SecurityOptions.UNCONFINED)) {
      builder.seccomp(parse(seccomp, capabilities, input.host()));
    }
    Kind network = spec.namespaces().network().kind();
    if (network == Kind.NONE || network == Kind.PRIVATE) {
      // Ports and pings concern nobody else there, so they need no privilege.
      builder
          .sysctl("net.ipv4.ip_unprivileged_port_start", "0")
          .sysctl("net.ipv4.ping_group_range", "0 2147483647");
    }
    return builder.build();
  }

  private void addNamespaces(LinuxSpec.Builder builder) {
    NamespaceModes modes = spec.namespaces();
    builder.namespace(LinuxNamespace.create(LinuxNamespace.Type.MOUNT));
    addNamespace(builder, LinuxNamespace.Type.NETWORK, modes.network(), input.peers().network());
    addNamespace(builder, LinuxNamespace.Type.IPC, modes.ipc(), input.peers().ipc());
    addNamespace(builder, LinuxNamespace.Type.UTS, modes.uts(), input.peers().uts());
    addNamespace(builder, LinuxNamespace.Type.PID, modes.pid(), input.peers().pid());
    addNamespace(builder, LinuxNamespace.Type.CGROUP, modes.cgroup(), input.peers().cgroup());
  }

  private static void addNamespace(
      LinuxSpec.Builder builder,
      LinuxNamespace.Type type,
      NamespaceMode mode,
      @Nullable Peer peer) {
    switch (mode.kind()) {
      case PRIVATE, NONE -> builder.namespace(LinuxNamespace.create(type));
      case CONTAINER -> {
        if (peer == null) {
          throw new IllegalStateException("the peer of " + mode + " is missing");
        }
        String file = type == LinuxNamespace.Type.NETWORK ? "net" : type.word();
        builder.namespace(LinuxNamespace.join(type, "/proc/" + peer.pid() + "/ns/" + file));
      }
      case HOST -> {}
    }
  }

  /** The default ones, but for those that the host's replace. */
  private void addDevices(LinuxSpec.Builder builder) {
    List<String> given = new ArrayList<>();
    for (HostDevices.Given device : input.devices()) {
      given.add(device.device().path());
    }
    DefaultDevices.NODES.stream()
        .filter(node -> !given.contains(node.path()))
        .forEach(builder::device);
    input.devices().forEach(device -> builder.device(device.device()));
  }
}
