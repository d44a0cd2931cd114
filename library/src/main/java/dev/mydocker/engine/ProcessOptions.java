package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.SignalNames;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What runs in a container, where it differs from what the image says.
 *
 * @param command the command, or null for the image's; empty is none
 * @param entrypoint what comes in front of the command, or null for the image's; empty is none
 * @param environment NAME=value, of which later ones win
 * @param workingDirectory an absolute path in the container, or null for the image's
 * @param user name or id, perhaps a colon and a group; null for the image's
 * @param interactive whether standard input stays open
 * @param terminal whether it gets a pseudoterminal
 * @param init whether a small init reaps processes and forwards signals as PID 1
 * @param stopSignal by name or number, or null for the image's
 * @param stopTimeout how long to wait after the stop signal, or null for the image's
 */
public record ProcessOptions(
    @Nullable List<String> command,
    @Nullable List<String> entrypoint,
    List<String> environment,
    @Nullable String workingDirectory,
    @Nullable String user,
    boolean interactive,
    boolean terminal,
    boolean init,
    @Nullable String stopSignal,
    @Nullable Duration stopTimeout) {
  /** Nothing but what the image says. */
  public static final ProcessOptions DEFAULT =
      new ProcessOptions(null, null, List.of(), null, null, false, false, false, null, null);

  /** Copies the lists and checks them. */
  public ProcessOptions {
    command = command == null ? null : List.copyOf(command);
    entrypoint = entrypoint == null ? null : List.copyOf(entrypoint);
    environment = List.copyOf(environment);
    requireNoNul(command);
    requireNoNul(entrypoint);
    requireNoNul(environment);
    for (String variable : environment) {
      if (variable.indexOf('=') < 1) {
        throw MydockerException.invalid(
            "environment variable",
            variable,
            "invalid environment variable: " + variable,
            "expected NAME=value");
      }
    }
    if (workingDirectory != null) {
      if (!workingDirectory.startsWith("/")) {
        throw MydockerException.invalid(
            "working directory",
            workingDirectory,
            "the working directory '"
                + workingDirectory
                + "' is invalid, it needs to be an absolute path",
            null);
      }
      workingDirectory = ContainerPaths.clean(workingDirectory);
    }
    if (stopSignal != null && !isSignal(stopSignal)) {
      throw MydockerException.invalid("signal", stopSignal, "invalid signal: " + stopSignal, null);
    }
    if (stopTimeout != null && stopTimeout.isNegative()) {
      // Docker's -1: wait without end.
      stopTimeout = Duration.ofSeconds(-1);
    }
  }

  static boolean isSignal(String text) {
    return SignalNames.number(text).isPresent();
  }

  private static void requireNoNul(@Nullable List<String> texts) {
    for (String text : texts == null ? List.<String>of() : texts) {
      if (text.indexOf('\0') >= 0) {
        throw MydockerException.invalid(
            "argument", text, "invalid argument: a NUL byte cannot be passed to a program", null);
      }
    }
  }
}
