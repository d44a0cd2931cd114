package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.cli.option.DetachKeys;
import dev.mydocker.cli.option.Verb;
import dev.mydocker.engine.Attachment;
import java.util.HexFormat;

/** Connects the caller's standard streams with those of a process in a container. */
final class Streams {
  private Streams() {}

  /** Refuses a terminal for a process whose input comes from none; Docker's exit code is 1. */
  static boolean lacksTerminal(Call call, boolean terminal, boolean stdin) {
    if (!terminal || !stdin || call.isTerminal(call.invocation().stdin())) {
      return false;
    }
    call.err()
        .println(
            "mydocker: the input device is not a TTY;"
                + " leave out -t for input that comes from a pipe or a file");
    return true;
  }

  /** Goes on as the attach client; the exit code where this process may not become one. */
  static int attach(Call call, Attachment attachment, boolean stdin, boolean proxySignals) {
    return attach(call, attachment, stdin, true, true, proxySignals);
  }

  /** As above, with only some of the two outputs. */
  static int attach(
      Call call,
      Attachment attachment,
      boolean stdin,
      boolean stdout,
      boolean stderr,
      boolean proxySignals) {
    return call.host()
        .attach(
            attachment,
            new Attachment.ClientOptions(
                stdin,
                stdout,
                stderr,
                proxySignals,
                false,
                detachKeys(call.arguments()),
                call.arguments().command().verb() == Verb.ATTACH),
            call.invocation());
  }

  /** Goes on as a client that prints the exit code only. */
  static int printExit(Call call, Attachment attachment) {
    return call.host()
        .attach(
            attachment,
            new Attachment.ClientOptions(false, false, false, false, true, "", false),
            call.invocation());
  }

  private static String detachKeys(Arguments arguments) {
    byte[] keys =
        DetachKeys.parse(
            arguments.given("detach-keys")
                ? arguments.value("detach-keys").orElse("")
                : DetachKeys.DEFAULT);
    return HexFormat.of().formatHex(keys);
  }
}
