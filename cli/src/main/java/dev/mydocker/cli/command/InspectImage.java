package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.engine.ImageInfo;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonNull;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** An image as Docker's API describes one. */
final class InspectImage {
  private InspectImage() {}

  static Optional<JsonObject> json(Call call, String name) {
    try {
      return call.engine().images().find(name).map(InspectImage::json);
    } catch (MydockerException e) {
      // Neither a name nor an id: then there is no such image either.
      if (e.category() == Category.INVALID) {
        return Optional.empty();
      }
      throw e;
    }
  }

  static JsonObject json(ImageInfo image) {
    List<ImageInfo.Step> history = image.history();
    return new ObjectWriter()
        .put("Id", image.id())
        .putStrings("RepoTags", image.names())
        .putStrings("RepoDigests", image.digests())
        .put("Parent", image.parent())
        .put("Comment", history.isEmpty() ? "" : history.getLast().comment())
        .put("Created", Moments.rfc3339(image.created()))
        .put("Author", image.author())
        .put("Config", config(image))
        .put("Architecture", image.architecture())
        .put("Os", image.operatingSystem())
        .put("Size", image.size())
        .put(
            "RootFS",
            new ObjectWriter().put("Type", "layers").putStrings("Layers", image.layers()).finish())
        .finish();
  }

  private static JsonObject config(ImageInfo image) {
    ObjectWriter out = new ObjectWriter().put("User", image.user());
    out.optionalNames("ExposedPorts", image.exposedPorts());
    out.putStrings("Env", image.environment());
    strings(out, "Cmd", image.command());
    out.optionalNames("Volumes", image.volumes());
    out.put("WorkingDir", image.workingDirectory());
    strings(out, "Entrypoint", image.entrypoint());
    ObjectWriter labels = new ObjectWriter();
    image.labels().forEach(labels::put);
    copy(configuration(image), out);
    return out.put("Labels", labels.finish()).optional("StopSignal", image.stopSignal()).finish();
  }

  /** What the engine itself makes nothing of: as the configuration has it. */
  static void copy(JsonObject configuration, ObjectWriter out) {
    for (String name : List.of("Healthcheck", "OnBuild", "Shell")) {
      JsonValue value = configuration.get(name);
      if (value != null) {
        out.put(name, value);
      }
    }
  }

  private static JsonObject configuration(ImageInfo image) {
    JsonValue config =
        Json.parseObject(Bytes.encode(image.configuration()), "the configuration").get("config");
    return config instanceof JsonObject object ? object : JsonObject.empty();
  }

  /** Docker writes null where there is no command. */
  private static void strings(ObjectWriter out, String name, Collection<String> texts) {
    if (texts.isEmpty()) {
      out.put(name, JsonNull.NULL);
    } else {
      out.putStrings(name, texts);
    }
  }
}
