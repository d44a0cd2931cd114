package dev.mydocker.engine;

import dev.mydocker.kernel.CoProcess;
import dev.mydocker.kernel.Performer;
import java.util.Optional;

/** Each operation gets a process of its own, whose descriptors go when it is closed. */
record CoProcesses(CoProcess process) implements Performers {
  @Override
  public Performer open() {
    return process.open();
  }

  @Override
  public Optional<String> directory() {
    return Optional.of(process.directory());
  }

  @Override
  public void close() {
    process.close();
  }
}
