package dev.mydocker.cli.command;

import dev.mydocker.engine.ImageInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A line of {@code images}: a name of an image, perhaps with one of its digests in the name's
 * repository; or a repository where the image has digests alone.
 *
 * @param repository as people write it, or empty
 * @param tag the tag, or empty
 * @param digest the digest, or empty
 */
record ImageRow(String repository, String tag, String digest) {
  /** The lines of an image, in Docker's way. */
  static List<ImageRow> of(ImageInfo image, boolean withDigests) {
    List<ImageRow> rows = new ArrayList<>();
    Set<String> tagged = new LinkedHashSet<>();
    for (String name : image.names()) {
      int colon = name.lastIndexOf(':');
      boolean hasTag = colon > name.lastIndexOf('/');
      String repository = hasTag ? name.substring(0, colon) : name;
      tagged.add(repository);
      List<String> digests = withDigests ? digests(image, repository) : List.of();
      for (String digest : digests.isEmpty() ? List.of("") : digests) {
        rows.add(new ImageRow(repository, hasTag ? name.substring(colon + 1) : "", digest));
      }
    }
    for (String each : image.digests()) {
      String repository = each.substring(0, each.indexOf('@'));
      if (!tagged.contains(repository)) {
        rows.add(
            new ImageRow(repository, "", withDigests ? each.substring(each.indexOf('@') + 1) : ""));
        if (!withDigests) {
          tagged.add(repository);
        }
      }
    }
    return rows.isEmpty() ? List.of(new ImageRow("", "", "")) : rows;
  }

  private static List<String> digests(ImageInfo image, String repository) {
    List<String> digests = new ArrayList<>();
    for (String each : image.digests()) {
      if (each.startsWith(repository + "@")) {
        digests.add(each.substring(repository.length() + 1));
      }
    }
    return digests;
  }

  /** The name as people write it; empty if there is none. */
  String name() {
    return tag.isEmpty() ? repository : repository + ":" + tag;
  }
}
