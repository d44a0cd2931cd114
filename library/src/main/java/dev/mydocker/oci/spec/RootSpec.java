package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;

/**
 * The root file system, {@code root}.
 *
 * @param path its directory on the host: absolute, or relative to the bundle
 * @param readonly whether it is read-only for the container
 * @param rest members without a component
 */
public record RootSpec(String path, boolean readonly, JsonObject rest) implements JsonRecord {
  /** Refuses an empty path. */
  public RootSpec {
    Fields.requireText("path", path);
  }

  /** Makes the record of its object. */
  public static RootSpec read(ObjectReader in) {
    return new RootSpec(in.string("path"), in.flag("readonly"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().put("path", path).optionalFlag("readonly", readonly).finish(rest);
  }
}
