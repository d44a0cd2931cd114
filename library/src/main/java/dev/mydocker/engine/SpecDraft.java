package dev.mydocker.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a {@link ContainerSpec} holds, open to change: a method of the specification takes one,
 * changes it and makes a new specification of it.
 */
final class SpecDraft {
  @Nullable String image;
  @Nullable String rootfs;
  @Nullable String name;
  boolean removeOnExit;
  boolean owned;
  final Map<String, String> labels;
  final Map<String, String> annotations;
  @Nullable String cgroupParent;
  ImageChoice choice;

  @Nullable List<String> command;
  @Nullable List<String> entrypoint;
  final List<String> environment;
  @Nullable String workingDirectory;
  @Nullable String user;
  boolean interactive;
  boolean terminal;
  boolean init;
  @Nullable String stopSignal;
  @Nullable Duration stopTimeout;

  @Nullable ByteSize memory;
  @Nullable ByteSize memorySwap;
  @Nullable ByteSize memoryReservation;
  @Nullable Long nanoCpus;
  @Nullable Long cpuShares;
  @Nullable String cpusetCpus;
  @Nullable String cpusetMems;
  @Nullable Long pidsLimit;
  final List<Ulimit> ulimits;

  boolean privileged;
  final List<String> capabilitiesAdded;
  final List<String> capabilitiesDropped;
  @Nullable String seccomp;
  @Nullable String appArmor;
  boolean noNewPrivileges;

  NamespaceMode pid;
  NamespaceMode ipc;
  NamespaceMode uts;
  NamespaceMode cgroup;
  NamespaceMode networkMode;

  @Nullable String hostname;
  @Nullable String domainname;
  final List<String> addedHosts;
  final List<String> dns;
  final List<String> dnsSearch;
  final List<String> dnsOptions;

  boolean readOnly;
  final List<Bind> binds;
  final List<TmpfsMount> tmpfs;
  final List<DeviceMapping> devices;
  @Nullable ByteSize shmSize;

  @Nullable ByteSize logMaxSize;
  int logMaxFiles;

  SpecDraft(ContainerSpec spec) {
    image = spec.image();
    rootfs = spec.rootfs();
    name = spec.name();
    removeOnExit = spec.removeOnExit();
    owned = spec.owned();
    labels = new LinkedHashMap<>(spec.labels());
    annotations = new LinkedHashMap<>(spec.annotations());
    cgroupParent = spec.cgroupParent();
    choice = spec.choice();

    ProcessOptions process = spec.process();
    command = process.command();
    entrypoint = process.entrypoint();
    environment = new ArrayList<>(process.environment());
    workingDirectory = process.workingDirectory();
    user = process.user();
    interactive = process.interactive();
    terminal = process.terminal();
    init = process.init();
    stopSignal = process.stopSignal();
    stopTimeout = process.stopTimeout();

    ResourceLimits limits = spec.limits();
    memory = limits.memory();
    memorySwap = limits.memorySwap();
    memoryReservation = limits.memoryReservation();
    nanoCpus = limits.nanoCpus();
    cpuShares = limits.cpuShares();
    cpusetCpus = limits.cpusetCpus();
    cpusetMems = limits.cpusetMems();
    pidsLimit = limits.pidsLimit();
    ulimits = new ArrayList<>(limits.ulimits());

    SecurityOptions security = spec.security();
    privileged = security.privileged();
    capabilitiesAdded = new ArrayList<>(security.capabilitiesAdded());
    capabilitiesDropped = new ArrayList<>(security.capabilitiesDropped());
    seccomp = security.seccomp();
    appArmor = security.appArmor();
    noNewPrivileges = security.noNewPrivileges();

    NamespaceModes namespaces = spec.namespaces();
    pid = namespaces.pid();
    ipc = namespaces.ipc();
    uts = namespaces.uts();
    cgroup = namespaces.cgroup();
    networkMode = namespaces.network();

    NetworkOptions network = spec.network();
    hostname = network.hostname();
    domainname = network.domainname();
    addedHosts = new ArrayList<>(network.addedHosts());
    dns = new ArrayList<>(network.dns());
    dnsSearch = new ArrayList<>(network.dnsSearch());
    dnsOptions = new ArrayList<>(network.dnsOptions());

    FileSystemOptions files = spec.files();
    readOnly = files.readOnly();
    binds = new ArrayList<>(files.binds());
    tmpfs = new ArrayList<>(files.tmpfs());
    devices = new ArrayList<>(files.devices());
    shmSize = files.shmSize();

    logMaxSize = spec.log().maxSize();
    logMaxFiles = spec.log().maxFiles();
  }

  ContainerSpec finish() {
    return new ContainerSpec(
        image,
        rootfs,
        name,
        new ProcessOptions(
            command,
            entrypoint,
            environment,
            workingDirectory,
            user,
            interactive,
            terminal,
            init,
            stopSignal,
            stopTimeout),
        new ResourceLimits(
            memory,
            memorySwap,
            memoryReservation,
            nanoCpus,
            cpuShares,
            cpusetCpus,
            cpusetMems,
            pidsLimit,
            ulimits),
        new SecurityOptions(
            privileged, capabilitiesAdded, capabilitiesDropped, seccomp, appArmor, noNewPrivileges),
        new NamespaceModes(pid, ipc, uts, cgroup, networkMode),
        new NetworkOptions(hostname, domainname, addedHosts, dns, dnsSearch, dnsOptions),
        new FileSystemOptions(readOnly, binds, tmpfs, devices, shmSize),
        new LogOptions(logMaxSize, logMaxFiles),
        removeOnExit,
        owned,
        labels,
        annotations,
        cgroupParent,
        choice);
  }
}
