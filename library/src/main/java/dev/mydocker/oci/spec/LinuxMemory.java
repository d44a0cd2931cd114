package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * The memory cgroup, {@code linux.resources.memory}; sizes are bytes, -1 is no limit.
 *
 * @param limit the hard limit
 * @param reservation the soft limit
 * @param swap the limit of memory and swap together
 * @param kernel deprecated: kernel memory
 * @param kernelTcp memory of TCP buffers (v1)
 * @param swappiness from 0 to 100 (v1)
 * @param disableOomKiller whether tasks wait for memory instead of being killed (v1)
 * @param useHierarchy whether children count (v1)
 * @param checkBeforeUpdate whether a limit below the present use is refused
 * @param rest members without a component
 */
public record LinuxMemory(
    @Nullable Long limit,
    @Nullable Long reservation,
    @Nullable Long swap,
    @Nullable Long kernel,
    @Nullable Long kernelTcp,
    @Nullable Long swappiness,
    @Nullable Boolean disableOomKiller,
    @Nullable Boolean useHierarchy,
    @Nullable Boolean checkBeforeUpdate,
    JsonObject rest)
    implements JsonRecord {
  /** Returns the limits of memory, and of memory and swap together, and the soft limit. */
  public static LinuxMemory of(
      @Nullable Long limit, @Nullable Long swap, @Nullable Long reservation) {
    return new LinuxMemory(
        limit, reservation, swap, null, null, null, null, null, null, JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static LinuxMemory read(ObjectReader in) {
    return new LinuxMemory(
        in.optionalInt64("limit"),
        in.optionalInt64("reservation"),
        in.optionalInt64("swap"),
        in.optionalInt64("kernel"),
        in.optionalInt64("kernelTCP"),
        in.optionalUint64("swappiness"),
        in.optionalFlag("disableOOMKiller"),
        in.optionalFlag("useHierarchy"),
        in.optionalFlag("checkBeforeUpdate"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optional("limit", limit)
        .optional("reservation", reservation)
        .optional("swap", swap)
        .optional("kernel", kernel)
        .optional("kernelTCP", kernelTcp)
        .optionalUnsigned("swappiness", swappiness)
        .optional("disableOOMKiller", disableOomKiller)
        .optional("useHierarchy", useHierarchy)
        .optional("checkBeforeUpdate", checkBeforeUpdate)
        .finish(rest);
  }
}
