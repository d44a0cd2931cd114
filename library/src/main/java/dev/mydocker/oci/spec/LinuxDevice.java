package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * A device node that the container gets, {@code linux.devices[]}.
 *
 * @param path where, absolute
 * @param type c or u for a character device, b for a block device, p for a pipe
 * @param major the major number; 0 for a pipe
 * @param minor the minor number
 * @param fileMode its permission bits, or null for 0666
 * @param uid its owner inside the container, or null for 0
 * @param gid its group, or null for 0
 * @param rest members without a component
 */
public record LinuxDevice(
    String path,
    String type,
    long major,
    long minor,
    @Nullable Integer fileMode,
    @Nullable Long uid,
    @Nullable Long gid,
    JsonObject rest)
    implements JsonRecord {
  /** Checks path, type and owners. */
  public LinuxDevice {
    Fields.requireAbsolute("path", path);
    Fields.require(
        type.length() == 1 && "cubp".contains(type),
        "type",
        "expected c, u, b or p, found \"" + type + "\"");
    if (uid != null) {
      Fields.requireUint32("uid", uid);
    }
    if (gid != null) {
      Fields.requireUint32("gid", gid);
    }
  }

  /** Makes the record of its object. */
  public static LinuxDevice read(ObjectReader in) {
    return new LinuxDevice(
        in.string("path"),
        in.string("type"),
        in.int64Or("major", 0),
        in.int64Or("minor", 0),
        in.optionalInt32("fileMode"),
        in.optionalUint32("uid"),
        in.optionalUint32("gid"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("path", path)
        .put("type", type)
        .put("major", major)
        .put("minor", minor)
        .optional("fileMode", fileMode)
        .optional("uid", uid)
        .optional("gid", gid)
        .finish(rest);
  }
}
