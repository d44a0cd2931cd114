package dev.mydocker.cli;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.call.Failure;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.call.Preparation;
import dev.mydocker.cli.command.Prepare;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/** The command {@code mydocker}. */
public final class Main {
  private Main() {}

  /** Runs one command line, and ends the process with its exit code. */
  public static void main(String[] arguments) {
    String home = System.getProperty("mydocker.home", "");
    if (arguments.length == 3 && arguments[0].equals("__train")) {
      Train.run(home, arguments[1], arguments[2]);
      return;
    }
    ProcessHost host = new ProcessHost(home);
    int code;
    try {
      boolean prepares = arguments.length > 0 && arguments[0].equals(Preparation.WORD);
      Invocation invocation = invocation(host);
      code =
          prepares
              ? Mydocker.run(invocation.withoutFirstWord(), host, Prepare::run)
              : Mydocker.run(invocation, host);
    } catch (MydockerException e) {
      // Only what happens before there is an invocation.
      System.err.println(Failure.line(e));
      code = Mydocker.ENGINE_FAILED;
    } catch (UnsatisfiedLinkError noBridge) {
      System.err.println("mydocker: load the bridge of " + home + ": " + noBridge.getMessage());
      code = Mydocker.ENGINE_FAILED;
    }
    leave(host, code);
  }

  /** What this process was called for; the training calls it as well. */
  static Invocation invocation(ProcessHost host) {
    return Invocation.ofProcess(Main.class.getName(), host.files());
  }

  /** Ends at once: everything is written, and the JVM's own way out would take milliseconds. */
  private static void leave(ProcessHost host, int code) {
    try {
      SegmentBuilder b = Segment.builder();
      b.syscall(Wire.SYS_EXIT_GROUP, Value.of(code));
      host.files().performer().perform(b.build());
    } catch (UnsatisfiedLinkError noBridge) {
      Runtime.getRuntime().halt(code);
    }
  }
}
