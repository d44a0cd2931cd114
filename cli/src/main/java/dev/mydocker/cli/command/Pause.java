package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;

/** {@code pause}: holds all processes of containers still. */
final class Pause {
  private Pause() {}

  static int run(Call call) {
    return Each.operand(call, name -> call.engine().container(name).pause());
  }
}
