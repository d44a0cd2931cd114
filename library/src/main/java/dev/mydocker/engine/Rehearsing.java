package dev.mydocker.engine;

import dev.mydocker.kernel.Performer;
import java.util.Optional;

/** Performers that change nothing. */
record Rehearsing(Performers behind, PretendedFiles files) implements Performers {
  @Override
  public Performer open() {
    return new Rehearsal(behind.open(), files);
  }

  @Override
  public Optional<String> directory() {
    return behind.directory();
  }

  @Override
  public void close() {
    behind.close();
  }
}
