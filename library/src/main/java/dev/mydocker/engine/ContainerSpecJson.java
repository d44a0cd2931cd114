package dev.mydocker.engine;

import dev.mydocker.engine.Bind.Propagation;
import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ContainerSpec} as JSON, as {@code config.json} keeps it: only what differs from the
 * defaults, so that a field that a later version adds needs no migration.
 */
final class ContainerSpecJson {
  private ContainerSpecJson() {}

  static JsonObject write(ContainerSpec spec) {
    return new ObjectWriter()
        .optional("image", spec.image())
        .optional("rootfs", spec.rootfs())
        .optional("name", spec.name())
        .put("process", write(spec.process()))
        .put("limits", write(spec.limits()))
        .put("security", write(spec.security()))
        .put("namespaces", write(spec.namespaces()))
        .put("network", write(spec.network()))
        .put("files", write(spec.files()))
        .put("log", write(spec.log()))
        .optionalFlag("removeOnExit", spec.removeOnExit())
        .optionalFlag("owned", spec.owned())
        .optionalStringMap("labels", spec.labels())
        .optionalStringMap("annotations", spec.annotations())
        .optional("cgroupParent", spec.cgroupParent())
        .finish();
  }

  static ContainerSpec read(ObjectReader in) {
    return new ContainerSpec(
        in.optionalString("image"),
        in.optionalString("rootfs"),
        in.optionalString("name"),
        in.objectOr("process", ContainerSpecJson::readProcess, ProcessOptions.DEFAULT),
        in.objectOr("limits", ContainerSpecJson::readLimits, ResourceLimits.NONE),
        in.objectOr("security", ContainerSpecJson::readSecurity, SecurityOptions.DEFAULT),
        in.objectOr("namespaces", ContainerSpecJson::readNamespaces, NamespaceModes.DEFAULT),
        in.objectOr("network", ContainerSpecJson::readNetwork, NetworkOptions.DEFAULT),
        in.objectOr("files", ContainerSpecJson::readFiles, FileSystemOptions.DEFAULT),
        in.objectOr("log", ContainerSpecJson::readLog, LogOptions.DEFAULT),
        in.flag("removeOnExit"),
        in.flag("owned"),
        in.stringMap("labels"),
        in.stringMap("annotations"),
        in.optionalString("cgroupParent"),
        ImageChoice.DEFAULT);
  }

  private static JsonObject write(ProcessOptions process) {
    ObjectWriter out = new ObjectWriter();
    // No list and an empty list differ: the image's command, and no command.
    List<String> command = process.command();
    if (command != null) {
      out.putStrings("command", command);
    }
    List<String> entrypoint = process.entrypoint();
    if (entrypoint != null) {
      out.putStrings("entrypoint", entrypoint);
    }
    Duration timeout = process.stopTimeout();
    return out.optionalStrings("environment", process.environment())
        .optional("workingDirectory", process.workingDirectory())
        .optional("user", process.user())
        .optionalFlag("interactive", process.interactive())
        .optionalFlag("terminal", process.terminal())
        .optionalFlag("init", process.init())
        .optional("stopSignal", process.stopSignal())
        .optional("stopTimeoutMillis", timeout == null ? null : (Long) timeout.toMillis())
        .finish();
  }

  private static ProcessOptions readProcess(ObjectReader in) {
    Long timeout = in.optionalInt64("stopTimeoutMillis");
    return new ProcessOptions(
        optionalStrings(in, "command"),
        optionalStrings(in, "entrypoint"),
        in.strings("environment"),
        in.optionalString("workingDirectory"),
        in.optionalString("user"),
        in.flag("interactive"),
        in.flag("terminal"),
        in.flag("init"),
        in.optionalString("stopSignal"),
        timeout == null ? null : Duration.ofMillis(timeout));
  }

  private static @Nullable List<String> optionalStrings(ObjectReader in, String name) {
    return in.optionalValue(name) == null ? null : in.strings(name);
  }

  private static JsonObject write(ResourceLimits limits) {
    return new ObjectWriter()
        .optional("memory", bytes(limits.memory()))
        .optional("memorySwap", bytes(limits.memorySwap()))
        .optional("memoryReservation", bytes(limits.memoryReservation()))
        .optional("nanoCpus", limits.nanoCpus())
        .optional("cpuShares", limits.cpuShares())
        .optional("cpusetCpus", limits.cpusetCpus())
        .optional("cpusetMems", limits.cpusetMems())
        .optional("pidsLimit", limits.pidsLimit())
        .optionalStrings("ulimits", texts(limits.ulimits()))
        .finish();
  }

  private static ResourceLimits readLimits(ObjectReader in) {
    return new ResourceLimits(
        size(in, "memory"),
        size(in, "memorySwap"),
        size(in, "memoryReservation"),
        in.optionalInt64("nanoCpus"),
        in.optionalInt64("cpuShares"),
        in.optionalString("cpusetCpus"),
        in.optionalString("cpusetMems"),
        in.optionalInt64("pidsLimit"),
        list(in.strings("ulimits"), Ulimit::parse));
  }

  private static JsonObject write(SecurityOptions security) {
    return new ObjectWriter()
        .optionalFlag("privileged", security.privileged())
        .optionalStrings("capabilitiesAdded", security.capabilitiesAdded())
        .optionalStrings("capabilitiesDropped", security.capabilitiesDropped())
        .optional("seccomp", security.seccomp())
        .optional("appArmor", security.appArmor())
        .optionalFlag("noNewPrivileges", security.noNewPrivileges())
        .finish();
  }

  private static SecurityOptions readSecurity(ObjectReader in) {
    return new SecurityOptions(
        in.flag("privileged"),
        in.strings("capabilitiesAdded"),
        in.strings("capabilitiesDropped"),
        in.optionalString("seccomp"),
        in.optionalString("appArmor"),
        in.flag("noNewPrivileges"));
  }

  private static JsonObject write(NamespaceModes modes) {
    return new ObjectWriter()
        .put("pid", modes.pid().toString())
        .put("ipc", modes.ipc().toString())
        .put("uts", modes.uts().toString())
        .put("cgroup", modes.cgroup().toString())
        .put("network", modes.network().toString())
        .finish();
  }

  private static NamespaceModes readNamespaces(ObjectReader in) {
    return new NamespaceModes(
        NamespaceMode.parsePid(in.string("pid")),
        NamespaceMode.parseIpc(in.string("ipc")),
        NamespaceMode.parseUts(in.string("uts")),
        NamespaceMode.parseCgroup(in.string("cgroup")),
        NamespaceMode.parseNetwork(in.string("network")));
  }

  private static JsonObject write(NetworkOptions network) {
    return new ObjectWriter()
        .optional("hostname", network.hostname())
        .optional("domainname", network.domainname())
        .optionalStrings("addedHosts", network.addedHosts())
        .optionalStrings("dns", network.dns())
        .optionalStrings("dnsSearch", network.dnsSearch())
        .optionalStrings("dnsOptions", network.dnsOptions())
        .finish();
  }

  private static NetworkOptions readNetwork(ObjectReader in) {
    return new NetworkOptions(
        in.optionalString("hostname"),
        in.optionalString("domainname"),
        in.strings("addedHosts"),
        in.strings("dns"),
        in.strings("dnsSearch"),
        in.strings("dnsOptions"));
  }

  private static JsonObject write(FileSystemOptions files) {
    List<JsonValue> binds = new ArrayList<>();
    for (Bind bind : files.binds()) {
      binds.add(write(bind));
    }
    List<JsonValue> tmpfs = new ArrayList<>();
    for (TmpfsMount mount : files.tmpfs()) {
      tmpfs.add(
          new ObjectWriter()
              .put("destination", mount.destination())
              .optionalStrings("options", mount.options())
              .finish());
    }
    List<JsonValue> devices = new ArrayList<>();
    for (DeviceMapping device : files.devices()) {
      devices.add(
          new ObjectWriter()
              .put("source", device.source())
              .put("destination", device.destination())
              .put("access", device.access())
              .finish());
    }
    ObjectWriter out = new ObjectWriter().optionalFlag("readOnly", files.readOnly());
    putIfAny(out, "binds", binds);
    putIfAny(out, "tmpfs", tmpfs);
    putIfAny(out, "devices", devices);
    return out.optional("shmSize", bytes(files.shmSize())).finish();
  }

  private static void putIfAny(ObjectWriter out, String name, List<JsonValue> values) {
    if (!values.isEmpty()) {
      out.put(name, JsonArray.of(values));
    }
  }

  private static FileSystemOptions readFiles(ObjectReader in) {
    return new FileSystemOptions(
        in.flag("readOnly"),
        in.objects("binds", ContainerSpecJson::readBind),
        in.objects(
            "tmpfs",
            mount -> new TmpfsMount(mount.string("destination"), mount.strings("options"))),
        in.objects(
            "devices",
            device ->
                new DeviceMapping(
                    device.string("source"),
                    device.string("destination"),
                    device.string("access"))),
        size(in, "shmSize"));
  }

  private static JsonObject write(Bind bind) {
    return new ObjectWriter()
        .put("source", bind.source())
        .put("destination", bind.destination())
        .optionalFlag("readOnly", bind.readOnly())
        .put("propagation", bind.propagation().word())
        .finish();
  }

  private static Bind readBind(ObjectReader in) {
    String word = in.string("propagation").toUpperCase(Locale.ROOT);
    for (Propagation propagation : Propagation.values()) {
      if (propagation.name().equals(word)) {
        return new Bind(
            in.string("source"), in.string("destination"), in.flag("readOnly"), propagation);
      }
    }
    throw new FieldException("propagation", "unknown word");
  }

  private static JsonObject write(LogOptions log) {
    return new ObjectWriter()
        .optional("maxSize", bytes(log.maxSize()))
        .put("maxFiles", log.maxFiles())
        .finish();
  }

  private static LogOptions readLog(ObjectReader in) {
    return new LogOptions(size(in, "maxSize"), in.int32("maxFiles"));
  }

  private static @Nullable Long bytes(@Nullable ByteSize size) {
    return size == null ? null : (Long) size.bytes();
  }

  private static @Nullable ByteSize size(ObjectReader in, String name) {
    Long bytes = in.optionalInt64(name);
    return bytes == null ? null : new ByteSize(bytes);
  }

  private static List<String> texts(List<?> values) {
    return list(values, Object::toString);
  }

  private static <T, R> List<R> list(List<T> values, Function<T, R> convert) {
    List<R> result = new ArrayList<>(values.size());
    for (T value : values) {
      result.add(convert.apply(value));
    }
    return result;
  }
}
