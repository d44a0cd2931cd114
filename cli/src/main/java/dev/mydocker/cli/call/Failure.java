package dev.mydocker.cli.call;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.format.Printable;
import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * How errors are told: one line, also where a name has several; what failed and why, what to do.
 */
public final class Failure {
  /** The variable that asks for stack traces. */
  public static final String DEBUG = "MYDOCKER_DEBUG";

  private Failure() {}

  /** Returns the line for an error. */
  public static String line(MydockerException e) {
    String message = "mydocker: " + Printable.of(String.valueOf(e.getMessage()));
    return e.suggestion().map(hint -> message + "; " + Printable.of(hint)).orElse(message);
  }

  /** Returns the line for a mistake of our own. */
  public static String internal(Throwable e) {
    String name = e.getClass().getName();
    String message = e.getMessage() == null ? "" : ": " + Printable.of(e.getMessage());
    return "mydocker: internal error: "
        + name
        + message
        + "; run it again with "
        + DEBUG
        + "=1 to see where";
  }

  /** Prints the stack trace where the caller wants to see it. */
  public static void trace(Invocation invocation, Throwable e) {
    if (invocation.environment().getOrDefault(DEBUG, "").isEmpty()) {
      return;
    }
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text, true));
    invocation.err().print(text.toString()).flush();
  }
}
