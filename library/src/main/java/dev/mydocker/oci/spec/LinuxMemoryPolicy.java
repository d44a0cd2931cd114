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
  /** The modes; a mode's index is the kernel's number of it. */
  public static final List<String> MODES =
      List.of(
          "MPOL_DEFAULT",
          "MPOL_PREFERRED",
          "MPOL_BIND",
          "MPOL_INTERLEAVE",
          "MPOL_LOCAL",
          "MPOL_PREFERRED_MANY",
          "MPOL_WEIGHTED_INTERLEAVE");

  /** The flags; a flag's index and thirteen is its bit. */
  public static final List<String> FLAGS =
      List.of("MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES");

  /** Copies the flags, and checks the words and the list of nodes. */
  public LinuxMemoryPolicy {
    Fields.requireOneOf("mode", mode, MODES);
    flags = List.copyOf(flags);
    Fields.requireAllOf("flags", flags, FLAGS);
    if (nodes != null) {
      NumberList.parse("nodes", nodes);
    }
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
