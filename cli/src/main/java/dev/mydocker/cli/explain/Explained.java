package dev.mydocker.cli.explain;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.Host;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.call.Output;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.engine.Attachment;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.ExplainedStep;
import dev.mydocker.engine.Notices;
import dev.mydocker.kernel.FileWorker;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A command that is explained while it is done ({@code --explain}), or in place of being done
 * ({@code --dry-run}). The steps go to standard error, for standard output belongs to the command
 * and to the container; those of a dry run, which has no other output, go to standard output.
 */
public final class Explained {
  private static final int USUAL_WIDTH = 100;

  private Explained() {}

  /**
   * Whether a command line asks for it.
   *
   * @throws MydockerException if it says how steps are told, and asks for none
   */
  public static boolean isWanted(Arguments arguments) {
    if (arguments.mentions("explain") && arguments.flag("explain") || isDry(arguments)) {
      return true;
    }
    if (arguments.mentions("format") && arguments.command().option("explain").isPresent()) {
      throw new MydockerException(
          Category.INVALID,
          "--format says how steps are told, and none are asked for",
          "add --explain");
    }
    return false;
  }

  private static boolean isDry(Arguments arguments) {
    return arguments.mentions("dry-run") && arguments.flag("dry-run");
  }

  /** Runs a command with an engine that tells its steps; its exit code. */
  public static int run(Call call, ToIntFunction<Call> command) {
    boolean dry = isDry(call.arguments());
    Invocation invocation = call.invocation();
    StepPrinter printer =
        dry
            ? printer(call, invocation.out(), invocation.stdout())
            : printer(call, invocation.err(), invocation.stderr());
    Audience audience = new Audience(printer);
    ExplainingHost host = new ExplainingHost(call.host(), audience, dry);
    try (Call explained =
        new Call(
            dry ? withoutOutput(invocation) : invocation,
            call.arguments(),
            host,
            call.environment())) {
      int code = command.applyAsInt(explained);
      audience.end();
      if (dry) {
        audience.requirePresent();
      }
      return code;
    } finally {
      audience.end();
    }
  }

  /**
   * Whoever is told the steps may go away, or its disk be full: what is being done is done all the
   * same, for a container that is half made would be worse than an explanation that is cut off.
   */
  private static final class Audience {
    private final StepPrinter printer;
    private Output.@Nullable Closed gone;

    Audience(StepPrinter printer) {
      this.printer = printer;
    }

    void step(ExplainedStep step) {
      tell(() -> printer.step(step));
    }

    void end() {
      tell(printer::end);
    }

    private void tell(Runnable print) {
      if (gone != null) {
        return;
      }
      try {
        print.run();
      } catch (Output.Closed e) {
        gone = e;
      }
    }

    /** Nothing else was to be done than to tell. */
    void requirePresent() {
      if (gone != null) {
        throw gone;
      }
    }
  }

  /** A command that does nothing has nothing to say: standard output is for the steps. */
  private static Invocation withoutOutput(Invocation invocation) {
    return new Invocation(
        invocation.words(),
        invocation.environment(),
        invocation.directory(),
        invocation.stdin(),
        invocation.stdout(),
        invocation.stderr(),
        Output.buffered(OutputStream.nullOutputStream()),
        invocation.err(),
        invocation.clock());
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
          throw MydockerException.of(
              Category.INVALID, "show the steps as", format, "it can be text or json");
    };
  }

  private static int width(Call call, int descriptor, boolean terminal) {
    if (!terminal) {
      return USUAL_WIDTH;
    }
    int columns = call.columns(descriptor);
    return columns == 0 ? USUAL_WIDTH : columns;
  }

  /** The process around, with engines that explain. */
  private record ExplainingHost(Host host, Audience audience, boolean dry) implements Host {
    @Override
    public Engine engine(Map<String, String> environment, Notices notices) {
      Engine engine = host.engine(environment, notices);
      return dry ? engine.rehearsing(audience::step) : engine.explaining(audience::step);
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
      audience.end();
      if (dry) {
        attachment.close();
        return 0;
      }
      return host.attach(attachment, options, invocation);
    }
  }
}
