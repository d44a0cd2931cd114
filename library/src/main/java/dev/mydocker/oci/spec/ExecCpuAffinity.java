package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * On which processors an exec runs, as lists such as {@code 0-3,7}, {@code
 * process.execCPUAffinity}.
 *
 * @param initial before it has joined the container's cgroup
 * @param last afterwards, the member {@code final}
 * @param rest members without a component
 */
public record ExecCpuAffinity(@Nullable String initial, @Nullable String last, JsonObject rest)
    implements JsonRecord {
  /** Checks the lists. */
  public ExecCpuAffinity {
    if (initial != null) {
      NumberList.parse("initial", initial);
    }
    if (last != null) {
      NumberList.parse("final", last);
    }
  }

  /** Makes the record of its object. */
  public static ExecCpuAffinity read(ObjectReader in) {
    return new ExecCpuAffinity(in.optionalString("initial"), in.optionalString("final"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().optional("initial", initial).optional("final", last).finish(rest);
  }
}
