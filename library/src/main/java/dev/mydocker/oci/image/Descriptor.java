package dev.mydocker.oci.image;

import dev.mydocker.oci.Digest;
import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Points to content.
 *
 * @param mediaType what it is
 * @param digest what identifies it
 * @param size how many bytes it has
 * @param urls where else it can be had
 * @param annotations metadata, such as {@link ImageLayout#REF_NAME}
 * @param data the content itself, in base64
 * @param platform what the image behind it runs on
 * @param artifactType what the artifact behind it is
 * @param rest members without a component
 */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    List<String> urls,
    Map<String, String> annotations,
    @Nullable String data,
    @Nullable Platform platform,
    @Nullable String artifactType,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the collections and checks the size. */
  public Descriptor {
    Fields.require(size >= 0, "size", "must not be negative");
    urls = List.copyOf(urls);
    annotations = Fields.copy(annotations);
  }

  /** Returns a descriptor of three parts. */
  public static Descriptor of(String mediaType, Digest digest, long size) {
    return new Descriptor(
        mediaType, digest, size, List.of(), Map.of(), null, null, null, JsonObject.empty());
  }

  /** Returns this descriptor with one annotation more, or another value of it. */
  public Descriptor withAnnotation(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(annotations);
    more.put(key, value);
    return new Descriptor(mediaType, digest, size, urls, more, data, platform, artifactType, rest);
  }

  /** Returns this descriptor for an image of {@code newPlatform}. */
  public Descriptor withPlatform(@Nullable Platform newPlatform) {
    return new Descriptor(
        mediaType, digest, size, urls, annotations, data, newPlatform, artifactType, rest);
  }

  /** Makes the record of its object. */
  public static Descriptor read(ObjectReader in) {
    return new Descriptor(
        in.string("mediaType"),
        Members.digest(in, "digest"),
        in.int64("size"),
        in.strings("urls"),
        in.stringMap("annotations"),
        in.optionalString("data"),
        in.optionalObject("platform", Platform::read),
        in.optionalString("artifactType"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("mediaType", mediaType)
        .put("digest", digest.toString())
        .put("size", size)
        .optionalStrings("urls", urls)
        .optionalStringMap("annotations", annotations)
        .optional("data", data)
        .optional("platform", platform)
        .optional("artifactType", artifactType)
        .finish(rest);
  }
}
