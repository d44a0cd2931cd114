package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.option.Values;
import dev.mydocker.engine.Attachment;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import java.util.List;

/** {@code run}: makes a container, starts it, and stays attached to it unless told otherwise. */
final class Run {
  private Run() {}

  static int run(Call call) {
    boolean detached = call.arguments().flag("detach");
    List<String> streams = call.arguments().values("attach");
    if (detached && !streams.isEmpty()) {
      call.err()
          .println("mydocker: conflicting options: cannot specify both --attach and --detach");
      return 1;
    }
    boolean stdin = call.arguments().flag("interactive") || names(streams, "stdin");
    if (!detached && Streams.lacksTerminal(call, call.arguments().flag("tty"), stdin)) {
      return 1;
    }
    ContainerSpec spec = Create.spec(call, detached);
    CidFile file = CidFile.claim(call);
    try {
      Container container = call.engine().create(spec);
      file.write(container);
      try {
        if (detached) {
          container.start();
          call.out().println(container.id());
          return 0;
        }
        Attachment attachment = container.startAttached();
        file.close();
        boolean stdout = streams.isEmpty() || names(streams, "stdout");
        boolean stderr = streams.isEmpty() || names(streams, "stderr");
        if (!stdout && !stderr) {
          call.out().println(container.id());
        }
        return Streams.attach(
            call,
            attachment,
            spec.process().interactive(),
            stdout,
            stderr,
            call.arguments().flag("sig-proxy"));
      } catch (MydockerException e) {
        file.forget();
        remove(container, e);
        throw e;
      }
    } finally {
      file.close();
    }
  }

  private static boolean names(List<String> streams, String stream) {
    for (String text : streams) {
      if (Values.stream(text).equals(stream)) {
        return true;
      }
    }
    return false;
  }

  /** Nothing is left of a container whose command could not be executed. */
  private static void remove(Container container, MydockerException cause) {
    try {
      container.remove(true);
    } catch (MydockerException left) {
      // With --rm its monitor may have removed it already.
      if (left.category() != Category.NOT_FOUND) {
        cause.addSuppressed(left);
      }
    }
  }
}
