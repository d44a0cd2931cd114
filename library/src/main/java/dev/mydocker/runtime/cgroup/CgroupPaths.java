package dev.mydocker.runtime.cgroup;

import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a container's cgroup is, in each hierarchy. Part of a container's state, so that later
 * commands find it without looking for it, whichever cgroup they are called from.
 *
 * @param version how cgroups were mounted
 * @param directories one for each hierarchy that has the cgroup; at least one
 * @param rest members without a component
 */
public record CgroupPaths(CgroupVersion version, List<CgroupDirectory> directories, JsonObject rest)
    implements JsonRecord {
  /** Copies the list, which must not be empty. */
  public CgroupPaths {
    directories = List.copyOf(directories);
    if (directories.isEmpty()) {
      throw new FieldException("hierarchies", "must not be empty");
    }
  }

  /** The last part of the cgroup's path, for engine containers their id. */
  public String name() {
    String cgroup = directories.getFirst().cgroup();
    return cgroup.substring(cgroup.lastIndexOf('/') + 1);
  }

  /** The directory in the hierarchy of a v1 controller, or in v2's if that rules resources. */
  public Optional<CgroupDirectory> directory(String controller) {
    for (CgroupDirectory directory : directories) {
      if (directory.controllers().contains(controller)) {
        return Optional.of(directory);
      }
    }
    return Optional.empty();
  }

  /** The directory in v2's hierarchy. */
  public Optional<CgroupDirectory> unified() {
    for (CgroupDirectory directory : directories) {
      if (directory.unified()) {
        return Optional.of(directory);
      }
    }
    return Optional.empty();
  }

  /**
   * The name that a hierarchy has below /sys/fs/cgroup, by custom: empty where it is all of it, as
   * v2's is.
   */
  public String shownAs(CgroupDirectory directory) {
    if (directory.unified()) {
      return version == CgroupVersion.V2 ? "" : "unified";
    }
    String names = String.join(",", directory.controllers());
    return names.startsWith("name=") ? names.substring(5) : names;
  }

  /** The directory by whose processes the container's are known, stopped and ended. */
  CgroupDirectory members() {
    return unified().or(() -> directory("freezer")).orElseGet(directories::getFirst);
  }

  /** Makes the record of its object. */
  public static CgroupPaths read(ObjectReader in) {
    String version = in.string("version");
    String usual = in.optionalString("cgroup");
    List<CgroupDirectory> directories = new ArrayList<>();
    if (in.optionalValue("hierarchies") instanceof JsonArray array) {
      for (JsonValue element : array.elements()) {
        directories.add(CgroupDirectory.read(element, usual == null ? "" : usual));
      }
    }
    try {
      return new CgroupPaths(CgroupVersion.of(version), directories, in.rest());
    } catch (IllegalArgumentException e) {
      throw new FieldException("version", "expected v1, v2 or hybrid, found " + version);
    }
  }

  /** As short as can be, for every list of containers reads it of each. */
  @Override
  public JsonObject toJson() {
    String cgroup = directories.getFirst().cgroup();
    List<JsonValue> hierarchies = new ArrayList<>(directories.size());
    for (CgroupDirectory directory : directories) {
      hierarchies.add(directory.toJson(cgroup));
    }
    return new ObjectWriter()
        .put("version", version.label())
        .put("cgroup", cgroup)
        .put("hierarchies", JsonArray.of(hierarchies))
        .finish(rest);
  }
}
