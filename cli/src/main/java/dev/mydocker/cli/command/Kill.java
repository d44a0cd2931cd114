package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.kernel.Linux;

/** {@code kill}: sends a signal to containers, SIGKILL if none is named. */
final class Kill {
  private Kill() {}

  static int run(Call call) {
    int signal = Signals.number(call).orElse(Linux.SIGKILL);
    return Each.operand(call, name -> call.engine().container(name).kill(signal));
  }
}
