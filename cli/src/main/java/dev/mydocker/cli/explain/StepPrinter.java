package dev.mydocker.cli.explain;

import dev.mydocker.engine.ExplainedStep;

/** Shows steps, each as soon as it is over. */
public interface StepPrinter {
  /** Shows a step. */
  void step(ExplainedStep step);

  /** Says that no more steps come; more than once is no error. */
  void end();
}
