package dev.mydocker.cli.call;

import dev.mydocker.MydockerException;
import java.io.PrintWriter;
import java.io.StringWriter;

/** How errors are told: one line, what failed and why, and what to do about it. */
public final class Failure {
  /** The variable that asks for stack traces. */
  public static final String DEBUG = "MYDOCKER_DEBUG";

  private Failure() {}

  /** Returns the line for an error. */
  public static String line(MydockerException e) {
    String message = "mydocker: " + oneLine(String.valueOf(e.getMessage()));
    return e.suggestion().map(hint -> message + "; " + hint).orElse(message);
  }

  /** Returns the line for a mistake of our own. */
  public static String internal(Throwable e) {
    String name = e.getClass().getName();
    String message = e.getMessage() == null ? "" : ": " + oneLine(e.getMessage());
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

  /** A name may hold line feeds; the message stays one line. */
  private static String oneLine(String text) {
    return text.indexOf('\n') < 0 && text.indexOf('\r') < 0
        ? text
        : text.replace("\n", "\\n").replace("\r", "\\r");
  }
}
