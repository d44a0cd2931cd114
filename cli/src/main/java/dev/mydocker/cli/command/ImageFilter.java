package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.format.Times;
import dev.mydocker.cli.option.Specs;
import dev.mydocker.engine.ImageInfo;
import dev.mydocker.oci.ImageReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of {@code images --filter} and {@code image prune --filter}: all labels must fit,
 * of several patterns for names one, and of other keys the last one counts, as in Docker.
 */
final class ImageFilter {
  private final List<String> labels = new ArrayList<>();
  private final List<String> noLabels = new ArrayList<>();
  private final List<String> references = new ArrayList<>();
  private @Nullable Boolean dangling;
  private @Nullable Instant before;
  private @Nullable Instant since;

  private ImageFilter() {}

  /**
   * Parses the conditions of {@code images}.
   *
   * @throws MydockerException for a key that is not known or a value that it cannot have
   */
  static ImageFilter forList(Call call, List<String> texts) {
    ImageFilter filter = new ImageFilter();
    for (String text : texts) {
      Specs.Setting condition = Specs.filter(text);
      String value = condition.value();
      switch (condition.key()) {
        case "label" -> filter.labels.add(value);
        case "reference" -> filter.references.add(value);
        case "dangling" -> filter.dangling = truth(condition);
        case "before" -> filter.before = created(call, value);
        case "since" -> filter.since = created(call, value);
        case "until" -> filter.before = time(call, value);
        default -> throw unknown(condition, "before, dangling, label, reference, since and until");
      }
    }
    return filter;
  }

  /** Parses the conditions of {@code image prune}. */
  static ImageFilter forPrune(Call call, List<String> texts) {
    ImageFilter filter = new ImageFilter();
    for (String text : texts) {
      Specs.Setting condition = Specs.filter(text);
      switch (condition.key()) {
        case "label" -> filter.labels.add(condition.value());
        case "label!" -> filter.noLabels.add(condition.value());
        case "until" -> filter.before = time(call, condition.value());
        default -> throw unknown(condition, "label, label! and until");
      }
    }
    return filter;
  }

  static MydockerException unknown(Specs.Setting condition, String known) {
    return new MydockerException(
        Category.INVALID, "invalid filter '" + condition.key() + "'", "there are " + known);
  }

  static boolean truth(Specs.Setting condition) {
    return switch (condition.value()) {
      case "true", "1", "t", "T", "True", "TRUE" -> true;
      case "false", "0", "f", "F", "False", "FALSE" -> false;
      default ->
          throw new MydockerException(
              Category.INVALID,
              "invalid filter '" + condition.key() + "=" + condition.value() + "'",
              "it is true or false");
    };
  }

  private static @Nullable Instant created(Call call, String image) {
    return call.engine().images().info(image).created();
  }

  private static Instant time(Call call, String text) {
    long nanos = Times.parse(text, call.invocation().now(), call.invocation().zone());
    return Instant.ofEpochSecond(0, nanos);
  }

  /** As the condition {@code reference=PATTERN}. */
  void alsoByPattern(String pattern) {
    references.add(pattern);
  }

  boolean accepts(ImageInfo image) {
    for (String label : labels) {
      if (!PsFilter.isLabelled(image.labels(), label)) {
        return false;
      }
    }
    for (String label : noLabels) {
      if (PsFilter.isLabelled(image.labels(), label)) {
        return false;
      }
    }
    Instant created = image.created();
    // What does not say when it was made is older than anything.
    return (dangling == null
            || (dangling ? isUnnamed(image) : !isUnnamed(image) || hasDigest(image)))
        && (before == null || created == null || created.isBefore(before))
        && (since == null || created != null && created.isAfter(since));
  }

  private static boolean isUnnamed(ImageInfo image) {
    return image.names().isEmpty();
  }

  /** What a registry has under a digest is listed by both, as Docker lists it. */
  private static boolean hasDigest(ImageInfo image) {
    return !image.digests().isEmpty();
  }

  /** Whether a name fits one of the patterns: with its tag, or without. */
  boolean acceptsName(String name) {
    if (references.isEmpty()) {
      return true;
    }
    if (name.isEmpty()) {
      return false;
    }
    ImageReference reference = ImageReference.parse(name);
    String local = ImageReference.LOCALHOST + "/";
    for (String pattern : references) {
      if (Glob.matches(pattern, name)
          || Glob.matches(pattern, reference.familiarName())
          || name.startsWith(local)
              && (Glob.matches(pattern, name.substring(local.length()))
                  || Glob.matches(pattern, reference.familiarName().substring(local.length())))) {
        return true;
      }
    }
    return false;
  }
}
