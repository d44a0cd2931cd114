package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.Failure;
import dev.mydocker.cli.format.Ages;
import dev.mydocker.cli.format.Human;
import dev.mydocker.cli.format.ListFormat;
import dev.mydocker.cli.format.Shorten;
import dev.mydocker.cli.format.Table;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.engine.Bind;
import dev.mydocker.engine.ContainerInfo;
import dev.mydocker.engine.DiskUsage;
import dev.mydocker.kernel.LocalZone;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.ObjectWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** {@code ps}: lists containers. */
final class Ps {
  /** What Docker shows where nobody asked for sizes. */
  private static final String NO_SIZE = "0B";

  private Ps() {}

  static int run(Call call) {
    Arguments arguments = call.arguments();
    PsFilter filter = PsFilter.parse(arguments.values("filter"));
    long most = arguments.flag("latest") ? 1 : arguments.integer("last", -1);
    boolean all = arguments.flag("all") || most > 0 || filter.namesStatus();
    List<ContainerInfo> found = new ArrayList<>();
    int[] code = {0};
    for (ContainerInfo info :
        call.engine()
            .list(
                problem -> {
                  call.err().println(Failure.line(problem));
                  code[0] = 1;
                })) {
      if ((all || info.status().isAlive())
          && (most <= 0 || found.size() < most)
          && filter.accepts(info)) {
        found.add(info);
      }
    }
    call.out().print(text(call, found));
    return code[0];
  }

  private static String text(Call call, List<ContainerInfo> found) {
    Arguments arguments = call.arguments();
    boolean whole = arguments.flag("no-trunc");
    long now = call.invocation().now();
    String format = arguments.value("format").orElse("");
    List<String> columns =
        new ArrayList<>(List.of("ID", "Name", "Image", "Pid", "Status", "Command", "RunningFor"));
    if (arguments.flag("size")) {
      columns.add("Size");
    }
    ListFormat list = new ListFormat(headers(), columns);
    // To add up files takes long, so that is for those who want to know.
    boolean sized = arguments.flag("size") || format.contains(".Size");
    if (arguments.flag("quiet")) {
      StringBuilder ids = new StringBuilder();
      for (ContainerInfo info : found) {
        ids.append(id(info, whole)).append('\n');
      }
      return ids.toString();
    }
    if (format.isEmpty() || format.equals("table")) {
      Table table = list.table();
      Ages created = new Ages(now);
      Ages started = new Ages(now);
      for (ContainerInfo info : found) {
        table.row(cells(info, whole, created, started, sized ? size(call, info) : null));
      }
      return table.text();
    }
    LocalZone zone = found.isEmpty() ? LocalZone.UTC : call.invocation().zone();
    List<ListFormat.Row> rows = new ArrayList<>(found.size());
    for (ContainerInfo info : found) {
      String size = sized ? size(call, info) : NO_SIZE;
      rows.add(row(info, whole, now, time -> Timestamp.localWithZone(time, zone), size));
    }
    return list.text(format, false, rows);
  }

  /** What it wrote, and with its image: {@code 5B (virtual 1.24MB)}. */
  private static String size(Call call, ContainerInfo info) {
    try {
      DiskUsage usage = call.engine().container(info.id()).diskUsage();
      return Human.size(usage.writable(), 3) + " (virtual " + Human.size(usage.root(), 3) + ")";
    } catch (MydockerException e) {
      // Removed since it was listed.
      if (e.category() == Category.NOT_FOUND) {
        return NO_SIZE;
      }
      throw e;
    }
  }

  private static Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("ID", "ID");
    headers.put("Name", "NAME");
    headers.put("Names", "NAMES");
    headers.put("Image", "IMAGE");
    headers.put("Pid", "PID");
    headers.put("Status", "STATUS");
    headers.put("State", "STATE");
    headers.put("Command", "COMMAND");
    headers.put("RunningFor", "CREATED");
    headers.put("CreatedAt", "CREATED AT");
    headers.put("Ports", "PORTS");
    headers.put("Labels", "LABELS");
    headers.put("Mounts", "MOUNTS");
    headers.put("LocalVolumes", "LOCAL VOLUMES");
    headers.put("Networks", "NETWORKS");
    headers.put("Size", "SIZE");
    return headers;
  }

  static ListFormat.Row row(
      ContainerInfo info, boolean whole, long now, LongFunction<String> localTime, String size) {
    long created = Moments.nanos(info.created());
    ObjectWriter labels = new ObjectWriter();
    List<String> pairs = new ArrayList<>();
    for (Map.Entry<String, String> label : info.labels().entrySet()) {
      labels.put(label.getKey(), label.getValue());
      pairs.add(label.getKey() + "=" + label.getValue());
    }
    List<String> mounts = new ArrayList<>();
    for (Bind bind : info.spec().files().binds()) {
      mounts.add(whole ? bind.source() : Shorten.ellipsis(bind.source(), 15));
    }
    String[] cells = cells(info, whole, new Ages(now), new Ages(now), size);
    JsonObject fields =
        new ObjectWriter()
            .put("ID", cells[0])
            .put("Name", cells[1])
            .put("Image", cells[2])
            .put("Pid", cells[3])
            .put("Status", cells[4])
            .put("Command", cells[5])
            .put("RunningFor", cells[6])
            .put("Size", cells[7])
            .put("Names", info.name())
            .put("State", info.status().word())
            .put("CreatedAt", localTime.apply(created))
            .put("Ports", "")
            .put("Labels", String.join(",", pairs))
            .put("Mounts", String.join(",", mounts))
            .put("LocalVolumes", "0")
            .put("Networks", info.spec().namespaces().network().toString())
            .finish();
    return new ListFormat.Row(fields, new ObjectWriter().put("Label", labels.finish()).finish());
  }

  /**
   * What the usual table shows; what needs more of a container comes on demand.
   *
   * @param size the last cell, or null for none
   */
  private static String[] cells(
      ContainerInfo info, boolean whole, Ages created, Ages started, @Nullable String size) {
    List<String> command = info.command();
    String[] cells = new String[size == null ? 7 : 8];
    cells[0] = id(info, whole);
    cells[1] = info.name();
    cells[2] = info.image();
    cells[3] = info.pid() == 0 ? "" : Long.toString(info.pid());
    cells[4] = status(info, started);
    cells[5] = Shorten.command(joined(command), whole);
    cells[6] = created.ago(Moments.nanos(info.created()));
    if (size != null) {
      cells[7] = size;
    }
    return cells;
  }

  /** Most have two words, and String.join takes a cold JVM several times as long. */
  private static String joined(List<String> command) {
    return command.size() == 2
        ? command.get(0).concat(" ").concat(command.get(1))
        : command.size() == 1 ? command.get(0) : String.join(" ", command);
  }

  private static String id(ContainerInfo info, boolean whole) {
    return whole ? info.id() : info.shortId();
  }

  /** What it is doing, in Docker's words. */
  static String status(ContainerInfo info, Ages ages) {
    Instant started = info.started();
    Instant finished = info.finished();
    return switch (info.status()) {
      case CREATED -> "Created";
      case RUNNING -> up(started, ages);
      case PAUSED -> up(started, ages).concat(" (Paused)");
      case EXITED ->
          finished == null
              ? "Exited (" + info.exitCode() + ")"
              : "Exited (" + info.exitCode() + ") " + ages.ago(Moments.nanos(finished));
      case DEAD -> "Dead";
    };
  }

  private static String up(@Nullable Instant started, Ages ages) {
    return ages.up(started == null ? ages.now() : Moments.nanos(started));
  }
}
