package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;

/** {@code unpause}: lets the processes of containers go on. */
final class Unpause {
  private Unpause() {}

  static int run(Call call) {
    return Each.operand(call, name -> call.engine().container(name).unpause());
  }
}
