package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.format.Printable;
import dev.mydocker.cli.format.Table;
import dev.mydocker.engine.FoundImage;
import dev.mydocker.oci.ImageReference;

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
    Table table = new Table("NAME", "DESCRIPTION", "STARS", "OFFICIAL");
    for (FoundImage found : call.engine().registries().search(registry, term, (int) limit)) {
      table.row(
          Printable.of(found.name()),
          shown(found.description(), call.arguments().flag("no-trunc")),
          Long.toString(found.stars()),
          found.official() ? "[OK]" : "");
    }
    call.out().print(table.text());
    return 0;
  }

  private static String shown(String description, boolean whole) {
    String line = Printable.of(description.replace('\n', ' ').replace('\r', ' '));
    return whole || line.length() <= WIDEST ? line : line.substring(0, WIDEST - 1) + "…";
  }
}
