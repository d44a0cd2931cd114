package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cgroups of a container, {@code linux.resources}; also the document that {@code update} takes.
 *
 * @param devices device rules, of which later ones win
 * @param memory memory
 * @param cpu processors
 * @param pids how many tasks
 * @param blockIo block devices
 * @param hugepageLimits huge pages
 * @param network network classes (v1)
 * @param rdma RDMA devices
 * @param unified files of cgroup v2 and what is written to them
 * @param rest members without a component
 */
public record LinuxResources(
    List<LinuxDeviceCgroup> devices,
    @Nullable LinuxMemory memory,
    @Nullable LinuxCpu cpu,
    @Nullable LinuxPids pids,
    @Nullable LinuxBlockIo blockIo,
    List<LinuxHugepageLimit> hugepageLimits,
    @Nullable LinuxNetwork network,
    Map<String, LinuxRdma> rdma,
    Map<String, String> unified,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the collections and keeps the files of {@code unified} inside the cgroup. */
  public LinuxResources {
    devices = List.copyOf(devices);
    hugepageLimits = List.copyOf(hugepageLimits);
    rdma = Fields.copy(rdma);
    unified = Fields.copy(unified);
    for (String file : unified.keySet()) {
      Fields.require(
          file.indexOf('/') < 0 && !file.startsWith("."), "unified." + file, "not a file's name");
    }
  }

  /** No limits. */
  public static final LinuxResources NONE = builder().build();

  /**
   * Parses a resources document, as {@code update --resources} takes it.
   *
   * @param what where it comes from, for the message
   * @throws dev.mydocker.MydockerException naming the line, or the member that is wrong
   */
  public static LinuxResources parse(byte[] json, String what) {
    return Json.decode(json, what, LinuxResources::read);
  }

  /** Returns a builder without limits. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that starts from these limits. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.devices = devices;
    builder.memory = memory;
    builder.cpu = cpu;
    builder.pids = pids;
    builder.blockIo = blockIo;
    builder.hugepageLimits = hugepageLimits;
    builder.network = network;
    builder.rdma = rdma;
    builder.unified = unified;
    builder.rest = rest;
    return builder;
  }

  /** Collects limits. */
  public static final class Builder {
    private List<LinuxDeviceCgroup> devices = List.of();
    private @Nullable LinuxMemory memory;
    private @Nullable LinuxCpu cpu;
    private @Nullable LinuxPids pids;
    private @Nullable LinuxBlockIo blockIo;
    private List<LinuxHugepageLimit> hugepageLimits = List.of();
    private @Nullable LinuxNetwork network;
    private Map<String, LinuxRdma> rdma = Map.of();
    private Map<String, String> unified = Map.of();
    private JsonObject rest = JsonObject.empty();

    private Builder() {}

    /** Sets the device rules. */
    public Builder devices(List<LinuxDeviceCgroup> value) {
      devices = value;
      return this;
    }

    /** Sets the memory limits. */
    public Builder memory(@Nullable LinuxMemory value) {
      memory = value;
      return this;
    }

    /** Sets the processor limits. */
    public Builder cpu(@Nullable LinuxCpu value) {
      cpu = value;
      return this;
    }

    /** Sets how many tasks there may be; 0 or -1 for no limit, null to leave it. */
    public Builder pids(@Nullable Long limit) {
      pids = limit == null ? null : new LinuxPids(limit, JsonObject.empty());
      return this;
    }

    /** Sets the block I/O limits. */
    public Builder blockIo(@Nullable LinuxBlockIo value) {
      blockIo = value;
      return this;
    }

    /** Sets files of cgroup v2. */
    public Builder unified(Map<String, String> value) {
      unified = value;
      return this;
    }

    /** Makes the limits. */
    public LinuxResources build() {
      return new LinuxResources(
          devices, memory, cpu, pids, blockIo, hugepageLimits, network, rdma, unified, rest);
    }
  }

  /** Makes the record of its object. */
  public static LinuxResources read(ObjectReader in) {
    return new LinuxResources(
        in.objects("devices", LinuxDeviceCgroup::read),
        in.optionalObject("memory", LinuxMemory::read),
        in.optionalObject("cpu", LinuxCpu::read),
        in.optionalObject("pids", LinuxPids::read),
        in.optionalObject("blockIO", LinuxBlockIo::read),
        in.objects("hugepageLimits", LinuxHugepageLimit::read),
        in.optionalObject("network", LinuxNetwork::read),
        in.objectMap("rdma", LinuxRdma::read),
        in.stringMap("unified"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optionalObjects("devices", devices)
        .optional("memory", memory)
        .optional("cpu", cpu)
        .optional("pids", pids)
        .optional("blockIO", blockIo)
        .optionalObjects("hugepageLimits", hugepageLimits)
        .optional("network", network)
        .optionalObjectMap("rdma", rdma)
        .optionalStringMap("unified", unified)
        .finish(rest);
  }
}
