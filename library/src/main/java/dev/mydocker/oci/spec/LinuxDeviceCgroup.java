package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * A rule of the device cgroup, {@code linux.resources.devices[]}; later rules win.
 *
 * @param allow whether it allows or denies
 * @param type a for all, c for character, b for block devices; null is a
 * @param major the major number, or null or -1 for all
 * @param minor the minor number, or null or -1 for all
 * @param access some of r, w and m (mknod), or null for all
 * @param rest members without a component
 */
public record LinuxDeviceCgroup(
    boolean allow,
    @Nullable String type,
    @Nullable Long major,
    @Nullable Long minor,
    @Nullable String access,
    JsonObject rest)
    implements JsonRecord {
  /** Checks type and access. */
  public LinuxDeviceCgroup {
    Fields.require(
        type == null || type.length() == 1 && "abc".contains(type), "type", "expected a, b or c");
    Fields.require(access == null || onlyAccess(access), "access", "expected some of r, w and m");
  }

  /** Returns the rule that denies every device, with which lists of exceptions start. */
  public static LinuxDeviceCgroup denyAll() {
    return new LinuxDeviceCgroup(false, null, null, null, "rwm", JsonObject.empty());
  }

  /** Returns a rule that allows {@code access} to the devices of {@code type}. */
  public static LinuxDeviceCgroup allow(
      String type, @Nullable Long major, @Nullable Long minor, String access) {
    return new LinuxDeviceCgroup(true, type, major, minor, access, JsonObject.empty());
  }

  private static boolean onlyAccess(String access) {
    for (int i = 0; i < access.length(); i++) {
      if ("rwm".indexOf(access.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Makes the record of its object. */
  public static LinuxDeviceCgroup read(ObjectReader in) {
    return new LinuxDeviceCgroup(
        in.flag("allow"),
        in.optionalString("type"),
        in.optionalInt64("major"),
        in.optionalInt64("minor"),
        in.optionalString("access"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("allow", allow)
        .optional("type", type)
        .optional("major", major)
        .optional("minor", minor)
        .optional("access", access)
        .finish(rest);
  }
}
