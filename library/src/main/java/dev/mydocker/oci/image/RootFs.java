package dev.mydocker.oci.image;

import dev.mydocker.oci.Digest;
import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;

/**
 * The layers of an image, {@code rootfs}.
 *
 * @param diffIds the digests of the layers' tars, not compressed, lowest first
 * @param rest members without a component
 */
public record RootFs(List<Digest> diffIds, JsonObject rest) implements JsonRecord {
  private static final String TYPE = "layers";

  /** Copies the list. */
  public RootFs {
    diffIds = List.copyOf(diffIds);
  }

  /** Returns a root file system of {@code diffIds}. */
  public static RootFs of(List<Digest> diffIds) {
    return new RootFs(diffIds, JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static RootFs read(ObjectReader in) {
    String type = in.string("type");
    if (!type.equals(TYPE)) {
      throw new FieldException("type", "expected \"layers\", found \"" + type + "\"");
    }
    return new RootFs(Members.digests(in, "diff_ids"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("type", TYPE)
        .putStrings("diff_ids", Members.texts(diffIds))
        .finish(rest);
  }
}
