package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What to run, and how: immutable, and made step by step.
 *
 * <pre>{@code
 * ContainerSpec web =
 *     ContainerSpec.of("busybox", "httpd", "-f", "-p", "8080", "-h", "/www")
 *         .env("TZ", "UTC")
 *         .memory(ByteSize.mebibytes(64))
 *         .bind(Path.of("site"), "/www");
 * }</pre>
 *
 * <p>Each method returns a new specification; what is malformed is refused there and then. Strings
 * that Linux takes as bytes are passed on without loss (a byte that is not UTF-8 is the lone
 * surrogate U+DC00 + byte).
 *
 * @param image the image by name or id, or null where {@code rootfs} is set
 * @param rootfs a directory or tar archive of the host with the root file system, an absolute path,
 *     or null where {@code image} is set
 * @param name the name, or null for the short id
 * @param process what runs
 * @param limits what it may use
 * @param security what it may do
 * @param namespaces whose namespaces it is in
 * @param network names and addresses it knows
 * @param files what it finds in its file system
 * @param log how much of its output is kept
 * @param removeOnExit whether the container is removed once it has exited
 * @param owned whether it lives no longer than the process that makes it
 * @param labels metadata for people
 * @param annotations metadata of its OCI configuration
 * @param cgroupParent the cgroup in which its own is made, or null for the engine's
 * @param choice how its image is chosen, and brought where it is not here
 */
public record ContainerSpec(
    @Nullable String image,
    @Nullable String rootfs,
    @Nullable String name,
    ProcessOptions process,
    ResourceLimits limits,
    SecurityOptions security,
    NamespaceModes namespaces,
    NetworkOptions network,
    FileSystemOptions files,
    LogOptions log,
    boolean removeOnExit,
    boolean owned,
    Map<String, String> labels,
    Map<String, String> annotations,
    @Nullable String cgroupParent,
    ImageChoice choice) {
  /** Copies the maps and checks what concerns several parts. */
  public ContainerSpec {
    if ((image == null) == (rootfs == null)) {
      throw invalid(
          "container", "", "a container needs an image or a root file system, and not both");
    }
    if (image != null && image.isEmpty()) {
      throw invalid("image", "", "invalid reference format: the image is empty");
    }
    if (rootfs != null && !rootfs.startsWith("/")) {
      throw invalid(
          "root file system", rootfs, "root file system " + rootfs + ": the path must be absolute");
    }
    if (name != null) {
      requireName(name);
    }
    labels = copy(labels, "label");
    annotations = copy(annotations, "annotation");
    requireCompatible(namespaces, network);
  }

  private static void requireName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (!letter && (i == 0 || "_.-".indexOf(c) < 0)) {
        throw invalidName(name);
      }
    }
    if (name.length() < 2 || name.length() > 255) {
      throw invalidName(name);
    }
  }

  private static MydockerException invalidName(String name) {
    return invalid(
        "container name",
        name,
        "Invalid container name (" + name + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
  }

  private static void requireCompatible(NamespaceModes modes, NetworkOptions network) {
    boolean otherNetwork = modes.network().kind() == NamespaceMode.Kind.CONTAINER;
    boolean otherName = modes.uts().kind() != NamespaceMode.Kind.PRIVATE;
    if (otherName && network.hostname() != null) {
      throw invalid(
          "hostname", network.hostname(), "conflicting options: hostname and the UTS mode");
    }
    if (otherName && network.domainname() != null) {
      throw invalid(
          "domainname", network.domainname(), "conflicting options: domainname and the UTS mode");
    }
    if (otherNetwork && network.hostname() != null) {
      throw invalid(
          "hostname", network.hostname(), "conflicting options: hostname and the network mode");
    }
    if (otherNetwork && !network.dns().isEmpty()) {
      throw invalid(
          "dns", String.join(" ", network.dns()), "conflicting options: dns and the network mode");
    }
    if (otherNetwork && !network.addedHosts().isEmpty()) {
      throw invalid(
          "add-host",
          String.join(" ", network.addedHosts()),
          "conflicting options: custom host-to-IP mapping and the network mode");
    }
  }

  private static Map<String, String> copy(Map<String, String> map, String what) {
    if (map.containsKey("")) {
      throw invalid(what, "", "invalid " + what + ": the key is empty");
    }
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  private static MydockerException invalid(String what, String words, String problem) {
    return MydockerException.invalid(what, words, problem, null);
  }

  /**
   * Returns the specification of a container of an image.
   *
   * @param command the command in place of the image's; nothing for the image's
   */
  public static ContainerSpec of(String image, String... command) {
    return base(image, null, command);
  }

  /**
   * Returns the specification of a container whose root file system is a directory or a tar archive
   * of the host, which is only read.
   */
  public static ContainerSpec ofRootfs(Path rootfs, String... command) {
    return base(null, rootfs.toAbsolutePath().normalize().toString(), command);
  }

  /** As {@link #ofRootfs(Path, String...)}, for a path that may be no text: absolute bytes. */
  public static ContainerSpec ofRootfs(String rootfs, String... command) {
    return base(null, rootfs, command);
  }

  private static ContainerSpec base(
      @Nullable String image, @Nullable String rootfs, String... command) {
    ContainerSpec base =
        new ContainerSpec(
            image,
            rootfs,
            null,
            ProcessOptions.DEFAULT,
            ResourceLimits.NONE,
            SecurityOptions.DEFAULT,
            NamespaceModes.DEFAULT,
            NetworkOptions.DEFAULT,
            FileSystemOptions.DEFAULT,
            LogOptions.DEFAULT,
            false,
            false,
            Map.of(),
            Map.of(),
            null,
            ImageChoice.DEFAULT);
    return command.length == 0 ? base : base.command(command);
  }

  private ContainerSpec with(Consumer<SpecDraft> change) {
    SpecDraft draft = new SpecDraft(this);
    change.accept(draft);
    return draft.finish();
  }

  /** Sets the name; without one a container is called by its short id. */
  public ContainerSpec name(String value) {
    return with(draft -> draft.name = value);
  }

  ContainerSpec withoutName() {
    return with(draft -> draft.name = null);
  }

  /** Sets when its image is brought from a registry; usually when it is not here. */
  public ContainerSpec pull(PullPolicy value) {
    return with(draft -> draft.choice = new ImageChoice(value, draft.choice.platform()));
  }

  /** Sets the machine that its image shall be for, such as {@code linux/arm64}. */
  public ContainerSpec platform(String value) {
    return with(draft -> draft.choice = new ImageChoice(draft.choice.pull(), value));
  }

  /** Sets the command in place of the image's. */
  public ContainerSpec command(String... value) {
    return with(draft -> draft.command = List.of(value));
  }

  /** Sets the command in place of the image's. */
  public ContainerSpec command(List<String> value) {
    return with(draft -> draft.command = value);
  }

  /** Sets what comes in front of the command, and forgets the image's command. */
  public ContainerSpec entrypoint(String... value) {
    return with(draft -> draft.entrypoint = List.of(value));
  }

  /** Adds an environment variable, in place of an earlier one of that name. */
  public ContainerSpec env(String variable, String value) {
    return with(draft -> draft.environment.add(variable + "=" + value));
  }

  /** Adds environment variables, each NAME=value. */
  public ContainerSpec env(List<String> variables) {
    return with(draft -> draft.environment.addAll(variables));
  }

  /** Sets the working directory, an absolute path in the container. */
  public ContainerSpec workingDirectory(String value) {
    return with(draft -> draft.workingDirectory = value);
  }

  /** Sets whom the command runs as: a name or id, perhaps a colon and a group. */
  public ContainerSpec user(String value) {
    return with(draft -> draft.user = value);
  }

  /** Sets whether standard input stays open. */
  public ContainerSpec interactive(boolean value) {
    return with(draft -> draft.interactive = value);
  }

  /** Sets whether the command gets a pseudoterminal. */
  public ContainerSpec terminal(boolean value) {
    return with(draft -> draft.terminal = value);
  }

  /** Sets whether a small init is PID 1, which reaps processes and forwards signals. */
  public ContainerSpec init(boolean value) {
    return with(draft -> draft.init = value);
  }

  /** Sets the signal that stops it, by name or number. */
  public ContainerSpec stopSignal(String value) {
    return with(draft -> draft.stopSignal = value);
  }

  /** Sets how long to wait after the stop signal; negative is without end. */
  public ContainerSpec stopTimeout(Duration value) {
    return with(draft -> draft.stopTimeout = value);
  }

  /** Sets whether the container is removed once it has exited. */
  public ContainerSpec removeOnExit(boolean value) {
    return with(draft -> draft.removeOnExit = value);
  }

  /**
   * Makes the container this process's own: it is removed when the engine that made it is closed,
   * and when this process ends, in whatever way: SIGKILL leaves no process of it, no mount, cgroup
   * or directory. Only if the helper and the container's monitor are killed in the same moment,
   * cgroups and directories stay until an engine is next used on the state directory; the
   * container's processes end even then.
   *
   * <p>For that, PID 1 is a small init, as with {@link #init}, which the kernel ends with the
   * monitor (PR_SET_PDEATHSIG). It cannot be the command: the kernel forgets that setting when a
   * process changes its user or executes a privileged file.
   *
   * <p>What such a container writes is not synchronised to the disk: it need not survive the
   * machine.
   *
   * @throws MydockerException UNSUPPORTED, when it is made by an engine that is not of {@link
   *     Engine#open}
   */
  public ContainerSpec ownedByThisProcess() {
    return with(draft -> draft.owned = true);
  }

  /** Limits memory, and memory and swap together to twice that. */
  public ContainerSpec memory(ByteSize value) {
    return with(draft -> draft.memory = value);
  }

  /** Limits memory and swap together. */
  public ContainerSpec memorySwap(ByteSize value) {
    return with(draft -> draft.memorySwap = value);
  }

  /** Sets how much memory it keeps when memory is short. */
  public ContainerSpec memoryReservation(ByteSize value) {
    return with(draft -> draft.memoryReservation = value);
  }

  /** Limits processor time, in processors: 1.5 is one and a half. */
  public ContainerSpec cpus(double value) {
    return with(draft -> draft.nanoCpus = Math.round(value * 1e9));
  }

  /** Sets its weight against others for processor time: 1024 is usual. */
  public ContainerSpec cpuShares(long value) {
    return with(draft -> draft.cpuShares = value);
  }

  /** Sets the processors it may run on, such as {@code 0-2,4}. */
  public ContainerSpec cpusetCpus(String value) {
    return with(draft -> draft.cpusetCpus = value);
  }

  /** Sets the memory nodes it may use, such as {@code 0,1}. */
  public ContainerSpec cpusetMems(String value) {
    return with(draft -> draft.cpusetMems = value);
  }

  /** Limits the number of processes and threads; -1 is no limit. */
  public ContainerSpec pidsLimit(long value) {
    return with(draft -> draft.pidsLimit = value);
  }

  /** Sets a limit of each process, in place of an earlier one of that name. */
  public ContainerSpec ulimit(Ulimit value) {
    return with(
        draft -> {
          draft.ulimits.removeIf(earlier -> earlier.name().equals(value.name()));
          draft.ulimits.add(value);
        });
  }

  /** Lets the container do almost everything that the host's root may. */
  public ContainerSpec privileged(boolean value) {
    return with(draft -> draft.privileged = value);
  }

  /** Adds a capability, such as NET_ADMIN, or ALL. */
  public ContainerSpec addCapability(String value) {
    return with(draft -> draft.capabilitiesAdded.add(value));
  }

  /** Drops a capability, such as MKNOD, or ALL. */
  public ContainerSpec dropCapability(String value) {
    return with(draft -> draft.capabilitiesDropped.add(value));
  }

  /** Sets a seccomp profile by its JSON text, or {@link SecurityOptions#UNCONFINED}. */
  public ContainerSpec seccomp(String value) {
    return with(draft -> draft.seccomp = value);
  }

  /** Sets an AppArmor profile by its name, or {@link SecurityOptions#UNCONFINED}. */
  public ContainerSpec appArmor(String value) {
    return with(draft -> draft.appArmor = value);
  }

  /** Sets whether execve may never give more privileges. */
  public ContainerSpec noNewPrivileges(boolean value) {
    return with(draft -> draft.noNewPrivileges = value);
  }

  /** Sets whose process ids it sees. */
  public ContainerSpec pid(NamespaceMode value) {
    return with(draft -> draft.pid = value);
  }

  /** Sets whose System V IPC and /dev/shm it shares. */
  public ContainerSpec ipc(NamespaceMode value) {
    return with(draft -> draft.ipc = value);
  }

  /** Sets whose host name it has. */
  public ContainerSpec uts(NamespaceMode value) {
    return with(draft -> draft.uts = value);
  }

  /** Sets whose view of cgroups it has. */
  public ContainerSpec cgroupNamespace(NamespaceMode value) {
    return with(draft -> draft.cgroup = value);
  }

  /** Sets whose network it has. */
  public ContainerSpec network(NamespaceMode value) {
    return with(draft -> draft.networkMode = value);
  }

  /** Sets the host name. */
  public ContainerSpec hostname(String value) {
    return with(draft -> draft.hostname = value);
  }

  /** Sets the NIS domain name. */
  public ContainerSpec domainname(String value) {
    return with(draft -> draft.domainname = value);
  }

  /** Adds a line to /etc/hosts. */
  public ContainerSpec addHost(String host, String address) {
    return with(draft -> draft.addedHosts.add(host + "=" + address));
  }

  /** Adds a line to /etc/hosts, from {@code name:address}. */
  public ContainerSpec addHost(String value) {
    return with(draft -> draft.addedHosts.add(value));
  }

  /** Adds a name server, by its address. */
  public ContainerSpec dns(String address) {
    return with(draft -> draft.dns.add(address));
  }

  /** Adds a domain to look names up in; a single dot for none. */
  public ContainerSpec dnsSearch(String domain) {
    return with(draft -> draft.dnsSearch.add(domain));
  }

  /** Adds an option of resolv.conf(5). */
  public ContainerSpec dnsOption(String option) {
    return with(draft -> draft.dnsOptions.add(option));
  }

  /** Sets whether the root file system cannot be written. */
  public ContainerSpec readOnlyRoot(boolean value) {
    return with(draft -> draft.readOnly = value);
  }

  /** Binds a directory or file of the host, writable. */
  public ContainerSpec bind(Path source, String destination) {
    return with(draft -> draft.binds.add(Bind.of(source, destination)));
  }

  /** Binds a directory or file of the host. */
  public ContainerSpec bind(Bind value) {
    return with(draft -> draft.binds.add(value));
  }

  /** Mounts an empty file system in memory. */
  public ContainerSpec tmpfs(TmpfsMount value) {
    return with(draft -> draft.tmpfs.add(value));
  }

  /** Mounts an empty file system in memory. */
  public ContainerSpec tmpfs(String destination) {
    return with(draft -> draft.tmpfs.add(new TmpfsMount(destination, List.of())));
  }

  /** Gives it a device of the host. */
  public ContainerSpec device(DeviceMapping value) {
    return with(draft -> draft.devices.add(value));
  }

  /** Sets the size of /dev/shm. */
  public ContainerSpec shmSize(ByteSize value) {
    return with(draft -> draft.shmSize = value);
  }

  /** Begins a new log file at that size. */
  public ContainerSpec logMaxSize(ByteSize value) {
    return with(draft -> draft.logMaxSize = value);
  }

  /** Keeps that many log files. */
  public ContainerSpec logMaxFiles(int value) {
    return with(draft -> draft.logMaxFiles = value);
  }

  /** Sets a label. */
  public ContainerSpec label(String key, String value) {
    return with(draft -> draft.labels.put(key, value));
  }

  /** Sets an annotation of its OCI configuration. */
  public ContainerSpec annotation(String key, String value) {
    return with(draft -> draft.annotations.put(key, value));
  }

  /** Sets the cgroup in which the container's is made. */
  public ContainerSpec cgroupParent(String value) {
    return with(draft -> draft.cgroupParent = value);
  }
}
