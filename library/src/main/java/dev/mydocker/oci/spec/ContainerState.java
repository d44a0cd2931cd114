package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.Map;

/**
 * The state of a container, as {@code state} prints it and hooks read it.
 *
 * @param ociVersion the version of the specification that it follows
 * @param id the container
 * @param status where it is in its life
 * @param pid its first process as the runtime sees it; 0 if there is none
 * @param bundle the absolute path of its bundle
 * @param annotations those of its {@code config.json}
 * @param rest members without a component
 */
public record ContainerState(
    String ociVersion,
    String id,
    Status status,
    int pid,
    String bundle,
    Map<String, String> annotations,
    JsonObject rest)
    implements JsonRecord {
  /** Where a container is in its life. */
  public enum Status {
    /** Between the call of {@code create} and its end. */
    CREATING("creating"),
    /** Waits for {@code start}. */
    CREATED("created"),
    /** Its command runs. */
    RUNNING("running"),
    /** Its cgroup is frozen; not one of the specification's, but of every runtime. */
    PAUSED("paused"),
    /** Its first process has ended. */
    STOPPED("stopped");

    private final String word;

    Status(String word) {
      this.word = word;
    }

    /** Returns its name in the state's JSON. */
    public String word() {
      return word;
    }

    /**
     * Returns the status that is called {@code word}.
     *
     * @throws FieldException if there is none
     */
    public static Status of(String word) {
      for (Status status : values()) {
        if (status.word.equals(word)) {
          return status;
        }
      }
      throw new FieldException("status", "unknown status \"" + word + "\"");
    }
  }

  /** Copies the annotations. */
  public ContainerState {
    Fields.requireText("id", id);
    Fields.require(pid >= 0, "pid", "must not be negative");
    annotations = Fields.copy(annotations);
  }

  /** Returns a state of version {@value RuntimeSpec#VERSION}. */
  public static ContainerState of(
      String id, Status status, int pid, String bundle, Map<String, String> annotations) {
    return new ContainerState(
        RuntimeSpec.VERSION, id, status, pid, bundle, annotations, JsonObject.empty());
  }

  /**
   * Parses a state.
   *
   * @param what where it comes from, for the message
   * @throws dev.mydocker.MydockerException naming the line, or the member that is wrong
   */
  public static ContainerState parse(byte[] json, String what) {
    return Json.decode(json, what, ContainerState::read);
  }

  /** Makes the record of its object. */
  public static ContainerState read(ObjectReader in) {
    Integer pid = in.optionalInt32("pid");
    return new ContainerState(
        in.string("ociVersion"),
        in.string("id"),
        Status.of(in.string("status")),
        pid == null ? 0 : pid,
        in.string("bundle"),
        in.stringMap("annotations"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .put("ociVersion", ociVersion)
        .put("id", id)
        .put("status", status.word)
        .optional("pid", pid == 0 ? null : Integer.valueOf(pid))
        .put("bundle", bundle)
        .optionalStringMap("annotations", annotations)
        .finish(rest);
  }
}
