package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.format.ListFormat;
import dev.mydocker.cli.format.Printable;
import dev.mydocker.engine.FoundImage;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code search}: finds images in a registry that has a search. */
final class Search {
  private static final int USUAL = 25;
  private static final int MOST = 100;
  private static final int WIDEST = 45;

  private Search() {}

  static int run(Call call) {
    String term = call.operands().get(0);
    String registry = ImageReference.DOCKER_HUB;
    int slash = term.indexOf('/');
    String first = slash < 0 ? "" : term.substring(0, slash);
    if (first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost")) {
      registry = first;
      term = term.substring(slash + 1);
    }
    long limit = call.arguments().integer("limit", USUAL);
    if (limit < 1 || limit > MOST) {
      throw new MydockerException(
          Category.INVALID, "--limit " + limit + " is not between 1 and " + MOST);
    }
    SearchFilter filter = SearchFilter.of(call.arguments().values("filter"));
    String format = call.arguments().value("format").orElse("");
    boolean whole = call.arguments().flag("no-trunc");
    List<ListFormat.Row> rows = new ArrayList<>();
    for (FoundImage found : call.engine().registries().search(registry, term, (int) limit)) {
      if (filter.accepts(found)) {
        rows.add(row(found, whole, format.equals("json")));
      }
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Name", "NAME");
    headers.put("Description", "DESCRIPTION");
    headers.put("StarCount", "STARS");
    headers.put("IsOfficial", "OFFICIAL");
    List<String> columns = List.copyOf(headers.keySet());
    headers.put("IsAutomated", "AUTOMATED");
    call.out().print(new ListFormat(headers, columns).text(format, false, rows));
    return 0;
  }

  private static ListFormat.Row row(FoundImage found, boolean whole, boolean json) {
    return ListFormat.Row.of(
        new ObjectWriter()
            .put("Name", Printable.of(found.name()))
            .put("Description", shown(found.description(), whole))
            .put("StarCount", Long.toString(found.stars()))
            .put("IsOfficial", truth(found.official(), json))
            .put("IsAutomated", truth(found.automated(), json))
            .finish());
  }

  /** As Docker has it: words in JSON, a mark everywhere else. */
  private static String truth(boolean is, boolean json) {
    return json ? Boolean.toString(is) : is ? "[OK]" : "";
  }

  private static String shown(String description, boolean whole) {
    String line = Printable.of(description.replace('\n', ' ').replace('\r', ' '));
    return whole || line.length() <= WIDEST ? line : line.substring(0, WIDEST - 1) + "…";
  }
}
