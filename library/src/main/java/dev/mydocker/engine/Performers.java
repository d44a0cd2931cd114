package dev.mydocker.engine;

import dev.mydocker.kernel.Performer;

/** Where an engine's operations get their performers from. */
interface Performers extends AutoCloseable {
  /** A performer for one operation, which closes it. */
  Performer open();

  @Override
  void close();
}
