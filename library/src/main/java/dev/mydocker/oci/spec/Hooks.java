package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.List;

/**
 * The programs around a container's life, {@code hooks}, each list in its order.
 *
 * @param prestart deprecated: as createRuntime, and before it
 * @param createRuntime after the namespaces exist and before pivot_root, in the runtime's
 *     namespaces
 * @param createContainer at the same time, in the container's mount namespace
 * @param startContainer just before the command, inside the container
 * @param poststart after the command has started, in the runtime's namespaces
 * @param poststop after the container is deleted, in the runtime's namespaces
 * @param rest members without a component
 */
public record Hooks(
    List<Hook> prestart,
    List<Hook> createRuntime,
    List<Hook> createContainer,
    List<Hook> startContainer,
    List<Hook> poststart,
    List<Hook> poststop,
    JsonObject rest)
    implements JsonRecord {
  /** No hooks. */
  public static final Hooks NONE =
      new Hooks(
          List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), JsonObject.empty());

  /** Copies the lists. */
  public Hooks {
    prestart = List.copyOf(prestart);
    createRuntime = List.copyOf(createRuntime);
    createContainer = List.copyOf(createContainer);
    startContainer = List.copyOf(startContainer);
    poststart = List.copyOf(poststart);
    poststop = List.copyOf(poststop);
  }

  /** Makes the record of its object. */
  public static Hooks read(ObjectReader in) {
    return new Hooks(
        in.objects("prestart", Hook::read),
        in.objects("createRuntime", Hook::read),
        in.objects("createContainer", Hook::read),
        in.objects("startContainer", Hook::read),
        in.objects("poststart", Hook::read),
        in.objects("poststop", Hook::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optionalObjects("prestart", prestart)
        .optionalObjects("createRuntime", createRuntime)
        .optionalObjects("createContainer", createContainer)
        .optionalObjects("startContainer", startContainer)
        .optionalObjects("poststart", poststart)
        .optionalObjects("poststop", poststop)
        .finish(rest);
  }
}
