package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerInfo;

/** {@code attach}: connects to a running container. */
final class Attach {
  private Attach() {}

  static int run(Call call) {
    Container container = call.engine().container(call.operands().get(0));
    ContainerInfo info = container.info();
    boolean stdin = info.spec().process().interactive() && !call.arguments().flag("no-stdin");
    return Streams.attach(call, container.attach(), stdin, call.arguments().flag("sig-proxy"));
  }
}
