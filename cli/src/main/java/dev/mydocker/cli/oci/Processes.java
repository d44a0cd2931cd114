package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.format.Table;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.ProcessStat;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonNumber;
import dev.mydocker.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code ps}: the processes of a container, as the host numbers them. */
final class Processes {
  private Processes() {}

  static void ps(OciCall call) {
    List<Integer> pids = call.container().cgroup().pids();
    String format = call.arguments().value("format").orElse("table");
    if (format.equals("json")) {
      List<JsonValue> numbers = new ArrayList<>();
      for (int pid : pids) {
        numbers.add(JsonNumber.of(pid));
      }
      call.invocation().out().println(Json.compact(JsonArray.of(numbers)));
      return;
    }
    if (!format.equals("table")) {
      throw new MydockerException(
          Category.INVALID, "ps: invalid format \"" + format + "\"", "use table or json");
    }
    Table table = new Table("UID", "PID", "PPID", "CMD");
    for (int pid : pids) {
      Optional<ProcessStat> stat = ProcessStat.of(call.files(), pid);
      if (stat.isPresent()) {
        table.row(
            call.files()
                .status(FileWorker.HOST, "/proc/" + pid)
                .map(FileStatus::user)
                .map(String::valueOf)
                .orElse("?"),
            Integer.toString(pid),
            Long.toString(stat.get().parent()),
            command(call.files(), pid));
      }
    }
    call.invocation().out().print(table.text());
  }

  private static String command(FileWorker files, int pid) {
    String words =
        files
            .readIfThere(FileWorker.HOST, "/proc/" + pid + "/cmdline")
            .map(Bytes::decode)
            .orElse("");
    String shown = words.replace('\0', ' ').replace('\n', ' ').strip();
    return shown.isEmpty()
        ? files
            .readIfThere(FileWorker.HOST, "/proc/" + pid + "/comm")
            .map(name -> "[" + Bytes.decode(name).strip() + "]")
            .orElse("")
        : shown;
  }
}
