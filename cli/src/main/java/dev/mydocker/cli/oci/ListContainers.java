package dev.mydocker.cli.oci;

import dev.mydocker.cli.format.Table;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectWriter;
import dev.mydocker.oci.spec.ContainerState;
import dev.mydocker.runtime.lifecycle.RuntimeContainer;
import dev.mydocker.runtime.lifecycle.SavedContainer;
import dev.mydocker.runtime.lifecycle.StateRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code list}, and what {@code state} prints. */
final class ListContainers {
  private ListContainers() {}

  static void list(OciCall call) {
    StateRoot root = call.root();
    List<JsonValue> objects = new ArrayList<>();
    StringBuilder ids = new StringBuilder();
    Table table = new Table("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER");
    for (String id : root.ids()) {
      Optional<RuntimeContainer> found = RuntimeContainer.find(root, id);
      if (found.isEmpty()) {
        continue;
      }
      RuntimeContainer container = found.get();
      ContainerState state = container.state();
      ids.append(id).append('\n');
      objects.add(object(container, state, call.files()));
      table.row(
          id,
          Integer.toString(state.pid()),
          state.status().word(),
          state.bundle(),
          Timestamp.rfc3339Nano(container.saved().created()),
          owner(call.files(), container.saved().owner()));
    }
    Arguments arguments = call.arguments();
    if (arguments.flag("quiet")) {
      call.invocation().out().print(ids.toString());
    } else if (arguments.value("format").orElse("table").equals("json")) {
      call.invocation().out().print(Json.compact(JsonArray.of(objects)));
    } else {
      call.invocation().out().print(table.text());
    }
  }

  /** The state with what runc adds to the specification's. */
  static JsonObject object(RuntimeContainer container) {
    return object(container, container.state(), container.files());
  }

  private static JsonObject object(
      RuntimeContainer container, ContainerState state, FileWorker files) {
    SavedContainer saved = container.saved();
    return new ObjectWriter()
        .put("ociVersion", state.ociVersion())
        .put("id", state.id())
        .put("pid", state.pid())
        .put("status", state.status().word())
        .put("bundle", state.bundle())
        .put("rootfs", saved.rootfs())
        .put("created", Timestamp.rfc3339Nano(saved.created()))
        .optionalStringMap("annotations", state.annotations())
        .put("owner", owner(files, saved.owner()))
        .finish();
  }

  private static String owner(FileWorker files, int uid) {
    if (uid == 0) {
      return "root";
    }
    String number = Integer.toString(uid);
    String accounts =
        files.readIfThere(FileWorker.HOST, "/etc/passwd").map(Bytes::decode).orElse("");
    for (String line : accounts.split("\n", -1)) {
      String[] fields = line.split(":", -1);
      if (fields.length > 2 && fields[2].equals(number)) {
        return fields[0];
      }
    }
    return number;
  }
}
