package dev.mydocker.runtime.lifecycle;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import dev.mydocker.runtime.StartReport;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a container from its creation on: {@code state.json} in its directory. Its
 * configuration is in {@code config.json} beside it.
 *
 * @param version of this format
 * @param id the container
 * @param bundle the absolute path of its bundle
 * @param rootfs the absolute path of its root file system
 * @param pid its first process, as we see it
 * @param startTime when that began, to tell it from later ones of its number
 * @param created in nanoseconds since 1970
 * @param owner the user id that created it
 * @param annotations those of its configuration
 * @param namespaces CLONE_NEW flags of its namespaces
 * @param cgroup where it is
 * @param cgroupIdentity what tells that from a later one of its name, or 0 if it is not known
 * @param systemdUnit the unit of systemd's that it is in, or null if the cgroup is ours alone
 * @param start how to read what it says when it is started
 * @param rest members without a component
 */
public record SavedContainer(
    int version,
    String id,
    String bundle,
    String rootfs,
    long pid,
    long startTime,
    long created,
    int owner,
    Map<String, String> annotations,
    long namespaces,
    CgroupPaths cgroup,
    long cgroupIdentity,
    @Nullable String systemdUnit,
    StartReport start,
    JsonObject rest)
    implements JsonRecord {
  static final int VERSION = 1;
  static final String FILE = "state.json";

  /** Copies the annotations. */
  public SavedContainer {
    annotations = Map.copyOf(annotations);
  }

  static SavedContainer read(ObjectReader in) {
    return new SavedContainer(
        in.int32("version"),
        in.string("id"),
        in.string("bundle"),
        in.string("rootfs"),
        in.int64("pid"),
        in.int64("startTime"),
        in.int64("created"),
        in.int32("owner"),
        in.stringMap("annotations"),
        in.int64("namespaces"),
        in.object("cgroup", CgroupPaths::read),
        in.int64Or("cgroupIdentity", 0),
        in.optionalString("systemdUnit"),
        in.object("start", StartReport::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("version", version)
        .put("id", id)
        .put("bundle", bundle)
        .put("rootfs", rootfs)
        .put("pid", pid)
        .put("startTime", startTime)
        .put("created", created)
        .put("owner", owner)
        .optionalStringMap("annotations", annotations)
        .put("namespaces", namespaces)
        .put("cgroup", cgroup)
        .put("cgroupIdentity", cgroupIdentity)
        .optional("systemdUnit", systemdUnit)
        .put("start", start)
        .finish(rest);
  }
}
