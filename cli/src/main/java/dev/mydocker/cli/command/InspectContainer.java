package dev.mydocker.cli.command;

import dev.mydocker.engine.AnonymousVolume;
import dev.mydocker.engine.Bind;
import dev.mydocker.engine.ByteSize;
import dev.mydocker.engine.ContainerInfo;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.DeviceMapping;
import dev.mydocker.engine.DiskUsage;
import dev.mydocker.engine.FileSystemOptions;
import dev.mydocker.engine.LogOptions;
import dev.mydocker.engine.NamespaceMode;
import dev.mydocker.engine.NetworkOptions;
import dev.mydocker.engine.ProcessOptions;
import dev.mydocker.engine.ResourceLimits;
import dev.mydocker.engine.SecurityOptions;
import dev.mydocker.engine.Status;
import dev.mydocker.engine.TmpfsMount;
import dev.mydocker.engine.Ulimit;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonNull;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A container as Docker's API describes one: the members that scripts ask for. */
final class InspectContainer {
  private static final long DEFAULT_SHM = 64L << 20;

  private InspectContainer() {}

  static JsonObject json(ContainerInfo info) {
    List<String> command = info.command();
    String image = info.imageId();
    return new ObjectWriter()
        .put("Id", info.id())
        .put("Created", Moments.rfc3339(info.created()))
        .put("Path", command.isEmpty() ? "" : command.get(0))
        .putStrings("Args", command.isEmpty() ? command : command.subList(1, command.size()))
        .put("State", state(info))
        .put("Image", image == null ? "" : image)
        .put("LogPath", info.directory() + "/container.log")
        .put("Name", "/" + info.name())
        .put("RestartCount", 0)
        .put("Driver", "overlay2")
        .put("Platform", "linux")
        .put("HostConfig", host(info.spec()))
        .put("Mounts", mounts(info))
        .put("Config", config(info))
        .put("NetworkSettings", network(info.spec()))
        .finish();
  }

  /** Adds what {@code --size} asks for. */
  static JsonObject withSizes(JsonObject container, DiskUsage usage) {
    ObjectWriter out = new ObjectWriter();
    container.members().forEach(out::put);
    return out.put("SizeRw", usage.writable()).put("SizeRootFs", usage.root()).finish();
  }

  private static JsonObject state(ContainerInfo info) {
    Status status = info.status();
    String problem = info.problem();
    return new ObjectWriter()
        .put("Status", status.word())
        .put("Running", status.isAlive())
        .put("Paused", status == Status.PAUSED)
        .put("Restarting", false)
        .put("OOMKilled", info.outOfMemory())
        .put("Dead", status == Status.DEAD)
        .put("Pid", info.pid())
        .put("ExitCode", info.exitCode())
        .put("ExitCodeKnown", info.exitCodeKnown())
        .put("Error", problem == null ? "" : problem)
        .put("StartedAt", Moments.rfc3339(info.started()))
        .put("FinishedAt", Moments.rfc3339(info.finished()))
        .finish();
  }

  private static JsonObject config(ContainerInfo info) {
    NetworkOptions network = info.spec().network();
    ProcessOptions process = info.process();
    String hostname = network.hostname();
    ObjectWriter out =
        new ObjectWriter()
            .put("Hostname", hostname == null ? info.shortId() : hostname)
            .put("Domainname", orEmpty(network.domainname()))
            .put("User", orEmpty(process.user()))
            .put("AttachStdin", false)
            .put("AttachStdout", true)
            .put("AttachStderr", true)
            .put("Tty", process.terminal())
            .put("OpenStdin", process.interactive())
            .put("StdinOnce", false)
            .putStrings("Env", process.environment());
    strings(out, "Cmd", process.command());
    out.put("Image", info.image())
        .put("Volumes", volumes(info))
        .put("WorkingDir", orEmpty(process.workingDirectory()));
    strings(out, "Entrypoint", process.entrypoint());
    Duration timeout = process.stopTimeout();
    if (!info.exposedPorts().isEmpty()) {
      out.optionalNames("ExposedPorts", info.exposedPorts());
    }
    InspectImage.copy(
        Json.parseObject(Bytes.encode(info.imageConfiguration()), "the configuration"), out);
    return out.put("Labels", strings(info.labels()))
        .optional("StopSignal", process.stopSignal())
        .optional("StopTimeout", timeout == null ? null : (Long) timeout.toSeconds())
        .finish();
  }

  private static JsonValue volumes(ContainerInfo info) {
    ObjectWriter out = new ObjectWriter();
    info.volumes().forEach(volume -> out.put(volume.destination(), JsonObject.empty()));
    return info.volumes().isEmpty() ? JsonNull.NULL : out.finish();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static JsonObject host(ContainerSpec spec) {
    ResourceLimits limits = spec.limits();
    SecurityOptions security = spec.security();
    FileSystemOptions files = spec.files();
    ByteSize shm = files.shmSize();
    Long pids = limits.pidsLimit();
    ObjectWriter out = new ObjectWriter();
    List<String> binds = new ArrayList<>();
    for (Bind bind : files.binds()) {
      binds.add(bind.toString());
    }
    strings(out, "Binds", binds.isEmpty() ? null : binds);
    out.put("LogConfig", log(spec.log()))
        .put("NetworkMode", word(spec.namespaces().network()))
        .put(
            "RestartPolicy",
            new ObjectWriter().put("Name", "no").put("MaximumRetryCount", 0).finish())
        .put("AutoRemove", spec.removeOnExit());
    strings(out, "CapAdd", nullIfEmpty(security.capabilitiesAdded()));
    strings(out, "CapDrop", nullIfEmpty(security.capabilitiesDropped()));
    out.put("CgroupnsMode", word(spec.namespaces().cgroup()))
        .putStrings("Dns", spec.network().dns())
        .putStrings("DnsOptions", spec.network().dnsOptions())
        .putStrings("DnsSearch", spec.network().dnsSearch());
    strings(out, "ExtraHosts", nullIfEmpty(spec.network().addedHosts()));
    out.put("IpcMode", word(spec.namespaces().ipc()))
        .put("PidMode", blankIfPrivate(spec.namespaces().pid()))
        .put("Privileged", security.privileged())
        .put("ReadonlyRootfs", files.readOnly());
    strings(out, "SecurityOpt", nullIfEmpty(securityOptions(security)));
    ObjectWriter tmpfs = new ObjectWriter();
    for (TmpfsMount mount : files.tmpfs()) {
      tmpfs.put(mount.destination(), String.join(",", mount.options()));
    }
    if (!files.tmpfs().isEmpty()) {
      out.put("Tmpfs", tmpfs.finish());
    }
    return out.put("UTSMode", blankIfPrivate(spec.namespaces().uts()))
        .put("ShmSize", shm == null ? DEFAULT_SHM : shm.bytes())
        .put("Init", spec.process().init())
        .put("CpuShares", zeroIfNull(limits.cpuShares()))
        .put("Memory", bytes(limits.memory()))
        .put("NanoCpus", zeroIfNull(limits.nanoCpus()))
        .put("CpusetCpus", limits.cpusetCpus() == null ? "" : limits.cpusetCpus())
        .put("CpusetMems", limits.cpusetMems() == null ? "" : limits.cpusetMems())
        .put("Devices", devices(files))
        .put("MemoryReservation", bytes(limits.memoryReservation()))
        .put("MemorySwap", swap(limits))
        .put("PidsLimit", pids == null ? JsonNull.NULL : number(pids))
        .put("Ulimits", ulimits(limits))
        .finish();
  }

  private static long swap(ResourceLimits limits) {
    ByteSize swap = limits.memorySwap();
    return swap != null ? swap.bytes() : 2 * bytes(limits.memory());
  }

  private static JsonObject log(LogOptions log) {
    ObjectWriter options = new ObjectWriter();
    ByteSize size = log.maxSize();
    if (size != null) {
      options.put("max-size", Long.toString(size.bytes()));
    }
    if (log.maxFiles() != 1) {
      options.put("max-file", Integer.toString(log.maxFiles()));
    }
    return new ObjectWriter().put("Type", "cri").put("Config", options.finish()).finish();
  }

  private static List<String> securityOptions(SecurityOptions security) {
    List<String> all = new ArrayList<>();
    String seccomp = security.seccomp();
    if (seccomp != null) {
      all.add("seccomp=" + seccomp);
    }
    String appArmor = security.appArmor();
    if (appArmor != null) {
      all.add("apparmor=" + appArmor);
    }
    if (security.noNewPrivileges()) {
      all.add("no-new-privileges");
    }
    return all;
  }

  private static JsonArray devices(FileSystemOptions files) {
    List<JsonValue> all = new ArrayList<>();
    for (DeviceMapping device : files.devices()) {
      all.add(
          new ObjectWriter()
              .put("PathOnHost", device.source())
              .put("PathInContainer", device.destination())
              .put("CgroupPermissions", device.access())
              .finish());
    }
    return JsonArray.of(all);
  }

  private static JsonArray ulimits(ResourceLimits limits) {
    List<JsonValue> all = new ArrayList<>();
    for (Ulimit limit : limits.ulimits()) {
      all.add(
          new ObjectWriter()
              .put("Name", limit.name())
              .put("Hard", limit.hard())
              .put("Soft", limit.soft())
              .finish());
    }
    return JsonArray.of(all);
  }

  private static JsonArray mounts(ContainerInfo info) {
    FileSystemOptions files = info.spec().files();
    List<JsonValue> all = new ArrayList<>();
    for (Bind bind : files.binds()) {
      all.add(
          new ObjectWriter()
              .put("Type", "bind")
              .put("Source", bind.source())
              .put("Destination", bind.destination())
              .put("Mode", bind.readOnly() ? "ro" : "")
              .put("RW", !bind.readOnly())
              .put("Propagation", bind.propagation().word())
              .finish());
    }
    for (AnonymousVolume volume : info.volumes()) {
      all.add(
          new ObjectWriter()
              .put("Type", "volume")
              .put("Source", volume.source())
              .put("Destination", volume.destination())
              .put("Driver", "local")
              .put("Mode", "")
              .put("RW", true)
              .put("Propagation", "")
              .finish());
    }
    for (TmpfsMount mount : files.tmpfs()) {
      all.add(
          new ObjectWriter()
              .put("Type", "tmpfs")
              .put("Source", "")
              .put("Destination", mount.destination())
              .put("Mode", String.join(",", mount.options()))
              .put("RW", true)
              .put("Propagation", "")
              .finish());
    }
    return JsonArray.of(all);
  }

  private static JsonObject network(ContainerSpec spec) {
    ObjectWriter networks = new ObjectWriter();
    NamespaceMode mode = spec.namespaces().network();
    if (mode.kind() != NamespaceMode.Kind.CONTAINER) {
      networks.put(
          word(mode),
          new ObjectWriter()
              .put("IPAddress", "")
              .put("Gateway", "")
              .put("MacAddress", "")
              .finish());
    }
    return new ObjectWriter()
        .put("Ports", JsonObject.empty())
        .put("IPAddress", "")
        .put("Networks", networks.finish())
        .finish();
  }

  private static String word(NamespaceMode mode) {
    return mode.toString();
  }

  private static String blankIfPrivate(NamespaceMode mode) {
    return mode.kind() == NamespaceMode.Kind.PRIVATE ? "" : mode.toString();
  }

  private static long bytes(@Nullable ByteSize size) {
    return size == null ? 0 : size.bytes();
  }

  private static long zeroIfNull(@Nullable Long number) {
    return number == null ? 0 : number;
  }

  private static JsonValue number(long number) {
    return dev.mydocker.oci.json.JsonNumber.of(number);
  }

  private static @Nullable List<String> nullIfEmpty(List<String> texts) {
    return texts.isEmpty() ? null : texts;
  }

  /** Docker writes null where there is no list. */
  private static void strings(ObjectWriter out, String name, @Nullable List<String> texts) {
    if (texts == null) {
      out.put(name, JsonNull.NULL);
    } else {
      out.putStrings(name, texts);
    }
  }

  private static JsonObject strings(Map<String, String> texts) {
    ObjectWriter out = new ObjectWriter();
    texts.forEach((key, value) -> out.put(key, new JsonString(value)));
    return out.finish();
  }
}
