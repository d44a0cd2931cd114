package dev.mydocker.engine;

import dev.mydocker.kernel.Performer;
import java.util.Optional;

/** Performers whose steps are told. */
record Explaining(Performers behind, StateDirectory state, StepWriter writer)
    implements Performers {
  @Override
  public Performer open() {
    return new Explainer(behind.open(), state, writer);
  }

  @Override
  public Optional<String> directory() {
    return behind.directory();
  }

  @Override
  public void close() {
    writer.flush();
    behind.close();
  }
}
