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
  /** Checks the size. */
  public LinuxHugepageLimit {
    Fields.require(
        isPageSize(pageSize), "pageSize", "expected such as 2MB, found \"" + pageSize + "\"");
  }

  /** A number and KB, MB or GB, as in the names of the cgroup's files. */
  private static boolean isPageSize(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    return digits > 0
        && text.charAt(0) != '0'
        && switch (text.substring(digits)) {
          case "KB", "MB", "GB" -> true;
          default -> false;
        };
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
