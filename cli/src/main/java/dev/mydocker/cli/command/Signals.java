package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.kernel.SignalNames;
import java.util.OptionalInt;

/** The signal of {@code --signal}. */
final class Signals {
  private Signals() {}

  /** Its number; nothing if none was named. */
  static OptionalInt number(Call call) {
    String text = call.arguments().value("signal").orElse("");
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    OptionalInt number = SignalNames.number(text);
    if (number.isEmpty()) {
      throw new MydockerException(
          Category.INVALID, "Invalid signal: " + text, "write a name such as TERM or a number");
    }
    return number;
  }
}
