package dev.mydocker.runtime.plan;

import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Value;
import java.util.ArrayList;
import java.util.List;

/** An ordered list of steps for one process, lowered to one segment. */
public final class Plan {
  private final List<Step> steps;
  private final Segment segment;
  private final Value root;

  private Plan(List<Step> steps, Segment segment, Value root) {
    this.steps = steps;
    this.segment = segment;
    this.root = root;
  }

  /** The steps in their order. */
  public List<Step> steps() {
    return steps;
  }

  /** The steps as one segment. */
  public Segment segment() {
    return segment;
  }

  /** The descriptor of the container's root file system, where the steps use one. */
  Value root() {
    return root;
  }

  /** The step that an instruction belongs to. */
  public Step stepOf(int instruction) {
    int step = 0;
    while (step + 1 < steps.size() && segment.firstInstruction(step + 1) <= instruction) {
      step++;
    }
    return steps.get(step);
  }

  /** The instructions of a step, from (inclusive) and to (exclusive). */
  public int[] instructionsOf(int step) {
    return new int[] {segment.firstInstruction(step), segment.firstInstruction(step + 1)};
  }

  /**
   * Returns the reply if every step succeeded.
   *
   * @throws KernelException with the failed step: {@code mount proc on /proc: permission denied}
   */
  public Reply check(Reply reply) {
    if (reply.succeeded()) {
      return reply;
    }
    String what = reply.failed() < 0 ? "perform a plan" : stepOf(reply.failed()).what();
    throw new KernelException(what, reply.error());
  }

  /** Collects the steps of a plan. */
  public static final class Builder {
    private final Lowering lowering;
    private final List<Step> steps = new ArrayList<>();

    /** Steps go to this place. */
    public Builder(Lowering lowering) {
      this.lowering = lowering;
    }

    /** Where the steps' instructions go. */
    public Lowering lowering() {
      return lowering;
    }

    /**
     * Adds a step.
     *
     * @throws IllegalStateException if its group belongs before that of the last step: the order of
     *     a container's start is not a matter of taste (docs/architecture.md has the reasons)
     */
    public Builder add(Step step) {
      if (!steps.isEmpty() && steps.get(steps.size() - 1).group().compareTo(step.group()) > 0) {
        throw new IllegalStateException("out of order: " + step.what());
      }
      lowering.segment().about(step.group().title(), step.what(), step.why());
      steps.add(step);
      step.lower().accept(lowering);
      return this;
    }

    /** Adds steps. */
    public Builder addAll(List<Step> more) {
      for (Step step : more) {
        add(step);
      }
      return this;
    }

    /** The finished plan. */
    public Plan build() {
      return new Plan(List.copyOf(steps), lowering.segment().build(), lowering.root());
    }
  }
}
