package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of sched_setattr(2), {@code process.scheduler}.
 *
 * @param policy such as SCHED_OTHER or SCHED_DEADLINE
 * @param nice the nice value
 * @param priority the static priority of SCHED_FIFO and SCHED_RR
 * @param flags such as SCHED_FLAG_RESET_ON_FORK
 * @param runtime nanoseconds of SCHED_DEADLINE, unsigned, like the next two
 * @param deadline nanoseconds until which the runtime has been given
 * @param period nanoseconds after which it begins again
 * @param rest members without a component
 */
public record Scheduler(
    String policy,
    @Nullable Integer nice,
    @Nullable Integer priority,
    List<String> flags,
    @Nullable Long runtime,
    @Nullable Long deadline,
    @Nullable Long period,
    JsonObject rest)
    implements JsonRecord {
  /** The policies; a policy's index is the kernel's number of it. */
  public static final List<String> POLICIES =
      List.of(
          "SCHED_OTHER",
          "SCHED_FIFO",
          "SCHED_RR",
          "SCHED_BATCH",
          "SCHED_ISO",
          "SCHED_IDLE",
          "SCHED_DEADLINE");

  /** The flags; a flag's index is its bit. */
  public static final List<String> FLAGS =
      List.of(
          "SCHED_FLAG_RESET_ON_FORK",
          "SCHED_FLAG_RECLAIM",
          "SCHED_FLAG_DL_OVERRUN",
          "SCHED_FLAG_KEEP_POLICY",
          "SCHED_FLAG_KEEP_PARAMS",
          "SCHED_FLAG_UTIL_CLAMP_MIN",
          "SCHED_FLAG_UTIL_CLAMP_MAX");

  /** Copies the flags, and refuses what the kernel would refuse, or take no notice of. */
  public Scheduler {
    Fields.requireOneOf("policy", policy, POLICIES);
    flags = List.copyOf(flags);
    Fields.requireAllOf("flags", flags, FLAGS);
    Fields.require(nice == null || nice >= -20 && nice <= 19, "nice", "expected -20 to 19");
    Fields.require(
        priority == null || priority == 0 || isRealtime(policy),
        "priority",
        "only SCHED_FIFO and SCHED_RR have one");
    boolean deadlines = policy.equals("SCHED_DEADLINE");
    requireDeadline("runtime", runtime, deadlines);
    requireDeadline("deadline", deadline, deadlines);
    requireDeadline("period", period, deadlines);
  }

  private static boolean isRealtime(String policy) {
    return policy.equals("SCHED_FIFO") || policy.equals("SCHED_RR");
  }

  private static void requireDeadline(String name, @Nullable Long value, boolean deadlines) {
    Fields.require(value == null || value == 0 || deadlines, name, "only SCHED_DEADLINE has one");
  }

  /** Makes the record of its object. */
  public static Scheduler read(ObjectReader in) {
    return new Scheduler(
        in.string("policy"),
        in.optionalInt32("nice"),
        in.optionalInt32("priority"),
        in.strings("flags"),
        in.optionalUint64("runtime"),
        in.optionalUint64("deadline"),
        in.optionalUint64("period"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("policy", policy)
        .optional("nice", nice)
        .optional("priority", priority)
        .optionalStrings("flags", flags)
        .optionalUnsigned("runtime", runtime)
        .optionalUnsigned("deadline", deadline)
        .optionalUnsigned("period", period)
        .finish(rest);
  }
}
