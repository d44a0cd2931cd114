package dev.mydocker.oci.image;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A list of manifests: an image for several platforms, or the contents of an image layout.
 *
 * @param mediaType OCI's or Docker's; null in indexes of OCI 1.0
 * @param artifactType what it is, if it is no image
 * @param manifests the manifests, the preferred ones first
 * @param subject the manifest it belongs to
 * @param annotations metadata
 * @param rest members without a component
 */
public record ImageIndex(
    @Nullable String mediaType,
    @Nullable String artifactType,
    List<Descriptor> manifests,
    @Nullable Descriptor subject,
    Map<String, String> annotations,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the collections. */
  public ImageIndex {
    manifests = List.copyOf(manifests);
    annotations = Fields.copy(annotations);
  }

  /** Returns an OCI index. */
  public static ImageIndex of(List<Descriptor> manifests) {
    return new ImageIndex(MediaTypes.INDEX, null, manifests, null, Map.of(), JsonObject.empty());
  }

  /** Returns this index with other manifests. */
  public ImageIndex withManifests(List<Descriptor> others) {
    return new ImageIndex(mediaType, artifactType, others, subject, annotations, rest);
  }

  /**
   * Parses an index.
   *
   * @param what where it comes from, for the message
   * @throws dev.mydocker.MydockerException naming the line, or the member that is wrong
   */
  public static ImageIndex parse(byte[] json, String what) {
    return Json.decode(json, what, ImageIndex::read);
  }

  /** Makes the record of its object. */
  public static ImageIndex read(ObjectReader in) {
    Members.requireSchemaVersion(in);
    return new ImageIndex(
        in.optionalString("mediaType"),
        in.optionalString("artifactType"),
        in.objects("manifests", Descriptor::read),
        in.optionalObject("subject", Descriptor::read),
        in.stringMap("annotations"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("schemaVersion", Members.SCHEMA_VERSION)
        .optional("mediaType", mediaType)
        .optional("artifactType", artifactType)
        .putObjects("manifests", manifests)
        .optional("subject", subject)
        .optionalStringMap("annotations", annotations)
        .finish(rest);
  }
}
