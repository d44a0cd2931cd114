package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * A weight of the blkio cgroup for one device.
 *
 * @param major its major number
 * @param minor its minor number
 * @param weight the weight
 * @param leafWeight the weight against child cgroups (v1)
 * @param rest members without a component
 */
public record LinuxWeightDevice(
    long major, long minor, @Nullable Integer weight, @Nullable Integer leafWeight, JsonObject rest)
    implements JsonRecord {
  /** Makes the record of its object. */
  public static LinuxWeightDevice read(ObjectReader in) {
    return new LinuxWeightDevice(
        in.int64("major"),
        in.int64("minor"),
        in.optionalUint16("weight"),
        in.optionalUint16("leafWeight"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("major", major)
        .put("minor", minor)
        .optional("weight", weight)
        .optional("leafWeight", leafWeight)
        .finish(rest);
  }
}
