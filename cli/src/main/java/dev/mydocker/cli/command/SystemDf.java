package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.format.Ages;
import dev.mydocker.cli.format.Human;
import dev.mydocker.cli.format.ListFormat;
import dev.mydocker.cli.format.Shorten;
import dev.mydocker.cli.format.Table;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.engine.ContainerInfo;
import dev.mydocker.engine.DiskUse;
import dev.mydocker.engine.ImageInfo;
import dev.mydocker.oci.json.ObjectWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code system df}: shows what images and containers take of the disk. */
final class SystemDf {
  private SystemDf() {}

  static int run(Call call) {
    Arguments arguments = call.arguments();
    DiskUse use = call.engine().diskUse();
    if (arguments.flag("verbose")) {
      images(call, use);
      containers(call, use);
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
            new ListFormat(headers, List.copyOf(headers.keySet()))
                .text(arguments.value("format").orElse(""), false, rows(use)));
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

  private static void images(Call call, DiskUse use) {
    Table table =
        new Table(
            "REPOSITORY",
            "TAG",
            "IMAGE ID",
            "CREATED",
            "SIZE",
            "SHARED SIZE",
            "UNIQUE SIZE",
            "CONTAINERS");
    for (DiskUse.OfImage each : use.images()) {
      ImageInfo image = each.image();
      for (ImageRow row : ImageRow.of(image, false)) {
        table.row(
            row.repository().isEmpty() ? "<none>" : row.repository(),
            row.tag().isEmpty() ? "<none>" : row.tag(),
            Shorten.id(image.id(), false),
            image.created() == null ? "N/A" : ago(call, image.created()),
            Human.size(each.shared() + each.unique()),
            Human.size(each.shared()),
            Human.size(each.unique()),
            Integer.toString(each.containers()));
      }
    }
    call.out().print("Images space usage:\n\n" + table.text());
  }

  private static void containers(Call call, DiskUse use) {
    Table table =
        new Table("CONTAINER ID", "IMAGE", "COMMAND", "SIZE", "CREATED", "STATUS", "NAMES");
    for (DiskUse.OfContainer each : use.containers()) {
      ContainerInfo container = each.container();
      table.row(
          container.shortId(),
          container.image(),
          Shorten.command(String.join(" ", container.command()), false),
          Human.size(each.bytes()),
          ago(call, container.created()),
          Ps.status(container, new Ages(call.invocation().now())),
          container.name());
    }
    call.out().print("\nContainers space usage:\n\n" + table.text());
  }

  private static String ago(Call call, Instant time) {
    return Human.ago(Moments.nanos(time), call.invocation().now());
  }
}
