package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;

/**
 * A limit of the blkio cgroup for one device.
 *
 * @param major its major number
 * @param minor its minor number
 * @param rate bytes or operations a second, unsigned
 * @param rest members without a component
 */
public record LinuxThrottleDevice(long major, long minor, long rate, JsonObject rest)
    implements JsonRecord {
  /** Makes the record of its object. */
  public static LinuxThrottleDevice read(ObjectReader in) {
    return new LinuxThrottleDevice(
        in.int64("major"), in.int64("minor"), in.uint64("rate"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("major", major)
        .put("minor", minor)
        .putUnsigned("rate", rate)
        .finish(rest);
  }
}
