package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerInfo;

/** {@code restart}: stops containers, where they run, and starts them. */
final class Restart {
  private Restart() {}

  static int run(Call call) {
    return Each.operand(call, name -> restart(call, call.engine().container(name)));
  }

  private static void restart(Call call, Container container) {
    ContainerInfo info = container.info();
    if (info.status().isAlive()) {
      if (info.spec().removeOnExit()) {
        throw MydockerException.of(
            Category.CONFLICT,
            "restart container",
            info.name(),
            "it is removed when it stops (--rm)");
      }
      Stop.stop(call, container);
    }
    container.start();
  }
}
