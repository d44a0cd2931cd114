package dev.mydocker.oci.image;

import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;

/**
 * The file {@code oci-layout}, which marks a directory as an image layout.
 *
 * @param version the layout's version
 * @param rest members without a component
 */
public record ImageLayout(String version, JsonObject rest) implements JsonRecord {
  /** The name of this file. */
  public static final String FILE = "oci-layout";

  /** The name of the index beside it. */
  public static final String INDEX_FILE = "index.json";

  /** The directory of the blobs, {@code blobs/sha256/...}. */
  public static final String BLOBS = "blobs";

  /** The annotation of a manifest in the index that names the image. */
  public static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** The only version there is. */
  public static final ImageLayout CURRENT = new ImageLayout("1.0.0", JsonObject.empty());

  /** Refuses a version that might keep its blobs elsewhere. */
  public ImageLayout {
    if (!version.startsWith("1.")) {
      throw new FieldException("imageLayoutVersion", "expected 1.0.0, found \"" + version + "\"");
    }
  }

  /**
   * Parses the file.
   *
   * @param what where it comes from, for the message
   * @throws dev.mydocker.MydockerException naming the line, or the member that is wrong
   */
  public static ImageLayout parse(byte[] json, String what) {
    return Json.decode(json, what, ImageLayout::read);
  }

  /** Makes the record of its object. */
  public static ImageLayout read(ObjectReader in) {
    return new ImageLayout(in.string("imageLayoutVersion"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().put("imageLayoutVersion", version).finish(rest);
  }
}
