package dev.mydocker.image;

import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.image.HistoryEntry;
import dev.mydocker.oci.image.ImageConfig;
import dev.mydocker.oci.image.RootFs;
import dev.mydocker.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an image that is made is to say, beside its layers.
 *
 * @param name what to call it, or null
 * @param config what its containers start with; null for what the base image says
 * @param comment what was said about it, or null
 * @param author who made it, or null
 * @param createdBy the command that made it, or null
 * @param created when, in RFC 3339
 * @param archive the identity of the archive it is unpacked of, if that is only to be used as a
 *     root file system, or null
 */
public record NewImage(
    @Nullable ImageReference name,
    @Nullable ContainerConfig config,
    @Nullable String comment,
    @Nullable String author,
    @Nullable String createdBy,
    String created,
    @Nullable String archive) {
  /** Returns a builder of an image that says nothing, made now. */
  public static Builder builder() {
    return new Builder();
  }

  @Nullable String wholeName() {
    return name == null ? null : name.withDefaultTag().toString();
  }

  /** The configuration on a base, with one layer more, or none. */
  ImageConfig config(@Nullable ImageConfig base, @Nullable Digest diffId) {
    ImageConfig.Builder builder =
        base == null ? ImageConfig.builder(StoreFiles.architecture()) : base.toBuilder();
    List<Digest> diffIds =
        base == null ? new ArrayList<>() : new ArrayList<>(base.rootfs().diffIds());
    if (diffId != null) {
      diffIds.add(diffId);
    }
    builder
        .created(created)
        .rootfs(RootFs.of(diffIds))
        .history(
            new HistoryEntry(
                created, createdBy, author, comment, diffId == null, JsonObject.empty()));
    if (author != null) {
      builder.author(author);
    }
    if (config != null) {
      builder.config(config);
    }
    return builder.build();
  }

  /** Collects the parts. */
  public static final class Builder {
    private @Nullable ImageReference name;
    private @Nullable ContainerConfig config;
    private @Nullable String comment;
    private @Nullable String author;
    private @Nullable String createdBy;
    private @Nullable String created;
    private @Nullable String archive;

    private Builder() {}

    /** Sets what to call it. */
    public Builder name(@Nullable ImageReference value) {
      name = value;
      return this;
    }

    /** Sets what its containers start with. */
    public Builder config(@Nullable ContainerConfig value) {
      config = value;
      return this;
    }

    /** Sets what is said about it. */
    public Builder comment(@Nullable String value) {
      comment = value;
      return this;
    }

    /** Sets who made it. */
    public Builder author(@Nullable String value) {
      author = value;
      return this;
    }

    /** Sets the command that made it. */
    public Builder createdBy(@Nullable String value) {
      createdBy = value;
      return this;
    }

    /** Sets when it was made, in RFC 3339. */
    public Builder created(@Nullable String value) {
      created = value;
      return this;
    }

    /** Sets which archive it is unpacked of, to be a root file system and no image of people. */
    public Builder archive(@Nullable String value) {
      archive = value;
      return this;
    }

    /** Makes the record. */
    public NewImage build() {
      String time = created == null ? Timestamp.rfc3339Nano(Timestamp.now()) : created;
      return new NewImage(name, config, comment, author, createdBy, time, archive);
    }
  }
}
