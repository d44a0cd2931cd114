package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;

/**
 * A limit of the hugetlb cgroup, {@code linux.resources.hugepageLimits[]}.
 *
 * @param pageSize such as 2MB
 * @param limit bytes, unsigned
 * @param rest members without a component
 */
public record LinuxHugepageLimit(String pageSize, long limit, JsonObject rest)
    implements JsonRecord {
  /** Refuses an empty size. */
  public LinuxHugepageLimit {
    Fields.requireText("pageSize", pageSize);
  }

  /** Makes the record of its object. */
  public static LinuxHugepageLimit read(ObjectReader in) {
    return new LinuxHugepageLimit(in.string("pageSize"), in.uint64("limit"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().put("pageSize", pageSize).putUnsigned("limit", limit).finish(rest);
  }
}
