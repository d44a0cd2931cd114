package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * One clock of a time namespace, {@code linux.timeOffsets.*}, see time_namespaces(7).
 *
 * @param secs seconds that are added
 * @param nanosecs nanoseconds that are added
 * @param rest members without a component
 */
public record LinuxTimeOffset(@Nullable Long secs, @Nullable Long nanosecs, JsonObject rest)
    implements JsonRecord {
  /** Refuses what the kernel would. */
  public LinuxTimeOffset {
    Fields.require(
        nanosecs == null || nanosecs >= 0 && nanosecs < 1_000_000_000,
        "nanosecs",
        "expected 0 to 999999999");
  }

  /** Makes the record of its object. */
  public static LinuxTimeOffset read(ObjectReader in) {
    return new LinuxTimeOffset(in.optionalInt64("secs"), in.optionalUint32("nanosecs"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().optional("secs", secs).optional("nanosecs", nanosecs).finish(rest);
  }
}
