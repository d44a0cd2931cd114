package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;

/** {@code rename}: gives a container another name. */
final class Rename {
  private Rename() {}

  static int run(Call call) {
    call.engine().container(call.operands().get(0)).rename(call.operands().get(1));
    return 0;
  }
}
