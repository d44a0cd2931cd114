package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.cli.option.Environment;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ExecSpec;
import java.util.List;

/** {@code exec}: runs another command in a running container. */
final class Exec {
  private Exec() {}

  static int run(Call call) {
    Arguments arguments = call.arguments();
    boolean detached = arguments.flag("detach");
    if (!detached
        && Streams.lacksTerminal(call, arguments.flag("tty"), arguments.flag("interactive"))) {
      return 1;
    }
    ExecSpec spec = spec(call);
    Container container = call.engine().container(call.operands().get(0));
    if (detached) {
      container.execDetached(spec);
      return 0;
    }
    return Streams.attach(call, container.execAttached(spec), spec.interactive(), true);
  }

  private static ExecSpec spec(Call call) {
    Arguments arguments = call.arguments();
    List<String> variables =
        Environment.resolve(arguments, call.invocation().environment(), call::read);
    variables.removeIf(variable -> variable.indexOf('=') < 0);
    List<String> words = call.operands();
    return new ExecSpec(
        words.subList(1, words.size()),
        variables,
        arguments.value("user").orElse(null),
        arguments.value("workdir").orElse(null),
        arguments.flag("interactive") && !arguments.flag("detach"),
        arguments.flag("tty"),
        arguments.flag("privileged"));
  }
}
