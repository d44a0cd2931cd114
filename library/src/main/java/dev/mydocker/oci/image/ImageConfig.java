package dev.mydocker.oci.image;

import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image's configuration, whose digest is the image's id.
 *
 * @param created when it was made, in RFC 3339
 * @param author who made it
 * @param architecture as Go calls it; empty if it does not say
 * @param os as Go calls it; empty if it does not say
 * @param variant of the processor
 * @param osVersion of the operating system
 * @param osFeatures that the operating system must have
 * @param config what its containers start with
 * @param rootfs its layers
 * @param history how they came to be
 * @param rest members without a component
 */
public record ImageConfig(
    @Nullable String created,
    @Nullable String author,
    String architecture,
    String os,
    @Nullable String variant,
    @Nullable String osVersion,
    List<String> osFeatures,
    ContainerConfig config,
    RootFs rootfs,
    List<HistoryEntry> history,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the collections. */
  public ImageConfig {
    osFeatures = List.copyOf(osFeatures);
    history = List.copyOf(history);
  }

  /**
   * Parses a configuration.
   *
   * @param what where it comes from, for the message
   * @throws dev.mydocker.MydockerException naming the line, or the member that is wrong
   */
  public static ImageConfig parse(byte[] json, String what) {
    return Json.decode(json, what, ImageConfig::read);
  }

  /** Makes the record of its object. */
  public static ImageConfig read(ObjectReader in) {
    String architecture = in.optionalString("architecture");
    String os = in.optionalString("os");
    return new ImageConfig(
        in.optionalString("created"),
        in.optionalString("author"),
        architecture == null ? "" : architecture,
        os == null ? "" : os,
        in.optionalString("variant"),
        in.optionalString("os.version"),
        in.strings("os.features"),
        in.objectOr("config", ContainerConfig::read, ContainerConfig.EMPTY),
        in.object("rootfs", RootFs::read),
        in.objects("history", HistoryEntry::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optional("created", created)
        .optional("author", author)
        .put("architecture", architecture)
        .put("os", os)
        .optional("os.version", osVersion)
        .optionalStrings("os.features", osFeatures)
        .optional("variant", variant)
        .optionalNotEmpty("config", config)
        .put("rootfs", rootfs)
        .optionalObjects("history", history)
        .finish(rest);
  }

  /** Returns what the image runs on. */
  public Platform platform() {
    return new Platform(architecture, os, variant, osVersion, osFeatures, JsonObject.empty());
  }

  /** Returns a builder of an image for Linux without layers. */
  public static Builder builder(String architecture) {
    return new Builder(architecture);
  }

  /** Returns a builder that starts from this image. */
  public Builder toBuilder() {
    Builder builder = new Builder(architecture);
    builder.created = created;
    builder.author = author;
    builder.os = os;
    builder.variant = variant;
    builder.osVersion = osVersion;
    builder.osFeatures = osFeatures;
    builder.config = config;
    builder.rootfs = rootfs;
    builder.history.addAll(history);
    builder.rest = rest;
    return builder;
  }

  /** Collects the parts of an image's configuration. */
  public static final class Builder {
    private final String architecture;
    private @Nullable String created;
    private @Nullable String author;
    private String os = "linux";
    private @Nullable String variant;
    private @Nullable String osVersion;
    private List<String> osFeatures = List.of();
    private ContainerConfig config = ContainerConfig.EMPTY;
    private RootFs rootfs = RootFs.of(List.of());
    private final List<HistoryEntry> history = new ArrayList<>();
    private JsonObject rest = JsonObject.empty();

    private Builder(String architecture) {
      this.architecture = architecture;
    }

    /** Sets when it was made, in RFC 3339. */
    public Builder created(@Nullable String value) {
      created = value;
      return this;
    }

    /** Sets who made it. */
    public Builder author(@Nullable String value) {
      author = value;
      return this;
    }

    /** Sets the processor's variant. */
    public Builder variant(@Nullable String value) {
      variant = value;
      return this;
    }

    /** Sets what its containers start with. */
    public Builder config(ContainerConfig value) {
      config = value;
      return this;
    }

    /** Sets its layers. */
    public Builder rootfs(RootFs value) {
      rootfs = value;
      return this;
    }

    /** Adds how it came by its last layer, or changed without one. */
    public Builder history(HistoryEntry value) {
      history.add(value);
      return this;
    }

    /** Makes the configuration. */
    public ImageConfig build() {
      return new ImageConfig(
          created,
          author,
          architecture,
          os,
          variant,
          osVersion,
          osFeatures,
          config,
          rootfs,
          history,
          rest);
    }
  }
}
