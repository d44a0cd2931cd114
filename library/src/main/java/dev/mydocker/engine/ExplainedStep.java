package dev.mydocker.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of what an engine does, explained while it is done ({@link Engine#explaining}).
 *
 * @param number from 1 on, in the order in which they are done
 * @param group the purpose that it shares with others: {@code namespaces}, {@code limits}, …
 * @param by who does it: {@code mydocker}, or one of the helpers {@code monitor}, {@code init}
 * @param what the operation and its object
 * @param why its reason
 * @param calls what it consists of, in order; never empty
 * @param main the index of the call that matters most: the one that failed, where one did
 * @param failed whether it failed
 * @param nanos how long it took, or -1 if that is not known
 * @param hints what keeps a failed step from working on this machine, as far as that can be seen
 */
public record ExplainedStep(
    int number,
    String group,
    String by,
    String what,
    String why,
    List<ExplainedCall> calls,
    int main,
    boolean failed,
    long nanos,
    List<String> hints) {
  public ExplainedStep {
    calls = List.copyOf(calls);
    hints = List.copyOf(hints);
    if (main < 0 || main >= calls.size()) {
      throw new IllegalArgumentException("step " + number + " has no call " + main);
    }
  }

  /** The call that matters most. */
  public String call() {
    return calls.get(main).call();
  }

  /** What the call that matters most returned, or null. */
  public @Nullable String result() {
    return calls.get(main).result();
  }
}
