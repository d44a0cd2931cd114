package dev.mydocker.cli.explain;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.Host;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.call.Output;
import dev.mydocker.engine.Attachment;
import dev.mydocker.engine.Engine;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * A command that is explained while it is done ({@code --explain}). The steps go to standard error:
 * standard output belongs to the command, and to the container.
 */
public final class Explained {
  private static final int TIOCGWINSZ = 0x5413;
  private static final int USUAL_WIDTH = 100;

  private Explained() {}

  /** Runs a command with an engine that tells its steps; its exit code. */
  public static int run(Call call, ToIntFunction<Call> command) {
    StepPrinter printer = printer(call, call.err(), call.invocation().stderr());
    ExplainingHost host = new ExplainingHost(call.host(), printer);
    try (Call explained = new Call(call.invocation(), call.arguments(), host, call.environment())) {
      return command.applyAsInt(explained);
    } finally {
      printer.end();
    }
  }

  private static StepPrinter printer(Call call, Output out, int descriptor) {
    String format = call.arguments().value("format").orElse("text");
    return switch (format) {
      case "json" -> new JsonSteps(out);
      case "text" -> {
        boolean terminal = call.isTerminal(descriptor);
        boolean plain = !call.invocation().environment().getOrDefault("NO_COLOR", "").isEmpty();
        yield new TextSteps(out, width(call, descriptor, terminal), terminal && !plain);
      }
      default ->
          throw new MydockerException(
              Category.INVALID, "show the steps as " + format + ": it can be text or json");
    };
  }

  private static int width(Call call, int descriptor, boolean terminal) {
    if (!terminal) {
      return USUAL_WIDTH;
    }
    SegmentBuilder b = Segment.builder();
    Value size = b.returned(8);
    b.syscall(Wire.SYS_IOCTL, Value.of(descriptor), Value.of(TIOCGWINSZ), size);
    b.ignoringErrors();
    Reply reply = call.host().files().performer().perform(b.build());
    int columns = (int) reply.number(size.plus(2), 2);
    return columns == 0 ? USUAL_WIDTH : columns;
  }

  /** The process around, with engines that explain. */
  private record ExplainingHost(Host host, StepPrinter printer) implements Host {
    @Override
    public Engine engine(Map<String, String> environment, Consumer<String> notices) {
      return host.engine(environment, notices).explaining(printer::step);
    }

    @Override
    public FileWorker files() {
      return host.files();
    }

    @Override
    public boolean mayBecome() {
      return host.mayBecome();
    }

    @Override
    public int attach(
        Attachment attachment, Attachment.ClientOptions options, Invocation invocation) {
      // Whoever goes on in this process's place prints nothing more of it.
      printer.end();
      return host.attach(attachment, options, invocation);
    }
  }
}
