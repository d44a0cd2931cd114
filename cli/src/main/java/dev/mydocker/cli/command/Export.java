package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.FileTarget;
import dev.mydocker.cli.call.OutputStreams;
import dev.mydocker.engine.Container;

/** {@code export}: writes a container's file system as a tar archive. */
final class Export {
  private Export() {}

  static int run(Call call) {
    String target = call.arguments().value("output").orElse("");
    if (target.isEmpty()) {
      OutputStreams.refuseTerminal(call);
    }
    Container container = call.engine().container(call.operands().get(0));
    if (target.isEmpty()) {
      container.export(OutputStreams.of(call.out()));
      return 0;
    }
    try (FileTarget file = FileTarget.open(call.host().files(), call.path(target))) {
      container.export(file);
      file.complete();
    }
    return 0;
  }
}
