package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.format.Human;
import dev.mydocker.cli.format.ListFormat;
import dev.mydocker.cli.format.Shorten;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.engine.ImageInfo;
import dev.mydocker.kernel.LocalZone;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.json.ObjectWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code images}: lists images, one line for each name. */
final class Images {
  private static final String NONE = "<none>";

  private Images() {}

  static int run(Call call) {
    Arguments arguments = call.arguments();
    String wanted = call.operands().isEmpty() ? "" : call.operands().get(0);
    boolean whole = arguments.flag("no-trunc");
    long now = call.invocation().now();
    String format = arguments.value("format").orElse("");
    boolean digests = arguments.flag("digests") || format.contains(".Digest");
    List<ListFormat.Row> rows = new ArrayList<>();
    LocalZone zone = call.invocation().zone();
    ImageFilter filter = ImageFilter.forList(call, arguments.values("filter"));
    if (wanted.chars().anyMatch(c -> c == '*' || c == '?' || c == '[')) {
      filter.alsoByPattern(wanted);
      wanted = "";
    }
    for (ImageInfo image : call.engine().images().list(arguments.flag("all"))) {
      if (!filter.accepts(image)) {
        continue;
      }
      for (ImageRow row : ImageRow.of(image, digests)) {
        String name = row.name();
        if ((wanted.isEmpty() || isMeant(wanted, name)) && filter.acceptsName(name)) {
          rows.add(row(image, row, whole, now, zone));
        }
      }
    }
    List<String> columns = new ArrayList<>(List.of("Repository", "Tag"));
    if (arguments.flag("digests")) {
      columns.add("Digest");
    }
    columns.addAll(List.of("ID", "CreatedSince", "Size"));
    call.out()
        .print(new ListFormat(headers(), columns).text(format, arguments.flag("quiet"), rows));
    return 0;
  }

  private static Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Repository", "REPOSITORY");
    headers.put("Tag", "TAG");
    headers.put("Digest", "DIGEST");
    headers.put("ID", "IMAGE ID");
    headers.put("CreatedSince", "CREATED");
    headers.put("CreatedAt", "CREATED AT");
    headers.put("Size", "SIZE");
    return headers;
  }

  private static String orNone(String text) {
    return text.isEmpty() ? NONE : text;
  }

  /** Whether a name is the one asked for: with any tag, if that names none. */
  private static boolean isMeant(String wanted, String name) {
    if (name.isEmpty()) {
      return false;
    }
    ImageReference asked = ImageReference.parse(wanted);
    ImageReference is = ImageReference.parse(name);
    String repository = asked.familiarName();
    return (is.familiarName().equals(repository)
            || is.familiarName().equals(ImageReference.LOCALHOST + "/" + repository))
        && (asked.tag() == null || asked.tag().equals(is.tag()));
  }

  private static ListFormat.Row row(
      ImageInfo image, ImageRow row, boolean whole, long now, LocalZone zone) {
    Instant created = image.created();
    return ListFormat.Row.of(
        new ObjectWriter()
            .put("ID", Shorten.id(image.id(), whole))
            .put("Repository", orNone(row.repository()))
            .put("Tag", orNone(row.tag()))
            .put("Digest", orNone(row.digest()))
            .put("CreatedSince", created == null ? "N/A" : Human.ago(Moments.nanos(created), now))
            .put(
                "CreatedAt",
                created == null ? "N/A" : Timestamp.localWithZone(Moments.nanos(created), zone))
            .put("Size", Human.size(image.size()))
            .put("Containers", "N/A")
            .put("SharedSize", "N/A")
            .put("UniqueSize", "N/A")
            .put("VirtualSize", Human.size(image.size()))
            .finish());
  }
}
