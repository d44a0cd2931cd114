package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The network cgroups of v1, {@code linux.resources.network}.
 *
 * @param classId net_cls.classid
 * @param priorities net_prio.ifpriomap
 * @param rest members without a component
 */
public record LinuxNetwork(
    @Nullable Long classId, List<LinuxInterfacePriority> priorities, JsonObject rest)
    implements JsonRecord {
  /** Copies the collections. */
  public LinuxNetwork {
    priorities = List.copyOf(priorities);
  }

  /** Makes the record of its object. */
  public static LinuxNetwork read(ObjectReader in) {
    return new LinuxNetwork(
        in.optionalUint32("classID"),
        in.objects("priorities", LinuxInterfacePriority::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optional("classID", classId)
        .optionalObjects("priorities", priorities)
        .finish(rest);
  }
}
