package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mount of a container, {@code mounts[]}.
 *
 * @param destination where, inside the container; the specification wants it absolute, but runtimes
 *     take a relative one (1.0 allowed it) as seen from the root
 * @param type the file system's type; {@code bind}, {@code none} or null for bind mounts
 * @param source a device, a name, or the directory or file that is bound
 * @param options fstab's words: ro, nosuid, rbind, rslave, size=64m
 * @param uidMappings users of an idmapped mount
 * @param gidMappings groups of an idmapped mount
 * @param rest members without a component
 */
public record MountSpec(
    String destination,
    @Nullable String type,
    @Nullable String source,
    List<String> options,
    List<LinuxIdMapping> uidMappings,
    List<LinuxIdMapping> gidMappings,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the lists. */
  public MountSpec {
    Fields.requireText("destination", destination);
    options = List.copyOf(options);
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
  }

  /** Returns a mount without mappings. */
  public static MountSpec of(
      String destination, @Nullable String type, @Nullable String source, List<String> options) {
    return new MountSpec(
        destination, type, source, options, List.of(), List.of(), JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static MountSpec read(ObjectReader in) {
    return new MountSpec(
        in.string("destination"),
        in.optionalString("type"),
        in.optionalString("source"),
        in.strings("options"),
        in.objects("uidMappings", LinuxIdMapping::read),
        in.objects("gidMappings", LinuxIdMapping::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("destination", destination)
        .optional("type", type)
        .optional("source", source)
        .optionalStrings("options", options)
        .optionalObjects("uidMappings", uidMappings)
        .optionalObjects("gidMappings", gidMappings)
        .finish(rest);
  }
}
