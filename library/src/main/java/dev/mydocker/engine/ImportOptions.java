package dev.mydocker.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an image is made of an archive or a directory.
 *
 * @param name what to call it, or null
 * @param changes Dockerfile instructions that alter its configuration, such as {@code CMD ["sh"]}
 * @param message what is said about it in its history, or null for where it came from
 */
public record ImportOptions(@Nullable String name, List<String> changes, @Nullable String message) {
  /** No name, no changes. */
  public static final ImportOptions DEFAULT = new ImportOptions(null, List.of(), null);

  /** Copies the list. */
  public ImportOptions {
    changes = List.copyOf(changes);
  }

  /** Returns options with a name. */
  public static ImportOptions named(String name) {
    return new ImportOptions(name, List.of(), null);
  }

  /** Returns these options with other changes. */
  public ImportOptions withChanges(String... instructions) {
    return new ImportOptions(name, List.of(instructions), message);
  }

  /** Returns these options with another message. */
  public ImportOptions withMessage(@Nullable String text) {
    return new ImportOptions(name, changes, text);
  }
}
