package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.engine.Attachment;
import java.util.Optional;

/** {@code wait}: waits for containers to end, and prints their exit codes. */
final class Wait {
  private Wait() {}

  static int run(Call call) {
    if (call.operands().size() == 1 && call.host().mayBecome()) {
      Optional<Attachment> running = call.engine().container(call.operands().get(0)).watch();
      if (running.isPresent()) {
        return Streams.printExit(call, running.get());
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
}
