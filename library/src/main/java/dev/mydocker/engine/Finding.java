package dev.mydocker.engine;

import org.jspecify.annotations.Nullable;

/**
 * One thing that a {@link Diagnosis} looked at.
 *
 * @param area what it belongs to: kernel, security, cgroups, state, images, containers, packages,
 *     leftovers
 * @param subject what was looked at, in a word or two, or the path or name of what was found
 * @param level how bad it is
 * @param message what was found, in one line
 * @param fix what to do about it; null where nothing is wrong, or nothing can be done
 */
public record Finding(
    String area, String subject, Level level, String message, @Nullable String fix) {
  /** How bad a finding is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** Something that only some containers or features need is not there. */
    NOTE,
    /** Containers run, but something does not work as it should, or was left behind. */
    DEGRADED,
    /** No container can be started. */
    UNUSABLE;

    /** Returns the word for it, such as {@code degraded}. */
    public String word() {
      return switch (this) {
        case OK -> "ok";
        case NOTE -> "note";
        case DEGRADED -> "degraded";
        case UNUSABLE -> "unusable";
      };
    }
  }
}
