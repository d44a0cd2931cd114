package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A container's {@code config.json}.
 *
 * @param ociVersion the version of the specification that it follows
 * @param root where the container's root file system is
 * @param mounts what is mounted on top of the root file system, in this order
 * @param process what runs in the container
 * @param hooks what runs around the container's life
 * @param annotations metadata without a meaning to the runtime
 * @param linux what only Linux has
 * @param rest members without a component
 */
public record RuntimeSpec(
    String ociVersion,
    @Nullable RootSpec root,
    List<MountSpec> mounts,
    @Nullable ProcessSpec process,
    @Nullable String hostname,
    @Nullable String domainname,
    Hooks hooks,
    Map<String, String> annotations,
    @Nullable LinuxSpec linux,
    JsonObject rest)
    implements JsonRecord {
  /** The version of the specification that these records follow. */
  public static final String VERSION = "1.3.0";

  /** Copies the collections. */
  public RuntimeSpec {
    Fields.requireText("ociVersion", ociVersion);
    mounts = List.copyOf(mounts);
    annotations = Fields.copy(annotations);
  }

  /**
   * Parses a {@code config.json}.
   *
   * @param what where it comes from, for the message
   * @throws dev.mydocker.MydockerException naming the line, or the member that is wrong
   */
  public static RuntimeSpec parse(byte[] json, String what) {
    return Json.decode(json, what, RuntimeSpec::read);
  }

  /** Makes the record of its object. */
  public static RuntimeSpec read(ObjectReader in) {
    return new RuntimeSpec(
        in.string("ociVersion"),
        in.optionalObject("root", RootSpec::read),
        in.objects("mounts", MountSpec::read),
        in.optionalObject("process", ProcessSpec::read),
        in.optionalString("hostname"),
        in.optionalString("domainname"),
        in.objectOr("hooks", Hooks::read, Hooks.NONE),
        in.stringMap("annotations"),
        in.optionalObject("linux", LinuxSpec::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("ociVersion", ociVersion)
        .optional("process", process)
        .optional("root", root)
        .optional("hostname", hostname)
        .optional("domainname", domainname)
        .optionalObjects("mounts", mounts)
        .optionalNotEmpty("hooks", hooks)
        .optionalStringMap("annotations", annotations)
        .optional("linux", linux)
        .finish(rest);
  }

  /** Returns a builder of a specification of version {@value #VERSION}. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that starts from this specification. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.ociVersion = ociVersion;
    builder.root = root;
    builder.mounts.addAll(mounts);
    builder.process = process;
    builder.hostname = hostname;
    builder.domainname = domainname;
    builder.hooks = hooks;
    builder.annotations.putAll(annotations);
    builder.linux = linux;
    builder.rest = rest;
    return builder;
  }

  /** Collects the parts of a specification. */
  public static final class Builder {
    private String ociVersion = VERSION;
    private @Nullable RootSpec root;
    private final List<MountSpec> mounts = new ArrayList<>();
    private @Nullable ProcessSpec process;
    private @Nullable String hostname;
    private @Nullable String domainname;
    private Hooks hooks = Hooks.NONE;
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private @Nullable LinuxSpec linux;
    private JsonObject rest = JsonObject.empty();

    private Builder() {}

    /** Sets where the root file system is: absolute, or relative to the bundle. */
    public Builder root(String path, boolean readonly) {
      root = new RootSpec(path, readonly, JsonObject.empty());
      return this;
    }

    /** Adds a mount behind the others. */
    public Builder mount(MountSpec mount) {
      mounts.add(mount);
      return this;
    }

    /** Adds mounts behind the others. */
    public Builder mounts(List<MountSpec> more) {
      mounts.addAll(more);
      return this;
    }

    /** Sets all mounts. */
    public Builder replaceMounts(List<MountSpec> all) {
      mounts.clear();
      mounts.addAll(all);
      return this;
    }

    /** Sets what runs in the container. */
    public Builder process(ProcessSpec value) {
      process = value;
      return this;
    }

    /** Sets the host name, which needs a UTS namespace. */
    public Builder hostname(@Nullable String value) {
      hostname = value;
      return this;
    }

    /** Sets the NIS domain name, which needs a UTS namespace. */
    public Builder domainname(@Nullable String value) {
      domainname = value;
      return this;
    }

    /** Sets the hooks. */
    public Builder hooks(Hooks value) {
      hooks = value;
      return this;
    }

    /** Sets one annotation. */
    public Builder annotation(String key, String value) {
      annotations.put(key, value);
      return this;
    }

    /** Sets what only Linux has. */
    public Builder linux(LinuxSpec value) {
      linux = value;
      return this;
    }

    /** Makes the specification. */
    public RuntimeSpec build() {
      return new RuntimeSpec(
          ociVersion, root, mounts, process, hostname, domainname, hooks, annotations, linux, rest);
    }
  }
}
