package dev.mydocker.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an image is made of a container.
 *
 * @param name what to call it, or null
 * @param author who made it, or null
 * @param message what is said about it in its history, or null
 * @param changes Dockerfile instructions that alter its configuration, such as {@code CMD ["sh"]}
 * @param pause whether the container's processes are held still meanwhile, so that no file is read
 *     while it is half written
 */
public record CommitOptions(
    @Nullable String name,
    @Nullable String author,
    @Nullable String message,
    List<String> changes,
    boolean pause) {
  /** No name, no changes, paused meanwhile: Docker's defaults. */
  public static final CommitOptions DEFAULT = new CommitOptions(null, null, null, List.of(), true);

  /** Copies the list. */
  public CommitOptions {
    changes = List.copyOf(changes);
  }

  /** Returns options with a name. */
  public static CommitOptions named(String name) {
    return new CommitOptions(name, null, null, List.of(), true);
  }

  /** Returns these options with another author. */
  public CommitOptions withAuthor(@Nullable String text) {
    return new CommitOptions(name, text, message, changes, pause);
  }

  /** Returns these options with another message. */
  public CommitOptions withMessage(@Nullable String text) {
    return new CommitOptions(name, author, text, changes, pause);
  }

  /** Returns these options with other changes. */
  public CommitOptions withChanges(String... instructions) {
    return new CommitOptions(name, author, message, List.of(instructions), pause);
  }

  /** Returns these options with or without a pause. */
  public CommitOptions withPause(boolean held) {
    return new CommitOptions(name, author, message, changes, held);
  }
}
