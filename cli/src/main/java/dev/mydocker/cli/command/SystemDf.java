package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.format.Ages;
import dev.mydocker.cli.format.GoTemplate;
import dev.mydocker.cli.format.Human;
import dev.mydocker.cli.format.ListFormat;
import dev.mydocker.cli.format.Shorten;
import dev.mydocker.cli.format.Table;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.engine.ContainerInfo;
import dev.mydocker.engine.DiskUse;
import dev.mydocker.engine.ImageInfo;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code system df}: shows what images and containers take of the disk. */
final class SystemDf {
  private static final List<String> IMAGE_COLUMNS =
      List.of(
          "REPOSITORY",
          "TAG",
          "IMAGE ID",
          "CREATED",
          "SIZE",
          "SHARED SIZE",
          "UNIQUE SIZE",
          "CONTAINERS");

  private static final List<String> CONTAINER_COLUMNS =
      List.of("CONTAINER ID", "IMAGE", "COMMAND", "SIZE", "CREATED", "STATUS", "NAMES");

  private SystemDf() {}

  static int run(Call call) {
    Arguments arguments = call.arguments();
    DiskUse use = call.engine().diskUse();
    String format = arguments.value("format").orElse("");
    if (arguments.flag("verbose")) {
      verbose(call, use, format);
      return 0;
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Type", "TYPE");
    headers.put("TotalCount", "TOTAL");
    headers.put("Active", "ACTIVE");
    headers.put("Size", "SIZE");
    headers.put("Reclaimable", "RECLAIMABLE");
    call.out()
        .print(
            new ListFormat(headers, List.copyOf(headers.keySet())).text(format, false, rows(use)));
    return 0;
  }

  private static List<ListFormat.Row> rows(DiskUse use) {
    List<ListFormat.Row> rows = new ArrayList<>();
    int used = 0;
    for (DiskUse.OfImage image : use.images()) {
      used += image.containers() > 0 ? 1 : 0;
    }
    rows.add(row("Images", use.images().size(), used, use.imageBytes(), use.unusedImageBytes()));
    int alive = 0;
    long bytes = 0;
    long ofOthers = 0;
    for (DiskUse.OfContainer container : use.containers()) {
      boolean isAlive = container.container().status().isAlive();
      alive += isAlive ? 1 : 0;
      bytes += container.bytes();
      ofOthers += isAlive ? 0 : container.bytes();
    }
    rows.add(row("Containers", use.containers().size(), alive, bytes, ofOthers));
    if (use.snapshotBytes() > 0) {
      rows.add(row("Snapshots", use.snapshots(), use.snapshots(), use.snapshotBytes(), 0));
    }
    return rows;
  }

  private static ListFormat.Row row(
      String type, int total, int active, long bytes, long reclaimable) {
    String share = bytes == 0 ? "" : " (" + reclaimable * 100 / bytes + "%)";
    return ListFormat.Row.of(
        new ObjectWriter()
            .put("Type", type)
            .put("TotalCount", Integer.toString(total))
            .put("Active", Integer.toString(active))
            .put("Size", Human.size(bytes, 4))
            .put("Reclaimable", Human.size(reclaimable, 4) + share)
            .finish());
  }

  private static void verbose(Call call, DiskUse use, String format) {
    List<JsonObject> images = images(call, use);
    List<JsonObject> containers = containers(call, use);
    if (format.isEmpty() || format.equals("table")) {
      call.out().print("Images space usage:\n\n" + table(IMAGE_COLUMNS, images));
      call.out().print("\nContainers space usage:\n\n" + table(CONTAINER_COLUMNS, containers));
      return;
    }
    JsonObject all =
        new ObjectWriter()
            .put("Images", JsonArray.of(images))
            .put("Containers", JsonArray.of(containers))
            .finish();
    call.out()
        .println(
            format.equals("json")
                ? Json.compact(all)
                : GoTemplate.parse(format).execute(all, GoTemplate.Absent.ERROR));
  }

  private static String table(List<String> columns, List<JsonObject> rows) {
    Table table = new Table(columns.toArray(new String[0]));
    for (JsonObject row : rows) {
      String[] cells = new String[columns.size()];
      int at = 0;
      for (JsonValue value : row.members().values()) {
        cells[at++] = ((JsonString) value).value();
      }
      table.row(cells);
    }
    return table.text();
  }

  /** By the names that Docker gives these, in the order of the columns. */
  private static List<JsonObject> images(Call call, DiskUse use) {
    List<JsonObject> rows = new ArrayList<>();
    for (DiskUse.OfImage each : use.images()) {
      ImageInfo image = each.image();
      for (ImageRow row : ImageRow.of(image, false)) {
        rows.add(
            new ObjectWriter()
                .put("Repository", row.repository().isEmpty() ? "<none>" : row.repository())
                .put("Tag", row.tag().isEmpty() ? "<none>" : row.tag())
                .put("ID", Shorten.id(image.id(), false))
                .put("CreatedSince", image.created() == null ? "N/A" : ago(call, image.created()))
                .put("Size", Human.size(each.shared() + each.unique()))
                .put("SharedSize", Human.size(each.shared()))
                .put("UniqueSize", Human.size(each.unique()))
                .put("Containers", Integer.toString(each.containers()))
                .finish());
      }
    }
    return rows;
  }

  private static List<JsonObject> containers(Call call, DiskUse use) {
    List<JsonObject> rows = new ArrayList<>();
    for (DiskUse.OfContainer each : use.containers()) {
      ContainerInfo container = each.container();
      rows.add(
          new ObjectWriter()
              .put("ID", container.shortId())
              .put("Image", container.image())
              .put("Command", Shorten.command(String.join(" ", container.command()), false))
              .put("Size", Human.size(each.bytes()))
              .put("RunningFor", ago(call, container.created()))
              .put("Status", Ps.status(container, new Ages(call.invocation().now())))
              .put("Names", container.name())
              .finish());
    }
    return rows;
  }

  private static String ago(Call call, Instant time) {
    return Human.ago(Moments.nanos(time), call.invocation().now());
  }
}
