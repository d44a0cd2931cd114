package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;

/**
 * The argument of personality(2), {@code linux.personality}.
 *
 * @param domain LINUX or LINUX32
 * @param flags reserved; the specification defines none
 * @param rest members without a component
 */
public record LinuxPersonality(String domain, List<String> flags, JsonObject rest)
    implements JsonRecord {
  /** The domains. */
  public static final List<String> DOMAINS = List.of("LINUX", "LINUX32");

  /** Copies the flags, and checks the domain. */
  public LinuxPersonality {
    Fields.requireOneOf("domain", domain, DOMAINS);
    flags = List.copyOf(flags);
  }

  /** Makes the record of its object. */
  public static LinuxPersonality read(ObjectReader in) {
    return new LinuxPersonality(in.string("domain"), in.strings("flags"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().put("domain", domain).optionalStrings("flags", flags).finish(rest);
  }
}
