package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a process runs as, {@code process.user}; ids are those inside the container.
 *
 * @param uid user id
 * @param gid group id
 * @param umask the umask, or null to leave it as it is
 * @param additionalGids supplementary groups
 * @param rest members without a component
 */
public record UserSpec(
    long uid, long gid, @Nullable Integer umask, List<Long> additionalGids, JsonObject rest)
    implements JsonRecord {
  /** User and group 0. */
  public static final UserSpec ROOT = of(0, 0, List.of());

  /** Copies the groups and checks the ranges. */
  public UserSpec {
    Fields.requireUint32("uid", uid);
    Fields.requireUint32("gid", gid);
    Fields.require(umask == null || umask >= 0 && umask <= 0777, "umask", "expected 0 to 0777");
    additionalGids = List.copyOf(additionalGids);
    for (int i = 0; i < additionalGids.size(); i++) {
      Fields.requireUint32("additionalGids[" + i + "]", additionalGids.get(i));
    }
  }

  /** Returns a user whose umask is left as it is. */
  public static UserSpec of(long uid, long gid, List<Long> additionalGids) {
    return new UserSpec(uid, gid, null, additionalGids, JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static UserSpec read(ObjectReader in) {
    Long uid = in.optionalUint32("uid");
    Long gid = in.optionalUint32("gid");
    return new UserSpec(
        uid == null ? 0 : uid,
        gid == null ? 0 : gid,
        in.optionalInt32("umask"),
        in.uint32s("additionalGids"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("uid", uid)
        .put("gid", gid)
        .optional("umask", umask)
        .optionalIntegers("additionalGids", additionalGids)
        .finish(rest);
  }
}
