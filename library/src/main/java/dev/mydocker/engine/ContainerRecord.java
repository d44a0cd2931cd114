package dev.mydocker.engine;

import dev.mydocker.kernel.LocalZone;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a container, its {@code config.json}.
 *
 * <p>The file begins with members for people and their scripts, whose names and types stay as they
 * are: pid (a string, empty while it does not run), id, name, command, fullCommand, createdTime,
 * status, imageURL, volumes, envs. What the engine itself reads is the object {@code mydocker}
 * behind them. Members that this version does not know are kept.
 *
 * @param id 64 hexadecimal digits
 * @param name how people call it
 * @param kept what was asked for, and what the image said of its containers then
 * @param command the whole command line that its first process executes
 * @param imageId the image's id at creation, or null without an image
 * @param layers the directories that its root file system is made of, topmost first
 * @param owner the process that it belongs to, see {@link Owners}, or null
 * @param created when, in nanoseconds since 1970
 * @param createdLocal the same as a clock here showed it: {@code 2025-02-28 15:09:22}
 * @param status a word for readers of the file: created, running, exited, stopped; the engine
 *     itself never believes it
 * @param run its last start, or null before the first
 * @param exit how that ended, where a file of its own does not say it
 * @param rest unknown members of the file
 * @param ourRest unknown members of the object {@code mydocker}
 */
record ContainerRecord(
    String id,
    String name,
    KeptSpec kept,
    List<String> command,
    @Nullable String imageId,
    List<String> layers,
    @Nullable String owner,
    long created,
    String createdLocal,
    String status,
    @Nullable RunRecord run,
    @Nullable ExitRecord exit,
    JsonObject rest,
    JsonObject ourRest) {
  /** The version of the format; a higher one is for a newer engine. */
  static final int VERSION = 1;

  /** What is below that is parsed when it is looked at, which lists hardly do. */
  private static final int EAGER = 2;

  private static final String CREATED = "created";
  static final String RUNNING = "running";
  private static final String EXITED = "exited";

  ContainerRecord {
    Fields.require(ContainerIds.isId(id), "id", "expected 64 hexadecimal digits");
    Fields.requireText("name", name);
    command = List.copyOf(command);
    layers = List.copyOf(layers);
  }

  /** Returns the record of a container that has not run yet. */
  static ContainerRecord create(
      String id,
      ContainerSpec spec,
      @Nullable String imageId,
      ContainerConfig imageConfig,
      List<String> layers,
      long now,
      LocalZone zone) {
    String name = spec.name();
    return new ContainerRecord(
        id,
        name == null ? ContainerIds.shortId(id) : name,
        KeptSpec.of(spec, imageConfig),
        commandLine(ImageDefaults.apply(spec.process(), imageConfig)),
        imageId,
        layers,
        null,
        now,
        Timestamp.local(now, zone),
        CREATED,
        null,
        null,
        JsonObject.empty(),
        JsonObject.empty());
  }

  /** Returns this container as that of a process. */
  ContainerRecord ownedBy(String process) {
    return with(layers, process, status, run, exit);
  }

  /** Returns this container with other layers below it, which hold the same files. */
  ContainerRecord on(List<String> directories) {
    return with(directories, owner, status, run, exit);
  }

  /** Returns this container under another name. */
  ContainerRecord named(String other) {
    return new ContainerRecord(
        id,
        other,
        KeptSpec.of(spec().name(other), imageConfig()),
        command,
        imageId,
        layers,
        owner,
        created,
        createdLocal,
        status,
        run,
        exit,
        rest,
        ourRest);
  }

  /** Returns this container, running. */
  ContainerRecord running(RunRecord start) {
    return with(RUNNING, start, null);
  }

  /** Returns this container, ended: what its monitor leaves behind as {@code config.json}. */
  ContainerRecord exited() {
    return with(EXITED, run, exit);
  }

  /** Returns this container, ended in a way that no monitor has recorded. */
  ContainerRecord exited(ExitRecord how) {
    return with(EXITED, run, how);
  }

  /**
   * Returns this container, whose command could not be executed: as Docker has it, one that never
   * ran is still a new one.
   */
  ContainerRecord notStarted(@Nullable RunRecord before, ExitRecord why) {
    return before == null ? with(CREATED, null, why) : with(EXITED, run, why);
  }

  /** Returns this container, ended because somebody stopped it. */
  ContainerRecord stopped() {
    return with("stopped", run, exit);
  }

  /** Returns this container with what a file of its own says of its end, if it says anything. */
  ContainerRecord withExit(@Nullable ExitRecord found) {
    return found == null ? this : with(status, run, found);
  }

  private ContainerRecord with(String word, @Nullable RunRecord start, @Nullable ExitRecord how) {
    return with(layers, owner, word, start, how);
  }

  private ContainerRecord with(
      List<String> directories,
      @Nullable String process,
      String word,
      @Nullable RunRecord start,
      @Nullable ExitRecord how) {
    return new ContainerRecord(
        id,
        name,
        kept,
        command,
        imageId,
        directories,
        process,
        created,
        createdLocal,
        word,
        start,
        how,
        rest,
        ourRest);
  }

  private static List<String> commandLine(ProcessOptions process) {
    List<String> line = new ArrayList<>();
    List<String> entrypoint = process.entrypoint();
    if (entrypoint != null) {
      line.addAll(entrypoint);
    }
    List<String> command = process.command();
    if (command != null) {
      line.addAll(command);
    }
    return line;
  }

  /** What was asked for. */
  ContainerSpec spec() {
    return kept.spec();
  }

  /** What the image says of its containers, as it was at creation. */
  ContainerConfig imageConfig() {
    return kept.imageConfig();
  }

  /** What runs, with the image's part filled in. */
  ProcessOptions process() {
    return ImageDefaults.apply(spec().process(), imageConfig());
  }

  /** What lists tell of it. */
  ContainerHead head() {
    return new ContainerHead(
        id, name, command, imageName(), imageId, created, createdLocal, run, exit);
  }

  /** The first words of lists: 12 digits. */
  String shortId() {
    return ContainerIds.shortId(id);
  }

  static ContainerRecord parse(byte[] json, String path) {
    return Json.decodeLazily(json, path, EAGER, ContainerRecord::read);
  }

  private static ContainerRecord read(ObjectReader in) {
    // Taken from the object "mydocker" below; here only so that they are not in the rest.
    in.optionalValue("pid");
    in.optionalValue("command");
    in.optionalValue("volumes");
    in.optionalValue("envs");
    String id = in.string("id");
    String name = in.string("name");
    List<String> command = in.strings("fullCommand");
    String createdLocal = in.string("createdTime");
    String status = in.string("status");
    String image = in.string("imageURL");
    Ours ours = in.object("mydocker", it -> Ours.read(it, image));
    return new ContainerRecord(
        id,
        name,
        ours.kept,
        command,
        ours.imageId,
        ours.layers,
        ours.owner,
        ours.created,
        createdLocal,
        status,
        ours.run,
        ours.exit,
        in.rest(),
        ours.rest);
  }

  private record Ours(
      KeptSpec kept,
      @Nullable String imageId,
      List<String> layers,
      @Nullable String owner,
      long created,
      @Nullable RunRecord run,
      @Nullable ExitRecord exit,
      JsonObject rest) {
    static Ours read(ObjectReader in, String image) {
      int version = in.int32("version");
      Fields.require(
          version <= VERSION,
          "version",
          "written by a newer mydocker (" + version + ", this one knows " + VERSION + ")");
      return new Ours(
          KeptSpec.of(image, object(in, "spec"), object(in, "imageConfig")),
          in.optionalString("imageId"),
          in.strings("layers"),
          in.optionalString("owner"),
          Times.parse("created", in.string("created")),
          in.optionalObject("run", run -> RunRecord.read(run, object(in, "cgroups"))),
          in.optionalObject("exit", ExitRecord::read),
          in.rest());
    }
  }

  /** A member as it is, not looked into; empty if it is missing. */
  private static JsonObject object(ObjectReader in, String name) {
    JsonValue value = in.optionalValue(name);
    if (value == null) {
      return JsonObject.empty();
    }
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new FieldException(name, "expected an object");
  }

  /** Returns the file's content. */
  byte[] encode() {
    return Json.encodeLines(toJson());
  }

  private JsonObject toJson() {
    RunRecord start = run;
    boolean runs = start != null && status.equals(RUNNING);
    return new ObjectWriter()
        .put("pid", start != null && runs ? Long.toString(start.init().pid()) : "")
        .put("id", id)
        .put("name", name)
        .put("command", command.isEmpty() ? "" : command.get(0))
        .putStrings("fullCommand", command)
        .put("createdTime", createdLocal)
        .put("status", status)
        .put("imageURL", imageName())
        .putStrings("volumes", spec().files().binds().stream().map(Bind::toString).toList())
        .putStrings("envs", spec().process().environment())
        .put("mydocker", ours())
        .finish(rest);
  }

  private JsonObject ours() {
    ObjectWriter out =
        new ObjectWriter()
            .put("version", VERSION)
            .put("created", Timestamp.rfc3339Nano(created))
            .optional("imageId", imageId)
            .optionalNotEmpty("imageConfig", imageConfig())
            .optionalStrings("layers", layers)
            .optional("owner", owner);
    RunRecord start = run;
    if (start != null) {
      out.put("run", start.toJson()).put("cgroups", start.cgroups());
    }
    ExitRecord end = exit;
    if (end != null) {
      out.put("exit", end.toJson());
    }
    return out.put("spec", ContainerSpecJson.write(spec())).finish(ourRest);
  }

  /** The image as it was asked for, or the path of the root file system. */
  String imageName() {
    return kept.image();
  }
}
