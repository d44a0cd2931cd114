package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * The limit of the pids cgroup, {@code linux.resources.pids}.
 *
 * @param limit how many tasks; -1 for no limit, and 0 for no further one
 * @param rest members without a component
 */
public record LinuxPids(@Nullable Long limit, JsonObject rest) implements JsonRecord {
  /** Makes the record of its object. */
  public static LinuxPids read(ObjectReader in) {
    return new LinuxPids(in.optionalInt64("limit"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().optional("limit", limit).finish(rest);
  }
}
