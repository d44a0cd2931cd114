package dev.mydocker.engine;

import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a snapshot, its {@code snapshot.json}.
 *
 * @param id 64 hexadecimal digits
 * @param created when, in nanoseconds since 1970
 * @param spec that of the container of which it was made
 * @param imageId the id of that container's image, or null without an image
 * @param imageConfig what the image says of its containers
 * @param layers the directories that it is made of, topmost first: its own is the first
 * @param owner the process that it belongs to, see {@link Owners}, or null
 */
record SnapshotRecord(
    String id,
    long created,
    ContainerSpec spec,
    @Nullable String imageId,
    ContainerConfig imageConfig,
    List<String> layers,
    @Nullable String owner) {
  /** The version of the format; a higher one is for a newer engine. */
  private static final int VERSION = 1;

  SnapshotRecord {
    Fields.require(ContainerIds.isId(id), "id", "expected 64 hexadecimal digits");
    layers = List.copyOf(layers);
  }

  static SnapshotRecord parse(byte[] json, String path) {
    return Json.decode(json, path, SnapshotRecord::read);
  }

  private static SnapshotRecord read(ObjectReader in) {
    int version = in.int32("version");
    Fields.require(
        version <= VERSION,
        "version",
        "written by a newer mydocker (" + version + ", this one knows " + VERSION + ")");
    return new SnapshotRecord(
        in.string("id"),
        Times.parse("created", in.string("created")),
        in.object("spec", ContainerSpecJson::read),
        in.optionalString("imageId"),
        in.objectOr("imageConfig", ContainerConfig::read, ContainerConfig.EMPTY),
        in.strings("layers"),
        in.optionalString("owner"));
  }

  byte[] encode() {
    return Json.encodePretty(
        new ObjectWriter()
            .put("version", VERSION)
            .put("id", id)
            .put("created", Timestamp.rfc3339Nano(created))
            .optional("imageId", imageId)
            .optionalNotEmpty("imageConfig", imageConfig)
            .optionalStrings("layers", layers)
            .optional("owner", owner)
            .put("spec", ContainerSpecJson.write(spec))
            .finish());
  }

  String shortId() {
    return ContainerIds.shortId(id);
  }
}
