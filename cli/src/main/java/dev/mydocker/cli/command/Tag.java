package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;

/** {@code tag}: gives an image one more name. */
final class Tag {
  private Tag() {}

  static int run(Call call) {
    call.engine().images().tag(call.operands().get(0), call.operands().get(1));
    return 0;
  }
}
