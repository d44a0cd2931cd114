package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cache and memory bandwidth control through resctrl, {@code linux.intelRdt}.
 *
 * @param closId the class of service, a directory of resctrl
 * @param schemata lines written to its schemata file
 * @param l3CacheSchema the line of the third-level cache
 * @param memBwSchema the line of the memory bandwidth
 * @param enableMonitoring whether the container gets its own monitoring group
 * @param rest members without a component
 */
public record LinuxIntelRdt(
    @Nullable String closId,
    List<String> schemata,
    @Nullable String l3CacheSchema,
    @Nullable String memBwSchema,
    boolean enableMonitoring,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the collections. */
  public LinuxIntelRdt {
    schemata = List.copyOf(schemata);
  }

  /** Makes the record of its object. */
  public static LinuxIntelRdt read(ObjectReader in) {
    return new LinuxIntelRdt(
        in.optionalString("closID"),
        in.strings("schemata"),
        in.optionalString("l3CacheSchema"),
        in.optionalString("memBwSchema"),
        in.flag("enableMonitoring"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optional("closID", closId)
        .optionalStrings("schemata", schemata)
        .optional("l3CacheSchema", l3CacheSchema)
        .optional("memBwSchema", memBwSchema)
        .optionalFlag("enableMonitoring", enableMonitoring)
        .finish(rest);
  }
}
