package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of set_mempolicy(2), {@code linux.memoryPolicy}.
 *
 * @param mode such as MPOL_BIND
 * @param nodes NUMA nodes as a list such as {@code 0-3,7}
 * @param flags such as MPOL_F_STATIC_NODES
 * @param rest members without a component
 */
public record LinuxMemoryPolicy(
    String mode, @Nullable String nodes, List<String> flags, JsonObject rest)
    implements JsonRecord {
  /** Copies the collections. */
  public LinuxMemoryPolicy {
    Fields.requireText("mode", mode);
    flags = List.copyOf(flags);
  }

  /** Makes the record of its object. */
  public static LinuxMemoryPolicy read(ObjectReader in) {
    return new LinuxMemoryPolicy(
        in.string("mode"), in.optionalString("nodes"), in.strings("flags"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("mode", mode)
        .optional("nodes", nodes)
        .optionalStrings("flags", flags)
        .finish(rest);
  }
}
