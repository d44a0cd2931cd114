package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.Tried;
import dev.mydocker.kernel.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a process's standard streams. Use it in one of two ways: read and write here, or
 * {@linkplain #become let this process become} the attach client.
 */
public final class Attachment implements AutoCloseable {
  private final Workbench bench;
  private final MonitorConnection connection;
  private final String name;
  private final boolean terminal;
  private int lifeline;

  Attachment(Workbench bench, MonitorConnection connection, String name, boolean terminal) {
    this(bench, connection, name, terminal, -1);
  }

  /**
   * @param lifeline what the process ends with when it closes, or -1
   */
  Attachment(
      Workbench bench, MonitorConnection connection, String name, boolean terminal, int lifeline) {
    this.bench = bench;
    this.connection = connection;
    this.name = name;
    this.terminal = terminal;
    this.lifeline = lifeline;
  }

  /** Removes the container whose streams these are, after a failure. */
  void removeContainer(MydockerException failure) {
    Container.removeAfter(failure, () -> bench.engine().container(name));
  }

  /**
   * What an attach client does with its own standard streams.
   *
   * @param stdin forward standard input
   * @param stdout write standard output
   * @param stderr write standard error
   * @param proxySignals forward the signals that it receives
   * @param printExit print the exit code when the process has ended, as {@code wait} does
   * @param detachKeys the bytes that detach from a terminal, in hexadecimal; empty for none
   * @param redraw have the program draw its screen again, for a terminal that others used before
   */
  public record ClientOptions(
      boolean stdin,
      boolean stdout,
      boolean stderr,
      boolean proxySignals,
      boolean printExit,
      String detachKeys,
      boolean redraw) {
    /** Without {@code redraw}. */
    public ClientOptions(
        boolean stdin,
        boolean stdout,
        boolean stderr,
        boolean proxySignals,
        boolean printExit,
        String detachKeys) {
      this(stdin, stdout, stderr, proxySignals, printExit, detachKeys, false);
    }
  }

  /**
   * Becomes the attach client by execve(2): this process keeps its id, its terminal and its parent,
   * and is no JVM any more. Only for a process that is the caller's own. Does not return.
   *
   * @throws MydockerException if the client cannot be executed
   */
  public void become(ClientOptions options) {
    connection.keepOverExec();
    int flags =
        (terminal && options.stdin() ? Wire.CLIENT_RAW : 0)
            | (options.stdin() ? Wire.CLIENT_STDIN : 0)
            | (options.proxySignals() ? Wire.CLIENT_SIG_PROXY : 0)
            | (options.printExit() ? Wire.CLIENT_PRINT_EXIT : 0)
            | (terminal && options.redraw() ? Wire.CLIENT_REDRAW : 0)
            | (options.stdout() ? Wire.CLIENT_OUT : 0)
            | (options.stderr() ? Wire.CLIENT_ERR : 0);
    List<String> arguments = new ArrayList<>();
    arguments.add("mydocker-attach");
    arguments.add(Integer.toString(connection.socket()));
    arguments.add(Integer.toString(flags));
    arguments.add(options.detachKeys());
    arguments.add(name);
    Helper.become(bench.performer(), arguments);
  }

  /**
   * Sends input, closes it, and collects output until the process has ended.
   *
   * @param input for standard input; none if it is not open
   */
  public Output communicate(byte[] input) {
    connection.hello(Wire.HELLO_OUT | Wire.HELLO_ERR | (input.length > 0 ? Wire.HELLO_IN : 0));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Feed feed = new Feed(input);
    while (true) {
      while (!feed.isDone() && connection.canSendBeforeReceiving()) {
        feed.some(connection);
      }
      Optional<MonitorConnection.Frame> frame = connection.receive();
      if (frame.isEmpty()) {
        Exit unknown = new Exit.Unknown("the monitor ended without telling the exit code");
        return new Output(unknown, out.toByteArray(), err.toByteArray());
      }
      byte[] payload = frame.get().payload();
      switch (frame.get().type()) {
        case Wire.ATTACH_OUT -> out.writeBytes(payload);
        case Wire.ATTACH_ERR -> err.writeBytes(payload);
        case Wire.ATTACH_EXIT -> {
          return new Output(frame.get().exit(), out.toByteArray(), err.toByteArray());
        }
        default -> {}
      }
    }
  }

  /**
   * Passes input and output on until the process has ended.
   *
   * @param kill ends the process: when its time is over, or its output cannot be passed on
   * @throws MydockerException TIMEOUT when its time was over, RESOURCE if a stream failed
   */
  Exit communicate(ProcessIo io, Runnable kill) {
    InputStream in = io.stdin();
    connection.hello(Wire.HELLO_OUT | Wire.HELLO_ERR | (in == null ? 0 : Wire.HELLO_IN));
    if (in == null) {
      return pass(io, kill);
    }
    try (Feeder feeder = new Feeder(bench.engine(), bench, connection.socket(), in)) {
      Exit exit = pass(io, kill);
      IOException failure = feeder.failure();
      if (failure != null) {
        throw failed("read the input of a process in container " + name, failure);
      }
      return exit;
    }
  }

  private Exit pass(ProcessIo io, Runnable kill) {
    Duration limit = io.limit();
    Deadline deadline =
        limit == null ? Deadline.NEVER : Deadline.in("run a process in container " + name, limit);
    MydockerException problem = null;
    while (true) {
      if (problem == null && limit != null && !connection.awaitMessage(deadline)) {
        problem = deadline.expired();
        kill.run();
      }
      Optional<MonitorConnection.Frame> frame = connection.receive();
      int type = frame.isEmpty() ? Wire.ATTACH_EXIT : frame.get().type();
      if (type == Wire.ATTACH_EXIT) {
        if (problem != null) {
          throw problem;
        }
        return frame.isEmpty()
            ? new Exit.Unknown("the monitor ended without telling the exit code")
            : frame.get().exit();
      }
      if (problem == null) {
        problem = write(frame.get(), io);
        if (problem != null) {
          kill.run();
        }
      }
    }
  }

  private @Nullable MydockerException write(MonitorConnection.Frame frame, ProcessIo io) {
    try {
      switch (frame.type()) {
        case Wire.ATTACH_OUT -> io.stdout().write(frame.payload());
        case Wire.ATTACH_ERR -> io.stderr().write(frame.payload());
        default -> {}
      }
      return null;
    } catch (IOException e) {
      return failed("write the output of a process in container " + name, e);
    }
  }

  private static MydockerException failed(String operation, IOException e) {
    String message = e.getMessage();
    return Tried.of(operation)
        .failed(
            Category.RESOURCE, (message == null ? e.getClass().getSimpleName() : message), null, e);
  }

  /** Ends the process that was started with this, and its process group. */
  void kill() {
    if (lifeline >= 0) {
      bench.files().close(lifeline);
      lifeline = -1;
    }
  }

  /** Input on its way: what of the present frame has not been sent yet. */
  private static final class Feed {
    private final byte[] input;
    private int next;
    private byte[] pending = new byte[0];
    private int sent;
    private boolean ended;

    Feed(byte[] input) {
      this.input = input;
      this.ended = input.length == 0;
    }

    boolean isDone() {
      return ended && sent == pending.length;
    }

    void some(MonitorConnection connection) {
      if (sent == pending.length) {
        int length = Math.min(input.length - next, Wire.ATTACH_MAXIMUM);
        pending =
            length == 0
                ? MonitorConnection.frame(Wire.ATTACH_IN_EOF, input, 0, 0)
                : MonitorConnection.frame(Wire.ATTACH_IN, input, next, length);
        ended = length == 0;
        next += length;
        sent = 0;
      }
      int taken = connection.sendSome(pending, sent);
      if (taken < 0) {
        // The process has ended without reading all of it, as `head` does.
        ended = true;
        sent = pending.length;
        return;
      }
      sent += taken;
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } finally {
      // An interrupted thread can close nothing there; then this closes all that is open.
      bench.close();
    }
  }
}
