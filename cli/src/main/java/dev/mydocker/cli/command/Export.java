package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.FileTarget;
import dev.mydocker.cli.call.Output;
import dev.mydocker.engine.Container;
import java.io.OutputStream;

/** {@code export}: writes a container's file system as a tar archive. */
final class Export {
  private Export() {}

  static int run(Call call) {
    String target = call.arguments().value("output").orElse("");
    if (target.isEmpty() && call.isTerminal(call.invocation().stdout())) {
      throw new MydockerException(
          Category.INVALID,
          "cowardly refusing to save to a terminal",
          "use the -o flag or redirect");
    }
    Container container = call.engine().container(call.operands().get(0));
    if (target.isEmpty()) {
      container.export(new ToOutput(call.out()));
      return 0;
    }
    try (FileTarget file = FileTarget.open(call.host().files(), call.path(target))) {
      container.export(file);
      file.complete();
    }
    return 0;
  }

  /** Standard output as a stream. */
  private static final class ToOutput extends OutputStream {
    private final Output out;

    ToOutput(Output out) {
      this.out = out;
    }

    @Override
    public void write(int value) {
      out.write(new byte[] {(byte) value});
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      out.write(bytes, from, count);
    }

    @Override
    public void flush() {
      out.flush();
    }
  }
}
