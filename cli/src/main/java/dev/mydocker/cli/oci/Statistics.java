package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectWriter;
import dev.mydocker.oci.spec.ContainerState.Status;
import dev.mydocker.runtime.cgroup.CgroupStats;
import dev.mydocker.runtime.lifecycle.RuntimeContainer;
import org.jspecify.annotations.Nullable;

/** {@code events}: what a container uses, in runc's words. */
final class Statistics {
  private Statistics() {}

  static void events(OciCall call) {
    RuntimeContainer container = call.container();
    if (container.status() == Status.STOPPED) {
      throw new MydockerException(
          Category.CONFLICT,
          "events of container "
              + call.id()
              + ": container with id "
              + call.id()
              + " is not running");
    }
    if (call.arguments().flag("stats")) {
      print(call, "stats", data(container.cgroup().stats()));
    } else {
      EventStream.print(call, container);
    }
  }

  /** Prints one event, which whoever reads gets at once. */
  static void print(OciCall call, String type, @Nullable JsonObject data) {
    ObjectWriter event = new ObjectWriter().put("type", type).put("id", call.id());
    if (data != null) {
      event.put("data", (JsonValue) data);
    }
    call.invocation().out().println(Json.compact(event.finish()));
    call.invocation().out().flush();
  }

  static JsonObject data(CgroupStats stats) {
    JsonObject cpu =
        new ObjectWriter()
            .put(
                "usage",
                (JsonValue)
                    new ObjectWriter()
                        .put("total", stats.cpuNanos())
                        .put("kernel", stats.systemNanos())
                        .put("user", stats.userNanos())
                        .finish())
            .finish();
    JsonObject memory =
        new ObjectWriter()
            .put(
                "usage",
                (JsonValue)
                    new ObjectWriter()
                        .putUnsigned("limit", stats.memoryLimit() < 0 ? -1L : stats.memoryLimit())
                        .put("usage", stats.memory())
                        .finish())
            .finish();
    ObjectWriter pids = new ObjectWriter().put("current", stats.pids());
    if (stats.pidsLimit() > 0) {
      pids.put("limit", stats.pidsLimit());
    }
    return new ObjectWriter()
        .put("cpu", (JsonValue) cpu)
        .put("memory", (JsonValue) memory)
        .put("pids", (JsonValue) pids.finish())
        .finish();
  }
}
