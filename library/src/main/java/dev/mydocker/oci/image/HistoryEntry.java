package dev.mydocker.oci.image;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * How an image came by a layer, or changed without one, {@code history[]}.
 *
 * @param created when, in RFC 3339
 * @param createdBy by which command
 * @param author by whom
 * @param comment what was said about it
 * @param emptyLayer whether there is no layer for it
 * @param rest members without a component
 */
public record HistoryEntry(
    @Nullable String created,
    @Nullable String createdBy,
    @Nullable String author,
    @Nullable String comment,
    boolean emptyLayer,
    JsonObject rest)
    implements JsonRecord {
  /** Returns the entry of a layer. */
  public static HistoryEntry of(
      String created,
      @Nullable String createdBy,
      @Nullable String author,
      @Nullable String comment) {
    return new HistoryEntry(created, createdBy, author, comment, false, JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static HistoryEntry read(ObjectReader in) {
    return new HistoryEntry(
        in.optionalString("created"),
        in.optionalString("created_by"),
        in.optionalString("author"),
        in.optionalString("comment"),
        in.flag("empty_layer"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optional("created", created)
        .optional("created_by", createdBy)
        .optional("author", author)
        .optional("comment", comment)
        .optionalFlag("empty_layer", emptyLayer)
        .finish(rest);
  }
}
