package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.option.Specs;
import dev.mydocker.engine.FoundImage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The conditions of {@code search --filter}: the last one of each key counts. */
final class SearchFilter {
  private @Nullable Boolean official;
  private @Nullable Boolean automated;
  private long stars;

  private SearchFilter() {}

  /**
   * Parses the conditions.
   *
   * @throws MydockerException for a key that is not known or a value that it cannot have
   */
  static SearchFilter of(List<String> texts) {
    SearchFilter filter = new SearchFilter();
    for (String text : texts) {
      Specs.Setting condition = Specs.filter(text);
      switch (condition.key()) {
        case "is-official" -> filter.official = ImageFilter.truth(condition);
        case "is-automated" -> filter.automated = ImageFilter.truth(condition);
        case "stars" -> filter.stars = number(condition);
        default -> throw ImageFilter.unknown(condition, "is-automated, is-official and stars");
      }
    }
    return filter;
  }

  private static long number(Specs.Setting condition) {
    try {
      return Integer.parseInt(condition.value());
    } catch (NumberFormatException e) {
      throw new MydockerException(
          Category.INVALID,
          "invalid filter '" + condition.key() + "=" + condition.value() + "'",
          "it is how many stars there must be at least");
    }
  }

  boolean accepts(FoundImage found) {
    return found.stars() >= stars
        && (official == null || official == found.official())
        && (automated == null || automated == found.automated());
  }
}
