package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * The cpu and cpuset cgroups, {@code linux.resources.cpu}; times are microseconds.
 *
 * @param shares the weight, from 2 to 262144
 * @param quota processor time in a period; -1 is no limit
 * @param burst unused time that may be saved up
 * @param period the period
 * @param realtimeRuntime realtime scheduling in a period (v1)
 * @param realtimePeriod its period (v1)
 * @param cpus processors as a list such as {@code 0-3,7}
 * @param mems memory nodes as such a list
 * @param idle 1 for SCHED_IDLE
 * @param rest members without a component
 */
public record LinuxCpu(
    @Nullable Long shares,
    @Nullable Long quota,
    @Nullable Long burst,
    @Nullable Long period,
    @Nullable Long realtimeRuntime,
    @Nullable Long realtimePeriod,
    @Nullable String cpus,
    @Nullable String mems,
    @Nullable Long idle,
    JsonObject rest)
    implements JsonRecord {
  /** Returns shares, a quota of a period, and lists of processors and memory nodes. */
  public static LinuxCpu of(
      @Nullable Long shares,
      @Nullable Long quota,
      @Nullable Long period,
      @Nullable String cpus,
      @Nullable String mems) {
    return new LinuxCpu(
        shares, quota, null, period, null, null, cpus, mems, null, JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static LinuxCpu read(ObjectReader in) {
    return new LinuxCpu(
        in.optionalUint64("shares"),
        in.optionalInt64("quota"),
        in.optionalUint64("burst"),
        in.optionalUint64("period"),
        in.optionalInt64("realtimeRuntime"),
        in.optionalUint64("realtimePeriod"),
        in.optionalString("cpus"),
        in.optionalString("mems"),
        in.optionalInt64("idle"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optionalUnsigned("shares", shares)
        .optional("quota", quota)
        .optionalUnsigned("burst", burst)
        .optionalUnsigned("period", period)
        .optional("realtimeRuntime", realtimeRuntime)
        .optionalUnsigned("realtimePeriod", realtimePeriod)
        .optional("cpus", cpus)
        .optional("mems", mems)
        .optional("idle", idle)
        .finish(rest);
  }
}
