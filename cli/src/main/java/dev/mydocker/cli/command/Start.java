package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.engine.Attachment;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerInfo;

/** {@code start}: starts containers that do not run. */
final class Start {
  private Start() {}

  static int run(Call call) {
    boolean attached = call.arguments().flag("attach") || call.arguments().flag("interactive");
    if (!attached) {
      return Each.operand(call, name -> call.engine().container(name).start());
    }
    if (call.operands().size() > 1) {
      throw new MydockerException(
          Category.INVALID, "you cannot start and attach multiple containers at once");
    }
    Container container = call.engine().container(call.operands().get(0));
    ContainerInfo info = container.info();
    boolean stdin = call.arguments().flag("interactive") && info.spec().process().interactive();
    if (Streams.lacksTerminal(call, info.spec().process().terminal(), stdin)) {
      return 1;
    }
    Attachment attachment =
        info.status().isAlive() ? container.attach() : container.startAttached();
    return Streams.attach(call, attachment, stdin, true);
  }
}
