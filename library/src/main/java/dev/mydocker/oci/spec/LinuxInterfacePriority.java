package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;

/**
 * A priority of the net_prio cgroup, {@code linux.resources.network.priorities[]}.
 *
 * @param name the network interface
 * @param priority of its traffic
 * @param rest members without a component
 */
public record LinuxInterfacePriority(String name, long priority, JsonObject rest)
    implements JsonRecord {
  /** Checks the name and the range. */
  public LinuxInterfacePriority {
    Fields.requireText("name", name);
    Fields.requireUint32("priority", priority);
  }

  /** Makes the record of its object. */
  public static LinuxInterfacePriority read(ObjectReader in) {
    return new LinuxInterfacePriority(in.string("name"), in.uint32("priority"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().put("name", name).put("priority", priority).finish(rest);
  }
}
