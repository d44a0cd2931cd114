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
 * An image for one platform: its configuration and its layers.
 *
 * @param mediaType OCI's or Docker's; null in manifests of OCI 1.0
 * @param artifactType what it is, if it is no image
 * @param config the configuration
 * @param layers the layers, lowest first
 * @param subject the manifest it belongs to
 * @param annotations metadata
 * @param rest members without a component
 */
public record ImageManifest(
    @Nullable String mediaType,
    @Nullable String artifactType,
    Descriptor config,
    List<Descriptor> layers,
    @Nullable Descriptor subject,
    Map<String, String> annotations,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the collections. */
  public ImageManifest {
    layers = List.copyOf(layers);
    annotations = Fields.copy(annotations);
  }

  /** Returns an OCI manifest. */
  public static ImageManifest of(Descriptor config, List<Descriptor> layers) {
    return new ImageManifest(
        MediaTypes.MANIFEST, null, config, layers, null, Map.of(), JsonObject.empty());
  }

  /**
   * Parses a manifest.
   *
   * @param what where it comes from, for the message
   * @throws dev.mydocker.MydockerException naming the line, or the member that is wrong
   */
  public static ImageManifest parse(byte[] json, String what) {
    return Json.decode(json, what, ImageManifest::read);
  }

  /** Makes the record of its object. */
  public static ImageManifest read(ObjectReader in) {
    Members.requireSchemaVersion(in);
    return new ImageManifest(
        in.optionalString("mediaType"),
        in.optionalString("artifactType"),
        in.object("config", Descriptor::read),
        in.objects("layers", Descriptor::read),
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
        .put("config", config)
        .putObjects("layers", layers)
        .optional("subject", subject)
        .optionalStringMap("annotations", annotations)
        .finish(rest);
  }
}
