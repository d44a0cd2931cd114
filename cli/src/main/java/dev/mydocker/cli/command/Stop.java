package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.engine.Container;
import java.time.Duration;
import java.util.OptionalInt;

/** {@code stop}: asks containers to end, and kills those that do not. */
final class Stop {
  private Stop() {}

  static int run(Call call) {
    return Each.operand(call, name -> stop(call, call.engine().container(name)));
  }

  /** Stops it with the signal and within the time that the options say, or its own. */
  static void stop(Call call, Container container) {
    OptionalInt signal = Signals.number(call);
    boolean timed = call.arguments().given("timeout");
    Duration limit = Duration.ofSeconds(call.arguments().integer("timeout", 0));
    if (signal.isPresent()) {
      container.stop(timed ? limit : ownLimit(container), signal.getAsInt());
    } else if (timed) {
      container.stop(limit);
    } else {
      container.stop();
    }
  }

  private static Duration ownLimit(Container container) {
    Duration own = container.info().process().stopTimeout();
    return own == null ? Container.STOP_TIMEOUT : own;
  }
}
