package dev.mydocker.engine;

import dev.mydocker.kernel.CoProcess;
import dev.mydocker.kernel.Performer;
import java.util.Optional;

/** Each operation gets a process of its own, whose descriptors go when it is closed. */
record CoProcesses(CoProcess process, Turns turns) implements Performers {
  CoProcesses(CoProcess process) {
    this(process, new Turns());
  }

  @Override
  public Performer open() {
    return process.open();
  }

  @Override
  public Optional<String> directory() {
    return Optional.of(process.directory());
  }

  @Override
  public Turns.Turn turn() {
    return turns.take();
  }

  @Override
  public void close() {
    process.close();
  }
}
