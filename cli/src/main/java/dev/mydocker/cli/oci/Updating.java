package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectWriter;
import dev.mydocker.oci.spec.ContainerState.Status;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.runtime.lifecycle.RuntimeContainer;
import org.jspecify.annotations.Nullable;

/** {@code update}. */
final class Updating {
  private static final int LIMIT = 1 << 20;

  private Updating() {}

  static void update(OciCall call) {
    RuntimeContainer container = call.container();
    if (container.status() == Status.STOPPED) {
      throw new MydockerException(
          Category.CONFLICT, "update container " + call.id() + ": container not running");
    }
    String file = call.arguments().value("resources").orElse("");
    LinuxResources resources = file.isEmpty() ? typed(call.arguments()) : read(call, file);
    container.update(resources);
  }

  private static LinuxResources read(OciCall call, String file) {
    byte[] text =
        file.equals("-")
            ? call.files().read(call.invocation().stdin(), LIMIT)
            : call.files().read(FileWorker.HOST, call.path(file), LIMIT);
    return Json.decode(text, file.equals("-") ? "standard input" : file, LinuxResources::read);
  }

  private static LinuxResources typed(Arguments arguments) {
    JsonObject cpu =
        new ObjectWriter()
            .optional("shares", number(arguments, "cpu-share"))
            .optional("quota", number(arguments, "cpu-quota"))
            .optional("burst", number(arguments, "cpu-burst"))
            .optional("period", number(arguments, "cpu-period"))
            .optional("realtimeRuntime", number(arguments, "cpu-rt-runtime"))
            .optional("realtimePeriod", number(arguments, "cpu-rt-period"))
            .optional("idle", number(arguments, "cpu-idle"))
            .optional("cpus", arguments.value("cpuset-cpus").orElse(null))
            .optional("mems", arguments.value("cpuset-mems").orElse(null))
            .finish();
    JsonObject memory =
        new ObjectWriter()
            .optional("limit", bytes(arguments, "memory"))
            .optional("reservation", bytes(arguments, "memory-reservation"))
            .optional("swap", bytes(arguments, "memory-swap"))
            .optional("kernelTCP", bytes(arguments, "kernel-memory-tcp"))
            .finish();
    ObjectWriter all = new ObjectWriter();
    if (!cpu.isEmpty()) {
      all.put("cpu", (JsonValue) cpu);
    }
    if (!memory.isEmpty()) {
      all.put("memory", (JsonValue) memory);
    }
    Long pids = number(arguments, "pids-limit");
    if (pids != null) {
      all.put("pids", (JsonValue) new ObjectWriter().put("limit", pids).finish());
    }
    Long weight = number(arguments, "blkio-weight");
    if (weight != null) {
      all.put("blockIO", (JsonValue) new ObjectWriter().put("weight", weight).finish());
    }
    return Json.decode(all.finish(), "options", LinuxResources::read);
  }

  private static @Nullable Long number(Arguments arguments, String name) {
    return arguments.given(name) ? (Long) arguments.integer(name, 0) : null;
  }

  private static @Nullable Long bytes(Arguments arguments, String name) {
    String text = arguments.value(name).orElse("");
    return text.isEmpty() ? null : (Long) Sizes.parse(name, text);
  }
}
