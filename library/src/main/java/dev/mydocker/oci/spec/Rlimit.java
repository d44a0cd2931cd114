package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;

/**
 * A limit of getrlimit(2), {@code process.rlimits[]}.
 *
 * @param type its name, such as RLIMIT_NOFILE
 * @param soft the limit that counts, unsigned; {@link #INFINITY} is none
 * @param hard what the soft limit can be raised to, unsigned
 * @param rest members without a component
 */
public record Rlimit(String type, long soft, long hard, JsonObject rest) implements JsonRecord {
  /** No limit: RLIM_INFINITY, all 64 bits set. */
  public static final long INFINITY = -1;

  /** Refuses what the kernel would: a soft limit above the hard one. */
  public Rlimit {
    Fields.requireText("type", type);
    if (Long.compareUnsigned(soft, hard) > 0) {
      throw new FieldException("soft", "larger than hard for " + type);
    }
  }

  /** Returns the limit. */
  public static Rlimit of(String type, long soft, long hard) {
    return new Rlimit(type, soft, hard, JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static Rlimit read(ObjectReader in) {
    return new Rlimit(in.string("type"), in.uint64("soft"), in.uint64("hard"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("type", type)
        .putUnsigned("hard", hard)
        .putUnsigned("soft", soft)
        .finish(rest);
  }
}
