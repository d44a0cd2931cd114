package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;

/**
 * A terminal's size in characters, {@code process.consoleSize}.
 *
 * @param height its rows
 * @param width its columns
 * @param rest members without a component
 */
public record ConsoleSize(int height, int width, JsonObject rest) implements JsonRecord {
  /** The kernel's struct winsize holds 16 bits each, see ioctl_tty(2). */
  public ConsoleSize {
    Fields.require(height >= 0 && height <= 0xFFFF, "height", "expected 0 to 65535");
    Fields.require(width >= 0 && width <= 0xFFFF, "width", "expected 0 to 65535");
  }

  /** Makes the record of its object. */
  public static ConsoleSize read(ObjectReader in) {
    return new ConsoleSize(in.int32("height"), in.int32("width"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().put("height", height).put("width", width).finish(rest);
  }
}
