package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.SignalNames;
import dev.mydocker.runtime.lifecycle.RuntimeContainer;
import java.util.OptionalInt;

/** {@code kill}. */
final class KillContainer {
  private KillContainer() {}

  static void kill(OciCall call) {
    String typed = call.arguments().operand(1).orElse("TERM");
    OptionalInt signal = SignalNames.number(typed);
    if (signal.isEmpty()) {
      throw new MydockerException(
          Category.INVALID, "kill container " + call.id() + ": unknown signal \"" + typed + "\"");
    }
    RuntimeContainer container = call.container();
    if (call.arguments().flag("all")) {
      container.signalAll(signal.getAsInt());
      return;
    }
    if (!container.signal(signal.getAsInt())) {
      throw new MydockerException(
          Category.CONFLICT, "kill container " + call.id() + ": container not running");
    }
    if (signal.getAsInt() == Linux.SIGKILL) {
      container.killRest();
    }
  }
}
