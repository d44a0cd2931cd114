package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;

/**
 * The arguments of ioprio_set(2), {@code process.ioPriority}.
 *
 * @param ioClass such as IOPRIO_CLASS_BE, the member {@code class}
 * @param priority from 0, the highest, to 7
 * @param rest members without a component
 */
public record IoPriority(String ioClass, int priority, JsonObject rest) implements JsonRecord {
  /** The classes; a class's index and one is the kernel's number of it. */
  public static final List<String> CLASSES =
      List.of("IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE");

  /** Refuses what the kernel would. */
  public IoPriority {
    Fields.require(priority >= 0 && priority <= 7, "priority", "expected 0 to 7");
    Fields.requireOneOf("class", ioClass, CLASSES);
  }

  /** Makes the record of its object. */
  public static IoPriority read(ObjectReader in) {
    Integer priority = in.optionalInt32("priority");
    return new IoPriority(in.string("class"), priority == null ? 0 : priority, in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().put("class", ioClass).put("priority", priority).finish(rest);
  }
}
