package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes to {@code linux.seccomp.listenerPath}, beside the descriptors themselves.
 *
 * @param ociVersion the version of the specification that it follows
 * @param fds what each descriptor is, in their order
 * @param pid the process as the runtime sees it
 * @param metadata {@code linux.seccomp.listenerMetadata}
 * @param state the container
 * @param rest members without a component
 */
public record ContainerProcessState(
    String ociVersion,
    List<String> fds,
    int pid,
    @Nullable String metadata,
    ContainerState state,
    JsonObject rest)
    implements JsonRecord {
  /** What the seccomp notify descriptor is called. */
  public static final String SECCOMP_FD = "seccompFd";

  /** Copies the list. */
  public ContainerProcessState {
    fds = List.copyOf(fds);
  }

  /** Returns what accompanies a seccomp notify descriptor. */
  public static ContainerProcessState ofSeccomp(
      int pid, @Nullable String metadata, ContainerState state) {
    return new ContainerProcessState(
        RuntimeSpec.VERSION, List.of(SECCOMP_FD), pid, metadata, state, JsonObject.empty());
  }

  /** Makes the record of its object. */
  public static ContainerProcessState read(ObjectReader in) {
    return new ContainerProcessState(
        in.string("ociVersion"),
        in.strings("fds"),
        in.int32("pid"),
        in.optionalString("metadata"),
        in.object("state", ContainerState::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("ociVersion", ociVersion)
        .putStrings("fds", fds)
        .put("pid", pid)
        .optional("metadata", metadata)
        .put("state", state)
        .finish(rest);
  }
}
