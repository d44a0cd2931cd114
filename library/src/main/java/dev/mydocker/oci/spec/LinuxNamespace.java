package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * A namespace of the container, {@code linux.namespaces[]}, see namespaces(7).
 *
 * @param type which
 * @param path the namespace to join, or null for a new one
 * @param rest members without a component
 */
public record LinuxNamespace(Type type, @Nullable String path, JsonObject rest)
    implements JsonRecord {
  /** The kinds of namespaces. */
  public enum Type {
    /** Process ids. */
    PID("pid"),
    /** Network devices, ports, rules. */
    NETWORK("network"),
    /** Mounts. */
    MOUNT("mount"),
    /** System V IPC and POSIX message queues. */
    IPC("ipc"),
    /** Host and domain name. */
    UTS("uts"),
    /** User and group ids, capabilities. */
    USER("user"),
    /** The cgroup root. */
    CGROUP("cgroup"),
    /** Boot and monotonic clock. */
    TIME("time");

    private final String word;

    Type(String word) {
      this.word = word;
    }

    /** Returns its name in {@code config.json}. */
    public String word() {
      return word;
    }

    /**
     * Returns the type that is called {@code word}.
     *
     * @throws FieldException if there is none
     */
    public static Type of(String word) {
      for (Type type : values()) {
        if (type.word.equals(word)) {
          return type;
        }
      }
      throw new FieldException("type", "unknown namespace \"" + word + "\"");
    }
  }

  /** Checks the path. */
  public LinuxNamespace {
    if (path != null) {
      Fields.requireAbsolute("path", path);
    }
  }

  /** Returns a new namespace. */
  public static LinuxNamespace create(Type type) {
    return new LinuxNamespace(type, null, JsonObject.empty());
  }

  /** Returns the namespace at {@code path}, such as {@code /proc/1/ns/net}. */
  public static LinuxNamespace join(Type type, String path) {
    return new LinuxNamespace(type, path, JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static LinuxNamespace read(ObjectReader in) {
    return new LinuxNamespace(Type.of(in.string("type")), in.optionalString("path"), in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter().put("type", type.word).optional("path", path).finish(rest);
  }
}
