package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What only Linux has, {@code linux}.
 *
 * @param uidMappings users of a new user namespace
 * @param gidMappings groups of a new user namespace
 * @param sysctl kernel parameters of the container's namespaces
 * @param resources the limits
 * @param cgroupsPath the container's cgroup, from the root of the hierarchy or as the runtime likes
 * @param namespaces those that are not the runtime's own, each type once
 * @param devices device nodes beside the default ones
 * @param netDevices network devices that are moved inside, by their name outside
 * @param seccomp the system calls it may make
 * @param rootfsPropagation the propagation of its root mount: private, slave, shared, unbindable
 * @param maskedPaths what it may not see
 * @param readonlyPaths what it may not write
 * @param mountLabel the SELinux label of its mounts
 * @param intelRdt its part of caches and memory bandwidth
 * @param memoryPolicy its NUMA policy
 * @param personality its execution domain
 * @param timeOffsets of a new time namespace: boottime, monotonic
 * @param rest members without a component
 */
public record LinuxSpec(
    List<LinuxIdMapping> uidMappings,
    List<LinuxIdMapping> gidMappings,
    Map<String, String> sysctl,
    @Nullable LinuxResources resources,
    @Nullable String cgroupsPath,
    List<LinuxNamespace> namespaces,
    List<LinuxDevice> devices,
    Map<String, LinuxNetDevice> netDevices,
    @Nullable LinuxSeccomp seccomp,
    @Nullable String rootfsPropagation,
    List<String> maskedPaths,
    List<String> readonlyPaths,
    @Nullable String mountLabel,
    @Nullable LinuxIntelRdt intelRdt,
    @Nullable LinuxMemoryPolicy memoryPolicy,
    @Nullable LinuxPersonality personality,
    Map<String, LinuxTimeOffset> timeOffsets,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the collections and refuses a second namespace of a type. */
  public LinuxSpec {
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
    sysctl = Fields.copy(sysctl);
    namespaces = List.copyOf(namespaces);
    devices = List.copyOf(devices);
    netDevices = Fields.copy(netDevices);
    maskedPaths = List.copyOf(maskedPaths);
    readonlyPaths = List.copyOf(readonlyPaths);
    timeOffsets = Fields.copy(timeOffsets);
    Set<LinuxNamespace.Type> seen = EnumSet.noneOf(LinuxNamespace.Type.class);
    for (int i = 0; i < namespaces.size(); i++) {
      LinuxNamespace.Type type = namespaces.get(i).type();
      if (!seen.add(type)) {
        throw new FieldException(
            "namespaces[" + i + "].type", "a second " + type.word() + " namespace");
      }
    }
  }

  /** Returns the namespace of {@code type}, or null if the container has the runtime's own. */
  public @Nullable LinuxNamespace namespace(LinuxNamespace.Type type) {
    for (LinuxNamespace namespace : namespaces) {
      if (namespace.type() == type) {
        return namespace;
      }
    }
    return null;
  }

  /** Makes the record of its object. */
  public static LinuxSpec read(ObjectReader in) {
    return new LinuxSpec(
        in.objects("uidMappings", LinuxIdMapping::read),
        in.objects("gidMappings", LinuxIdMapping::read),
        in.stringMap("sysctl"),
        in.optionalObject("resources", LinuxResources::read),
        in.optionalString("cgroupsPath"),
        in.objects("namespaces", LinuxNamespace::read),
        in.objects("devices", LinuxDevice::read),
        in.objectMap("netDevices", LinuxNetDevice::read),
        in.optionalObject("seccomp", LinuxSeccomp::read),
        in.optionalString("rootfsPropagation"),
        in.strings("maskedPaths"),
        in.strings("readonlyPaths"),
        in.optionalString("mountLabel"),
        in.optionalObject("intelRdt", LinuxIntelRdt::read),
        in.optionalObject("memoryPolicy", LinuxMemoryPolicy::read),
        in.optionalObject("personality", LinuxPersonality::read),
        in.objectMap("timeOffsets", LinuxTimeOffset::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optionalObjects("uidMappings", uidMappings)
        .optionalObjects("gidMappings", gidMappings)
        .optionalStringMap("sysctl", sysctl)
        .optional("resources", resources)
        .optional("cgroupsPath", cgroupsPath)
        .optionalObjects("namespaces", namespaces)
        .optionalObjects("devices", devices)
        .optionalObjectMap("netDevices", netDevices)
        .optional("seccomp", seccomp)
        .optional("rootfsPropagation", rootfsPropagation)
        .optionalStrings("maskedPaths", maskedPaths)
        .optionalStrings("readonlyPaths", readonlyPaths)
        .optional("mountLabel", mountLabel)
        .optional("intelRdt", intelRdt)
        .optional("memoryPolicy", memoryPolicy)
        .optional("personality", personality)
        .optionalObjectMap("timeOffsets", timeOffsets)
        .finish(rest);
  }

  /** Returns a builder of an empty part, which shares every namespace with the runtime. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that starts from this part. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.uidMappings = uidMappings;
    builder.gidMappings = gidMappings;
    builder.sysctl.putAll(sysctl);
    builder.resources = resources;
    builder.cgroupsPath = cgroupsPath;
    builder.namespaces.addAll(namespaces);
    builder.devices.addAll(devices);
    builder.netDevices.putAll(netDevices);
    builder.seccomp = seccomp;
    builder.rootfsPropagation = rootfsPropagation;
    builder.maskedPaths = maskedPaths;
    builder.readonlyPaths = readonlyPaths;
    builder.mountLabel = mountLabel;
    builder.intelRdt = intelRdt;
    builder.memoryPolicy = memoryPolicy;
    builder.personality = personality;
    builder.timeOffsets.putAll(timeOffsets);
    builder.rest = rest;
    return builder;
  }

  /** Collects the parts. */
  public static final class Builder {
    private List<LinuxIdMapping> uidMappings = List.of();
    private List<LinuxIdMapping> gidMappings = List.of();
    private final Map<String, String> sysctl = new LinkedHashMap<>();
    private @Nullable LinuxResources resources;
    private @Nullable String cgroupsPath;
    private final List<LinuxNamespace> namespaces = new ArrayList<>();
    private final List<LinuxDevice> devices = new ArrayList<>();
    private final Map<String, LinuxNetDevice> netDevices = new LinkedHashMap<>();
    private @Nullable LinuxSeccomp seccomp;
    private @Nullable String rootfsPropagation;
    private List<String> maskedPaths = List.of();
    private List<String> readonlyPaths = List.of();
    private @Nullable String mountLabel;
    private @Nullable LinuxIntelRdt intelRdt;
    private @Nullable LinuxMemoryPolicy memoryPolicy;
    private @Nullable LinuxPersonality personality;
    private final Map<String, LinuxTimeOffset> timeOffsets = new LinkedHashMap<>();
    private JsonObject rest = JsonObject.empty();

    private Builder() {}

    /** Sets the users and groups of a new user namespace. */
    public Builder idMappings(List<LinuxIdMapping> uids, List<LinuxIdMapping> gids) {
      uidMappings = uids;
      gidMappings = gids;
      return this;
    }

    /** Sets one kernel parameter. */
    public Builder sysctl(String name, String value) {
      sysctl.put(name, value);
      return this;
    }

    /** Sets the limits. */
    public Builder resources(@Nullable LinuxResources value) {
      resources = value;
      return this;
    }

    /** Sets the cgroup. */
    public Builder cgroupsPath(@Nullable String value) {
      cgroupsPath = value;
      return this;
    }

    /** Sets all namespaces. */
    public Builder namespaces(List<LinuxNamespace> values) {
      namespaces.clear();
      namespaces.addAll(values);
      return this;
    }

    /** Adds a namespace. */
    public Builder namespace(LinuxNamespace value) {
      namespaces.add(value);
      return this;
    }

    /** Adds a device node. */
    public Builder device(LinuxDevice value) {
      devices.add(value);
      return this;
    }

    /** Sets the system calls it may make. */
    public Builder seccomp(@Nullable LinuxSeccomp value) {
      seccomp = value;
      return this;
    }

    /** Sets the propagation of the root mount. */
    public Builder rootfsPropagation(@Nullable String value) {
      rootfsPropagation = value;
      return this;
    }

    /** Sets what the container may not see. */
    public Builder maskedPaths(List<String> value) {
      maskedPaths = value;
      return this;
    }

    /** Sets what the container may not write. */
    public Builder readonlyPaths(List<String> value) {
      readonlyPaths = value;
      return this;
    }

    /** Sets the SELinux label of the mounts. */
    public Builder mountLabel(@Nullable String value) {
      mountLabel = value;
      return this;
    }

    /** Makes the part. */
    public LinuxSpec build() {
      return new LinuxSpec(
          uidMappings,
          gidMappings,
          sysctl,
          resources,
          cgroupsPath,
          namespaces,
          devices,
          netDevices,
          seccomp,
          rootfsPropagation,
          maskedPaths,
          readonlyPaths,
          mountLabel,
          intelRdt,
          memoryPolicy,
          personality,
          timeOffsets,
          rest);
    }
  }
}
