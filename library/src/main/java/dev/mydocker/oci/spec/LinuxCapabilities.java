package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;

/**
 * The five sets of capabilities(7), each of names such as CAP_CHOWN, {@code process.capabilities}.
 *
 * @param bounding what execve can give at most
 * @param effective what counts now
 * @param inheritable what is kept across execve of files that say so
 * @param permitted what may be made effective
 * @param ambient what is kept across execve of any file
 * @param rest members without a component
 */
public record LinuxCapabilities(
    List<String> bounding,
    List<String> effective,
    List<String> inheritable,
    List<String> permitted,
    List<String> ambient,
    JsonObject rest)
    implements JsonRecord {
  /** No capability at all. */
  public static final LinuxCapabilities NONE = of(List.of(), true);

  /** Copies the sets. */
  public LinuxCapabilities {
    bounding = List.copyOf(bounding);
    effective = List.copyOf(effective);
    inheritable = List.copyOf(inheritable);
    permitted = List.copyOf(permitted);
    ambient = List.copyOf(ambient);
  }

  /**
   * Returns the sets of a container as Docker makes them: all bounding, and for root permitted and
   * effective too; nothing is inheritable (CVE-2022-24769) or ambient.
   *
   * @param names the capabilities
   * @param root whether the process runs as user 0
   */
  public static LinuxCapabilities of(List<String> names, boolean root) {
    return new LinuxCapabilities(
        names,
        root ? names : List.of(),
        List.of(),
        root ? names : List.of(),
        List.of(),
        JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static LinuxCapabilities read(ObjectReader in) {
    return new LinuxCapabilities(
        in.strings("bounding"),
        in.strings("effective"),
        in.strings("inheritable"),
        in.strings("permitted"),
        in.strings("ambient"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optionalStrings("bounding", bounding)
        .optionalStrings("effective", effective)
        .optionalStrings("inheritable", inheritable)
        .optionalStrings("permitted", permitted)
        .optionalStrings("ambient", ambient)
        .finish(rest);
  }
}
