package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.explain.Explained;
import dev.mydocker.cli.option.Completion;
import dev.mydocker.cli.option.Verb;

/** Finds the class of a command. */
public final class Dispatch {
  private Dispatch() {}

  /** Runs a command; returns its exit code. */
  public static int run(Call call) {
    return Explained.isWanted(call.arguments())
        ? Explained.run(call, Dispatch::command)
        : command(call);
  }

  private static int command(Call call) {
    return switch (call.arguments().command().verb()) {
      case RUN -> Run.run(call);
      case EXEC -> Exec.run(call);
      case PS -> Ps.run(call);
      case PULL -> Pull.run(call);
      case PUSH -> Push.run(call);
      case LOGIN -> Login.run(call);
      case LOGOUT -> Logout.run(call);
      case SEARCH -> Search.run(call);
      case LOGS -> Logs.run(call);
      case STOP -> Stop.run(call);
      case START -> Start.run(call);
      case RM -> Rm.run(call);
      case ATTACH -> Attach.run(call);
      case CREATE -> Create.run(call);
      case INSPECT -> Inspect.run(call);
      case KILL -> Kill.run(call);
      case PAUSE -> Pause.run(call);
      case RENAME -> Rename.run(call);
      case RESTART -> Restart.run(call);
      case UNPAUSE -> Unpause.run(call);
      case WAIT -> Wait.run(call);
      case VERSION -> Version.run(call);
      case INFO -> Info.run(call);
      case DOCTOR -> Doctor.run(call);
      case IMAGES -> Images.run(call);
      case COMMIT -> Commit.run(call);
      case EXPORT -> Export.run(call);
      case IMPORT -> Import.run(call);
      case RMI -> Rmi.run(call);
      case LOAD -> Load.run(call);
      case SAVE -> Save.run(call);
      case IMAGE_PRUNE -> PruneImages.run(call);
      case SYSTEM_DF -> SystemDf.run(call);
      case HEALTHCHECK_RUN -> HealthcheckRun.run(call);
      case HISTORY -> History.run(call);
      case TAG -> Tag.run(call);
      case COMPLETION -> {
        call.out().print(Completion.script(call.operands().get(0)));
        yield 0;
      }
      // The parser turns it into the text to print.
      case HELP -> throw new IllegalArgumentException(Verb.HELP.word());
    };
  }
}
