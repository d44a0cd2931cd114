package dev.mydocker.runtime.cgroup;

import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A container's cgroup in one hierarchy. All but {@code mountPoint} are below it: empty for the
 * mount's top, else with a leading slash.
 *
 * @param controllers as in {@link CgroupHierarchy}
 * @param unified whether the hierarchy is v2's
 * @param mountPoint where the hierarchy is mounted
 * @param cgroup the container's cgroup
 * @param kept the cgroup above it that stays when the container goes; those between go if empty
 * @param home the cgroup of the process that made it
 * @param rest members without a component
 */
public record CgroupDirectory(
    List<String> controllers,
    boolean unified,
    String mountPoint,
    String cgroup,
    String kept,
    String home,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the list. */
  public CgroupDirectory {
    controllers = List.copyOf(controllers);
  }

  /** The container's cgroup as an absolute path. */
  public String path() {
    return mountPoint + cgroup;
  }

  /** The absolute path of a file in the container's cgroup. */
  public String file(String name) {
    return mountPoint + cgroup + "/" + name;
  }

  /** Another cgroup of this hierarchy. */
  CgroupDirectory in(String other) {
    return new CgroupDirectory(controllers, unified, mountPoint, other, kept, home, rest);
  }

  /** The absolute paths of the cgroups above it, from the highest, that may have to be made. */
  List<String> parents() {
    List<String> parents = new ArrayList<>();
    int start = kept.length() == cgroup.lastIndexOf('/') ? 0 : kept.length();
    for (int at = cgroup.indexOf('/', start + 1); at > 0; at = cgroup.indexOf('/', at + 1)) {
      parents.add(mountPoint + cgroup.substring(0, at));
    }
    return parents;
  }

  /**
   * The absolute paths of the cgroups above it that go with it if they are empty, deepest first.
   */
  List<String> emptied() {
    List<String> emptied = new ArrayList<>();
    for (int at = cgroup.lastIndexOf('/');
        at > kept.length();
        at = cgroup.lastIndexOf('/', at - 1)) {
      emptied.add(mountPoint + cgroup.substring(0, at));
    }
    return emptied;
  }

  /**
   * Reads what {@link #toJson(String)} made.
   *
   * @param usual the cgroup, where nothing else is said
   */
  static CgroupDirectory read(JsonValue value, String usual) {
    if (value instanceof JsonObject object) {
      return read(new ObjectReader(object));
    }
    String text = value instanceof JsonString string ? string.value() : "";
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new FieldException("hierarchies", "expected controllers:mountPoint or an object");
    }
    List<String> controllers = List.of(text.substring(0, colon).split(","));
    return new CgroupDirectory(
        controllers, false, text.substring(colon + 1), usual, "", "", JsonObject.empty());
  }

  /** Returns {@code controllers:mountPoint} where the rest is as usual, else an object. */
  JsonValue toJson(String usual) {
    boolean plain =
        !unified && cgroup.equals(usual) && kept.isEmpty() && home.isEmpty() && rest.isEmpty();
    return plain ? new JsonString(String.join(",", controllers) + ":" + mountPoint) : toJson();
  }

  private static CgroupDirectory read(ObjectReader in) {
    return new CgroupDirectory(
        in.strings("controllers"),
        in.flag("unified"),
        in.string("mountPoint"),
        in.string("cgroup"),
        orEmpty(in.optionalString("kept")),
        orEmpty(in.optionalString("home")),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .putStrings("controllers", controllers)
        .optionalFlag("unified", unified)
        .put("mountPoint", mountPoint)
        .put("cgroup", cgroup)
        .optional("kept", kept)
        .optional("home", home)
        .finish(rest);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
