package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.format.GoTemplate;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.ObjectWriter;

/**
 * {@code version}: which version this is. There is no daemon, so its client and its server are the
 * same program; templates of Docker's users ask for either.
 */
final class Version {
  private Version() {}

  static int run(Call call) {
    String format = call.arguments().value("format").orElse("");
    if (format.isEmpty()) {
      call.out()
          .println("mydocker version " + Product.VERSION)
          .println(" OS/Arch:  linux/" + Product.architecture())
          .println(" Kernel:   " + kernel(call))
          .println(" Java:     " + Product.java());
      return 0;
    }
    JsonObject part =
        new ObjectWriter()
            .put("Version", Product.VERSION)
            .put("ApiVersion", Product.API)
            .put("Os", "linux")
            .put("Arch", Product.architecture())
            .put("KernelVersion", kernel(call))
            .put("JavaVersion", Product.java())
            .finish();
    JsonObject both = new ObjectWriter().put("Client", part).put("Server", part).finish();
    call.out()
        .println(
            format.equals("json")
                ? Json.compact(both)
                : GoTemplate.parse(format).execute(both, GoTemplate.Absent.ERROR));
    return 0;
  }

  static String kernel(Call call) {
    byte[] text = call.host().files().read(FileWorker.HOST, "/proc/sys/kernel/osrelease", 4096);
    return Bytes.decode(text).strip();
  }
}
