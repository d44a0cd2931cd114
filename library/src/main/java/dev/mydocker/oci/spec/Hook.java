package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs at some point of a container's life; it reads the state on standard input.
 *
 * @param path the program, absolute
 * @param args its arguments, argv[0] included; empty means the path alone
 * @param env its whole environment, NAME=value
 * @param timeout seconds after which it is killed, or null for no limit
 * @param rest members without a component
 */
public record Hook(
    String path, List<String> args, List<String> env, @Nullable Integer timeout, JsonObject rest)
    implements JsonRecord {
  /** Copies the lists and checks path and time. */
  public Hook {
    Fields.requireAbsolute("path", path);
    Fields.require(timeout == null || timeout > 0, "timeout", "must be greater than 0");
    args = List.copyOf(args);
    env = List.copyOf(env);
  }

  /** Makes the record of its object. */
  public static Hook read(ObjectReader in) {
    return new Hook(
        in.string("path"),
        in.strings("args"),
        in.strings("env"),
        in.optionalInt32("timeout"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("path", path)
        .optionalStrings("args", args)
        .optionalStrings("env", env)
        .optional("timeout", timeout)
        .finish(rest);
  }
}
