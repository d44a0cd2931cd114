package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.Failure;
import java.util.function.Consumer;

/** One thing done with each of several operands. */
final class Each {
  private Each() {}

  /** Does it with all of them and prints the names of those that it was done with. */
  static int operand(Call call, Consumer<String> action) {
    return operand(
        call,
        name -> {
          action.accept(name);
          call.out().println(name);
        },
        1);
  }

  /**
   * Does it with all of them; one that fails does not keep the others from being done.
   *
   * @param failed the exit code if one failed
   */
  static int operand(Call call, Consumer<String> action, int failed) {
    int code = 0;
    for (String name : call.operands()) {
      try {
        action.accept(name);
      } catch (MydockerException e) {
        if (e instanceof dev.mydocker.cli.call.Output.Closed) {
          throw e;
        }
        call.out().flush();
        call.err().println(Failure.line(e));
        Failure.trace(call.invocation(), e);
        code = failed;
      }
    }
    return code;
  }
}
