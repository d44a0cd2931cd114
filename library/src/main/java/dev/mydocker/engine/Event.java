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
 * @param exit how it ended; with {@link Action#DIE} and {@link Action#EXEC_DIE} only
 * @param detail the number of a signal for {@link Action#KILL}, the command for {@link
 *     Action#EXEC_CREATE} and {@link Action#EXEC_START}, the name before for {@link Action#RENAME},
 *     a snapshot's id; else empty
 * @param exec of the three actions of a process that {@code exec} started, what tells it from
 *     others; else empty
 */
public record Event(
    Instant time,
    Action action,
    String id,
    String name,
    @Nullable Exit exit,
    String detail,
    String exec) {

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
    /** Another process is about to be started in it; what cannot be started has this alone. */
    EXEC_CREATE,
    /** That process executes its command. */
    EXEC_START,
    /** It has ended. Not told of one that was started when nobody listened. */
    EXEC_DIE,
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
