package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.Failure;
import dev.mydocker.cli.format.GoTemplate;
import dev.mydocker.engine.Container;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code inspect}: everything known of containers and images, in the form of Docker's API. */
final class Inspect {
  private Inspect() {}

  static int run(Call call) {
    String type = call.arguments().value("type").orElse("");
    if (!List.of("", "container", "image", "oci").contains(type)) {
      throw new MydockerException(
          Category.INVALID,
          "\"" + type + "\" is not a valid value for --type",
          "there are container, image and oci");
    }
    String format = call.arguments().value("format").orElse("");
    GoTemplate template =
        format.isEmpty() || format.equals("json") ? null : GoTemplate.parse(format);
    List<JsonObject> found = new ArrayList<>();
    List<MydockerException> problems = new ArrayList<>();
    for (String name : call.operands()) {
      try {
        found.add(object(call, type, name));
      } catch (MydockerException e) {
        problems.add(e);
      }
    }
    if (template != null) {
      for (JsonObject object : found) {
        call.out().println(template.execute(object, GoTemplate.Absent.ERROR));
      }
      if (found.isEmpty()) {
        call.out().println("");
      }
    } else if (format.equals("json")) {
      for (JsonObject object : found) {
        call.out().println(Json.compact(object));
      }
    } else {
      call.out().println(Json.pretty(JsonArray.of(found)));
    }
    call.out().flush();
    for (MydockerException problem : problems) {
      call.err().println(Failure.line(problem));
      Failure.trace(call.invocation(), problem);
    }
    return problems.isEmpty() ? 0 : 1;
  }

  /** The container of that name, else the image; or a container's OCI configuration. */
  private static JsonObject object(Call call, String type, String name) {
    if (type.equals("oci")) {
      String json = call.engine().container(name).ociSpecification();
      return Json.parseObject(Bytes.encode(json), "the OCI configuration");
    }
    if (!type.equals("image")) {
      try {
        Container container = call.engine().container(name);
        JsonObject json = InspectContainer.json(container.info());
        return call.arguments().flag("size")
            ? InspectContainer.withSizes(json, container.diskUsage())
            : json;
      } catch (MydockerException e) {
        if (e.category() != Category.NOT_FOUND || type.equals("container")) {
          throw e;
        }
      }
    }
    Optional<JsonObject> image = InspectImage.json(call, name);
    if (image.isPresent()) {
      return image.get();
    }
    throw new MydockerException(
        Category.NOT_FOUND, type.isEmpty() ? "No such object: " + name : "No such image: " + name);
  }
}
