package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.format.Times;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.cli.option.Values;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.LogLine;
import dev.mydocker.engine.LogQuery;
import dev.mydocker.kernel.Bytes;
import java.util.function.Consumer;

/** {@code logs}: prints what a container wrote. */
final class Logs {
  private Logs() {}

  static int run(Call call) {
    Arguments arguments = call.arguments();
    Container container = call.engine().container(call.operands().get(0));
    LogQuery query =
        new LogQuery(
            tail(arguments.value("tail").orElse("all")),
            time(call, "since"),
            time(call, "until"),
            true,
            true);
    boolean times = arguments.flag("timestamps");
    Consumer<LogLine> sink = new Printer(call, times);
    if (arguments.flag("follow") && call.host().mayBecome()) {
      container.followLogs(query, sink, () -> flush(call), times);
    } else {
      container.logs(query, sink);
    }
    return 0;
  }

  private static void flush(Call call) {
    call.out().flush();
    call.err().flush();
  }

  private static long tail(String lines) {
    return lines.equals("all") ? -1 : Values.integer(lines);
  }

  private static long time(Call call, String option) {
    String text = call.arguments().value(option).orElse("");
    return text.isEmpty()
        ? 0
        : Times.parse(text, call.invocation().now(), call.invocation().zone());
  }

  /** Writes each piece to the stream that it came from. */
  private static final class Printer implements Consumer<LogLine> {
    private final Call call;
    private final boolean times;
    private final boolean[] midLine = new boolean[2];
    private int last;

    Printer(Call call, boolean times) {
      this.call = call;
      this.times = times;
    }

    @Override
    public void accept(LogLine line) {
      int stream = line.stderr() ? 1 : 0;
      if (last != stream) {
        // Both may be one terminal: what was written first is seen first.
        flush(call);
        last = stream;
      }
      if (times && !midLine[stream]) {
        write(line, Bytes.encode(line.stamp() + " "));
      }
      write(line, line.bytes());
      midLine[stream] = !line.isWhole();
    }

    private void write(LogLine line, byte[] bytes) {
      (line.stderr() ? call.err() : call.out()).write(bytes);
    }
  }
}
