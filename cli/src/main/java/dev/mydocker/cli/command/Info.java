package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.format.GoTemplate;
import dev.mydocker.cli.format.Human;
import dev.mydocker.engine.ContainerInfo;
import dev.mydocker.engine.Status;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.Optional;

/** {@code info}: how many containers and images there are, and what machine this is. */
@SuppressWarnings("AvoidCommonTypeNames") // The class of a verb has the verb's name.
final class Info {
  private Info() {}

  static int run(Call call) {
    JsonObject info = collect(call);
    String format = call.arguments().value("format").orElse("");
    if (format.equals("json")) {
      call.out().println(Json.compact(info));
    } else if (!format.isEmpty()) {
      call.out().println(GoTemplate.parse(format).execute(info, GoTemplate.Absent.ERROR));
    } else {
      print(call, info);
    }
    return 0;
  }

  private static JsonObject collect(Call call) {
    int running = 0;
    int paused = 0;
    int stopped = 0;
    for (ContainerInfo info : call.engine().list()) {
      if (info.status() == Status.RUNNING) {
        running++;
      } else if (info.status() == Status.PAUSED) {
        paused++;
      } else {
        stopped++;
      }
    }
    String mounts = text(call, "/proc/self/mountinfo");
    return new ObjectWriter()
        .put("Containers", running + paused + stopped)
        .put("ContainersRunning", running)
        .put("ContainersPaused", paused)
        .put("ContainersStopped", stopped)
        .put("Images", LocalImages.count(call))
        .put("ServerVersion", Product.VERSION)
        .put("Driver", "overlay2")
        .put("LoggingDriver", "cri")
        .put("CgroupDriver", "cgroupfs")
        .put("CgroupVersion", mounts.contains(" - cgroup ") ? "1" : "2")
        .put("KernelVersion", Version.kernel(call))
        .put("OperatingSystem", operatingSystem(text(call, "/etc/os-release")))
        .put("OSType", "linux")
        .put("Architecture", System.getProperty("os.arch", ""))
        .put("NCPU", Runtime.getRuntime().availableProcessors())
        .put("MemTotal", memory(text(call, "/proc/meminfo")))
        .put("DockerRootDir", call.engine().directory().root())
        .put("Name", text(call, "/proc/sys/kernel/hostname").strip())
        .finish();
  }

  private static void print(Call call, JsonObject info) {
    line(call, "Containers", info, "Containers");
    line(call, " Running", info, "ContainersRunning");
    line(call, " Paused", info, "ContainersPaused");
    line(call, " Stopped", info, "ContainersStopped");
    line(call, "Images", info, "Images");
    line(call, "Version", info, "ServerVersion");
    line(call, "Storage Driver", info, "Driver");
    line(call, "Cgroup Version", info, "CgroupVersion");
    line(call, "Kernel Version", info, "KernelVersion");
    line(call, "Operating System", info, "OperatingSystem");
    line(call, "Architecture", info, "Architecture");
    line(call, "CPUs", info, "NCPU");
    call.out()
        .println(
            "Total Memory: " + Human.size(Long.parseLong(String.valueOf(info.get("MemTotal")))));
    line(call, "Name", info, "Name");
    line(call, "Root Dir", info, "DockerRootDir");
  }

  private static void line(Call call, String label, JsonObject info, String member) {
    String value = GoTemplate.parse("{{." + member + "}}").execute(info, GoTemplate.Absent.ERROR);
    call.out().println(label + ": " + value);
  }

  private static String text(Call call, String path) {
    Optional<byte[]> bytes = call.host().files().readIfThere(FileWorker.HOST, path);
    return bytes.map(Bytes::decode).orElse("");
  }

  private static String operatingSystem(String release) {
    String key = "PRETTY_NAME=";
    for (String line : release.split("\n", -1)) {
      if (line.startsWith(key)) {
        String value = line.substring(key.length());
        return value.length() > 1 && value.startsWith("\"")
            ? value.substring(1, value.length() - 1)
            : value;
      }
    }
    return "Linux";
  }

  /** The first line: {@code MemTotal: 8000000 kB}. */
  private static long memory(String meminfo) {
    long kilobytes = 0;
    for (int i = 0; i < meminfo.length() && meminfo.charAt(i) != '\n'; i++) {
      char c = meminfo.charAt(i);
      if (c >= '0' && c <= '9') {
        kilobytes = kilobytes * 10 + c - '0';
      }
    }
    return kilobytes * 1024;
  }
}
