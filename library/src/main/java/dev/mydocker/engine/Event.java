package dev.mydocker.engine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a container, whoever did it: this engine, another one, or a command.
 *
 * @param time when; of the end of a container, when it ended
 * @param action what
 * @param id the container's id
 * @param name the container's name
 * @param exit how it ended; with {@link Action#DIE} only
 * @param detail the number of a signal for {@link Action#KILL}, the command for {@link
 *     Action#EXEC_START}, the name before for {@link Action#RENAME}, a snapshot's id; else empty
 */
public record Event(
    Instant time, Action action, String id, String name, @Nullable Exit exit, String detail) {

  /** What can happen. The names are Docker's where it has them. */
  public enum Action {
    /** It was made. */
    CREATE,
    /** Its command executes. */
    START,
    /** Its first process has ended, and its monitor has recorded that. */
    DIE,
    /** A signal was sent to it. */
    KILL,
    /** It was asked to end, and has. */
    STOP,
    /** Its processes are held still. */
    PAUSE,
    /** Its processes go on. */
    UNPAUSE,
    /** Another process was started in it. */
    EXEC_START,
    /** It has another name. */
    RENAME,
    /** A snapshot was made of it. */
    SNAPSHOT,
    /** It was put back to its snapshot or image. */
    RESET,
    /** It was removed. */
    DESTROY
  }
}
