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
  /** Copies the flags. */
  public Scheduler {
    Fields.requireText("policy", policy);
    flags = List.copyOf(flags);
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
