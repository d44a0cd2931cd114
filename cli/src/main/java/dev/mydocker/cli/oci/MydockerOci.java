package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Failure;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.call.Output;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.cli.option.Command;
import dev.mydocker.cli.option.Help;
import dev.mydocker.cli.option.OciTables;
import dev.mydocker.cli.option.Parser;
import dev.mydocker.kernel.FileWorker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs command lines of {@code mydocker-oci}, and tells what went wrong where callers look. */
public final class MydockerOci {
  private static final int FAILED = 1;

  /** runc's, for an exec that does not come to run its command. */
  private static final int EXEC_FAILED = 255;

  private MydockerOci() {}

  /**
   * Runs what was typed; returns the exit code.
   *
   * @param mayBecome whether this process may become another program, which goes on in its place
   */
  public static int run(Invocation invocation, FileWorker files, boolean mayBecome) {
    Log log = Log.none(files);
    String word = "";
    try {
      Arguments globals = Parser.parse(OciTables.globals(), invocation.words());
      log = Log.of(files, invocation, globals);
      List<String> operands = globals.operands();
      word = operands.isEmpty() ? "" : operands.get(0);
      int code = run(invocation, files, mayBecome, globals, word, log);
      invocation.out().flush();
      invocation.err().flush();
      return code;
    } catch (Output.Closed e) {
      return FAILED;
    } catch (MydockerException e) {
      report(invocation, log, message(e), e);
      return word.equals("exec") ? EXEC_FAILED : FAILED;
    } catch (RuntimeException | Error e) {
      report(invocation, log, Failure.internal(e), e);
      return word.equals("exec") ? EXEC_FAILED : FAILED;
    }
  }

  private static int run(
      Invocation invocation,
      FileWorker files,
      boolean mayBecome,
      Arguments globals,
      String word,
      Log log) {
    if (globals.flag("version")) {
      invocation.out().print(Features.version());
      return 0;
    }
    if (globals.help() || word.isEmpty() || word.equals("help")) {
      invocation.out().print(Help.oci());
      return 0;
    }
    Command command = OciTables.of(word);
    if (command == null) {
      throw new MydockerException(
          Category.INVALID,
          "unknown command " + word,
          "see '" + OciTables.PROGRAM + " --help' for all");
    }
    List<String> rest = globals.operands().subList(1, globals.operands().size());
    Arguments arguments = Parser.parse(command, rest);
    if (arguments.help()) {
      invocation.out().print(Help.of(command));
      return 0;
    }
    OciCall call = new OciCall(invocation, globals, arguments, files, mayBecome, log);
    return OciDispatch.run(word, call);
  }

  /** What callers match is the message; a hint goes where it does not hide the end of it. */
  private static String message(MydockerException e) {
    String message = String.valueOf(e.getMessage());
    boolean command =
        e.category() == Category.COMMAND_NOT_FOUND || e.category() == Category.NOT_EXECUTABLE;
    return command ? message : e.suggestion().map(hint -> message + "; " + hint).orElse(message);
  }

  private static void report(
      Invocation invocation, Log log, String message, @Nullable Throwable e) {
    try {
      invocation.out().flush();
    } catch (Output.Closed unread) {
      // There is standard error, and the log, to say why.
      log.error("write output: nobody reads it", invocation.now());
    }
    log.error(message, invocation.now());
    try {
      invocation.err().println(OciTables.PROGRAM + ": " + message);
      if (e != null) {
        Failure.trace(invocation, e);
      }
      invocation.err().flush();
    } catch (Output.Closed unread) {
      log.error("write standard error: nobody reads it", invocation.now());
    }
  }
}
