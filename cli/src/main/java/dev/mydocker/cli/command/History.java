package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.format.Human;
import dev.mydocker.cli.format.ListFormat;
import dev.mydocker.cli.format.Shorten;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.engine.ImageInfo;
import dev.mydocker.oci.json.ObjectWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code history}: lists how an image came to be, the newest step first. */
final class History {
  private static final int CREATED_BY = 45;

  private History() {}

  static int run(Call call) {
    Arguments arguments = call.arguments();
    ImageInfo image = call.engine().images().info(call.operands().get(0));
    boolean human = arguments.flag("human");
    boolean whole = arguments.flag("no-trunc");
    long now = call.invocation().now();
    List<ListFormat.Row> rows = new ArrayList<>();
    for (ImageInfo.Step step : image.history().reversed()) {
      String id = rows.isEmpty() ? Shorten.id(image.id(), whole) : "<missing>";
      String by = step.createdBy().replace('\t', ' ');
      String at = step.created() == null ? "N/A" : Moments.rfc3339(step.created());
      rows.add(
          ListFormat.Row.of(
              new ObjectWriter()
                  .put("ID", id)
                  .put("CreatedSince", human ? since(step.created(), now) : at)
                  .put("CreatedAt", at)
                  .put("CreatedBy", whole ? by : Shorten.ellipsis(by, CREATED_BY))
                  .put("Size", size(step.size(), human))
                  .put("Comment", step.comment())
                  .finish()));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("ID", "IMAGE");
    headers.put("CreatedSince", human ? "CREATED" : "CREATED AT");
    headers.put("CreatedAt", "CREATED AT");
    headers.put("CreatedBy", "CREATED BY");
    headers.put("Size", "SIZE");
    headers.put("Comment", "COMMENT");
    call.out()
        .print(
            new ListFormat(headers, List.of("ID", "CreatedSince", "CreatedBy", "Size", "Comment"))
                .text(arguments.value("format").orElse(""), arguments.flag("quiet"), rows));
    return 0;
  }

  private static String since(@Nullable Instant created, long now) {
    return created == null ? "N/A" : Human.ago(Moments.nanos(created), now);
  }

  private static String size(long bytes, boolean human) {
    return bytes < 0 ? "N/A" : human ? Human.size(bytes) : Long.toString(bytes);
  }
}
