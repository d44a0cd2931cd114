package dev.mydocker.oci.image;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an image runs on.
 *
 * @param architecture as Go calls it: amd64, arm64
 * @param os as Go calls it: linux
 * @param variant of the processor, such as v7
 * @param osVersion of the operating system
 * @param osFeatures that the operating system must have
 * @param rest members without a component
 */
public record Platform(
    String architecture,
    String os,
    @Nullable String variant,
    @Nullable String osVersion,
    List<String> osFeatures,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the features. */
  public Platform {
    osFeatures = List.copyOf(osFeatures);
  }

  /** Returns Linux on {@code architecture}. */
  public static Platform linux(String architecture, @Nullable String variant) {
    return new Platform(architecture, "linux", variant, null, List.of(), JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static Platform read(ObjectReader in) {
    return new Platform(
        in.string("architecture"),
        in.string("os"),
        in.optionalString("variant"),
        in.optionalString("os.version"),
        in.strings("os.features"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("architecture", architecture)
        .put("os", os)
        .optional("os.version", osVersion)
        .optionalStrings("os.features", osFeatures)
        .optional("variant", variant)
        .finish(rest);
  }
}
