package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.Failure;

/** {@code rm}: removes containers, with the volumes that their images asked for. */
final class Rm {
  private Rm() {}

  static int run(Call call) {
    boolean force = call.arguments().flag("force");
    return Each.operand(
        call,
        name -> {
          try {
            call.engine().container(name).remove(force);
          } catch (MydockerException e) {
            if (!force || e.category() != Category.NOT_FOUND) {
              throw e;
            }
            // As rm(1) has it with -f, a container that is not there is no failure.
            call.err().println(Failure.line(e));
            return;
          }
          call.out().println(name);
        },
        1);
  }
}
