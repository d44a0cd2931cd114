package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;

/**
 * One range of a user namespace's map, see user_namespaces(7).
 *
 * @param containerId the first id inside
 * @param hostId the first id outside
 * @param size how many
 * @param rest members without a component
 */
public record LinuxIdMapping(long containerId, long hostId, long size, JsonObject rest)
    implements JsonRecord {
  /** Checks the ranges. */
  public LinuxIdMapping {
    Fields.requireUint32("containerID", containerId);
    Fields.requireUint32("hostID", hostId);
    Fields.requireUint32("size", size);
  }

  /** Returns the range. */
  public static LinuxIdMapping of(long containerId, long hostId, long size) {
    return new LinuxIdMapping(containerId, hostId, size, JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static LinuxIdMapping read(ObjectReader in) {
    return new LinuxIdMapping(
        in.uint32("containerID"), in.uint32("hostID"), in.uint32("size"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("containerID", containerId)
        .put("hostID", hostId)
        .put("size", size)
        .finish(rest);
  }
}
