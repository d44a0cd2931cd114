package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * The limits of the rdma cgroup for one device, {@code linux.resources.rdma.*}.
 *
 * @param hcaHandles how many handles
 * @param hcaObjects how many objects
 * @param rest members without a component
 */
public record LinuxRdma(@Nullable Long hcaHandles, @Nullable Long hcaObjects, JsonObject rest)
    implements JsonRecord {
  /** Makes the record of its object. */
  public static LinuxRdma read(ObjectReader in) {
    return new LinuxRdma(
        in.optionalUint32("hcaHandles"), in.optionalUint32("hcaObjects"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optional("hcaHandles", hcaHandles)
        .optional("hcaObjects", hcaObjects)
        .finish(rest);
  }
}
