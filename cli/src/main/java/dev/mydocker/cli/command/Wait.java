package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.engine.Attachment;
import dev.mydocker.engine.Container;
import org.jspecify.annotations.Nullable;

/** {@code wait}: waits for containers to end, and prints their exit codes. */
final class Wait {
  private Wait() {}

  static int run(Call call) {
    if (call.operands().size() == 1 && call.host().mayBecome()) {
      Container container = call.engine().container(call.operands().get(0));
      Attachment running = attachIfRunning(container);
      if (running != null) {
        return Streams.printExit(call, running);
      }
    }
    return Each.operand(
        call,
        name ->
            call.out()
                .println(Integer.toString(call.engine().container(name).await().shellCode()))
                .flush(),
        1);
  }

  private static @Nullable Attachment attachIfRunning(Container container) {
    try {
      return container.attach();
    } catch (MydockerException e) {
      if (e.category() == Category.CONFLICT) {
        return null;
      }
      throw e;
    }
  }
}
