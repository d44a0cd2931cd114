package dev.mydocker.engine;

import dev.mydocker.kernel.Performer;
import java.util.Optional;

/** Where an engine's operations get their performers from. */
interface Performers extends AutoCloseable {
  /** A performer for one operation, which closes it. */
  Performer open();

  /** The co-process's own directory; nothing where there is none. */
  default Optional<String> directory() {
    return Optional.empty();
  }

  /** Waits until a container may be started, where many may want to at once. */
  default Turns.Turn turn() {
    return () -> {};
  }

  @Override
  void close();
}
