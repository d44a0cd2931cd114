package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * A network device that is moved into the container, {@code linux.netDevices.*}.
 *
 * @param name its name inside, or null to keep it
 * @param rest members without a component
 */
public record LinuxNetDevice(@Nullable String name, JsonObject rest) implements JsonRecord {
  /** Makes the record of its object. */
  public static LinuxNetDevice read(ObjectReader in) {
    return new LinuxNetDevice(in.optionalString("name"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().optional("name", name).finish(rest);
  }
}
