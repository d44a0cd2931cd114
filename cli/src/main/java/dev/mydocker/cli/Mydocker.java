package dev.mydocker.cli;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.Failure;
import dev.mydocker.cli.call.Host;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.call.Output;
import dev.mydocker.cli.call.Preparation;
import dev.mydocker.cli.command.Dispatch;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.cli.option.CommandLine;
import dev.mydocker.cli.option.UsageException;
import dev.mydocker.cli.option.Verb;
import dev.mydocker.cli.option.VolumeSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Runs command lines, any number of them in one JVM, and tells what went wrong. */
public final class Mydocker {
  /** Docker's exit code for its own failures. */
  static final int ENGINE_FAILED = 125;

  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;

  /** As a shell has it for a program that SIGPIPE ended. */
  private static final int NOBODY_READS = 141;

  private Mydocker() {}

  /** Runs what was typed; returns the exit code. Everything is written by then. */
  public static int run(Invocation invocation, Host host) {
    return run(invocation, host, Dispatch::run);
  }

  /** Has something done with what was typed; returns the exit code. */
  static int run(Invocation invocation, Host host, ToIntFunction<Call> work) {
    Verb verb = null;
    try {
      CommandLine line = CommandLine.parse(invocation.words());
      Optional<Arguments> arguments = line.arguments();
      int code = 0;
      if (arguments.isEmpty()) {
        invocation.out().print(line.helpText());
      } else {
        verb = arguments.get().command().verb();
        try (Call call =
            new Call(invocation, arguments.get(), host, environment(invocation, line.root()))) {
          code = work.applyAsInt(call);
        }
      }
      invocation.out().flush();
      invocation.err().flush();
      return code;
    } catch (Output.Closed e) {
      return closed(invocation, e);
    } catch (MydockerException e) {
      return fail(invocation, verb, e);
    } catch (RuntimeException | Error e) {
      report(invocation, Failure.internal(e), e);
      return ENGINE_FAILED;
    }
  }

  /** {@code --root} says where everything is, below it also what does not outlive a boot. */
  private static Map<String, String> environment(Invocation invocation, Optional<String> root) {
    if (root.isEmpty()) {
      return invocation.environment();
    }
    Map<String, String> changed = new LinkedHashMap<>(invocation.environment());
    String typed = root.get();
    changed.put(
        "MYDOCKER_ROOT",
        VolumeSpec.clean(typed.startsWith("/") ? typed : invocation.directory() + "/" + typed));
    return changed;
  }

  private static int fail(Invocation invocation, @Nullable Verb verb, MydockerException e) {
    if (e instanceof Preparation.Failed) {
      return verb == Verb.RUN ? ENGINE_FAILED : 1;
    }
    if (e instanceof UsageException usage) {
      report(invocation, "mydocker: " + usage.report(), e);
      return usage.exitCode();
    }
    report(invocation, Failure.line(e), e);
    return exitCode(verb, e.category());
  }

  /** The exit code for a failure of a command, Docker's where it has one. */
  static int exitCode(@Nullable Verb verb, Category category) {
    // 1 is what the check itself says.
    boolean checks = verb == Verb.HEALTHCHECK_RUN;
    boolean starts = verb == Verb.RUN || verb == Verb.EXEC || checks;
    if (starts && category == Category.NOT_EXECUTABLE) {
      return NOT_EXECUTABLE;
    }
    if (starts && category == Category.COMMAND_NOT_FOUND) {
      return NOT_FOUND;
    }
    if (verb == null || verb == Verb.RUN || checks || category == Category.INTERNAL) {
      return ENGINE_FAILED;
    }
    return verb == Verb.CREATE && category == Category.INVALID ? ENGINE_FAILED : 1;
  }

  private static int closed(Invocation invocation, Output.Closed e) {
    if (String.valueOf(e.getMessage()).endsWith("Broken pipe")) {
      return NOBODY_READS;
    }
    report(invocation, Failure.line(e), e);
    return 1;
  }

  private static void report(Invocation invocation, String line, Throwable e) {
    try {
      invocation.out().flush();
    } catch (Output.Closed unread) {
      e.addSuppressed(unread);
    }
    try {
      invocation.err().println(line);
      Failure.trace(invocation, e);
      invocation.err().flush();
    } catch (Output.Closed unread) {
      e.addSuppressed(unread);
    }
  }
}
