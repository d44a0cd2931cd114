package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.UnixSockets;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Group;
import java.util.Optional;

/**
 * A connection to the monitor of a container or an exec: the attach protocol of native/wire.table,
 * from the engine's side. One thread uses it at a time.
 */
final class MonitorConnection implements AutoCloseable {
  private static final int HEADER = 8;
  private static final String NAME = "attach";
  private static final int POLLOUT = 4;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;

  private static final int CHUNK = 1 << 13;

  private final Performer performer;
  private final int socket;

  /** What was received and not looked at yet. */
  private byte[] received = new byte[0];

  private int next;

  /**
   * A message of the monitor.
   *
   * @param type one of {@code Wire.ATTACH_*}
   */
  record Frame(int type, byte[] payload) {
    /** The meaning of an ATTACH_EXIT: the exit code and the signal. */
    Exit exit() {
      return Exit.of(number(0), number(4));
    }

    private int number(int at) {
      return payload[at] & 0xFF
          | (payload[at + 1] & 0xFF) << 8
          | (payload[at + 2] & 0xFF) << 16
          | (payload[at + 3] & 0xFF) << 24;
    }
  }

  /** Uses a connected socket. */
  MonitorConnection(Performer performer, int socket) {
    this.performer = performer;
    this.socket = socket;
  }

  /** The socket's number in the performer's process. */
  int socket() {
    return socket;
  }

  /** Connects to the socket {@code attach} in a directory; nothing if nobody listens there. */
  static Optional<MonitorConnection> connect(Performer performer, String directory) {
    try {
      return Optional.of(
          new MonitorConnection(performer, UnixSockets.connect(performer, directory, NAME)));
    } catch (KernelException e) {
      // The monitor removes the directory at its end.
      if (e.error() == Errno.ENOENT || e.error() == Errno.ECONNREFUSED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Makes the socket {@code attach} in a directory and listens on it; its descriptor. */
  static int listen(Performer performer, String directory) {
    SegmentBuilder b = Segment.builder();
    b.about(
        Group.STREAMS.title(), "listen for attach clients", "the monitor takes this socket over");
    return UnixSockets.listen(performer, b, directory, NAME);
  }

  /** Both ends of a new connection: ours, and the one that the monitor gets. */
  static int[] pair(Performer performer) {
    SegmentBuilder b = Segment.builder();
    b.about(
        Group.STREAMS.title(),
        "make a connection to the monitor",
        "it has our end before the first output");
    Value pair = b.returned(8);
    b.syscall(
        Wire.SYS_SOCKETPAIR,
        Value.of(Linux.AF_UNIX),
        Value.of(Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC),
        Value.of(0),
        pair);
    Reply reply = performer.perform(b.build()).orThrow("make a pair of sockets");
    return new int[] {(int) reply.number(pair, 4), (int) reply.number(pair.plus(4), 4)};
  }

  /**
   * Says hello: what this client wants, of {@code Wire.HELLO_*}. To a monitor that has just ended
   * it says nothing, which shows when its answer is waited for.
   */
  void hello(int flags) {
    byte[] payload = new byte[8];
    payload[0] = Wire.ATTACH_VERSION;
    payload[4] = (byte) flags;
    sendSome(frame(Wire.ATTACH_HELLO, payload, 0, payload.length), 0);
  }

  /** A frame with {@code bytes[from..from+length)}. */
  static byte[] frame(int type, byte[] bytes, int from, int length) {
    byte[] frame = new byte[HEADER + length];
    frame[0] = (byte) type;
    frame[4] = (byte) length;
    frame[5] = (byte) (length >> 8);
    System.arraycopy(bytes, from, frame, HEADER, length);
    return frame;
  }

  /** Waits until a message can be received (false), or before that something be sent (true). */
  boolean canSendBeforeReceiving() {
    if (next < received.length) {
      return false;
    }
    SegmentBuilder b = Segment.builder();
    Value poll = b.returned(8);
    b.store(poll, Value.of(socket | (Linux.POLLIN | POLLOUT) << 32), 8);
    b.syscall(Wire.SYS_PPOLL, poll, Value.of(1), Value.of(0), Value.of(0), Value.of(0));
    Reply reply = performer.perform(b.build()).orThrow("wait for a monitor");
    return ((int) reply.number(poll.plus(4), 4) >> 16 & Linux.POLLIN) == 0;
  }

  /** Whether there is something of a message that need not be waited for. */
  boolean hasMessage() {
    return next < received.length;
  }

  /** Waits until a message can be received; false if it is time before that. */
  boolean awaitMessage(Deadline deadline) {
    if (hasMessage()) {
      return true;
    }
    SegmentBuilder b = Segment.builder();
    Value poll = b.room(8);
    b.store(poll, Value.of(socket | Linux.POLLIN << 32), 8);
    Value time = deadline.addTo(b);
    Value ready = b.syscall(Wire.SYS_PPOLL, poll, Value.of(1), time, Value.of(0), Value.of(0));
    return performer.perform(b.build()).orThrow("wait for a monitor").result(ready) > 0;
  }

  /** Sends as much as goes without waiting; -1 if the monitor does not listen any more. */
  int sendSome(byte[] bytes, int from) {
    SegmentBuilder b = Segment.builder();
    Value sent =
        b.syscall(
            Wire.SYS_SENDTO,
            Value.of(socket),
            b.bytes(bytes, from, bytes.length - from),
            Value.of(bytes.length - from),
            Value.of(MSG_DONTWAIT | MSG_NOSIGNAL),
            Value.of(0),
            Value.of(0));
    b.tolerating(Errno.EPIPE, Errno.ECONNRESET, Errno.EAGAIN);
    long result = performer.perform(b.build()).orThrow("send to a monitor").result(sent);
    return result == -Errno.EAGAIN ? 0 : (int) Math.max(-1, result);
  }

  /** Waits for a frame; nothing at the end of the connection. */
  Optional<Frame> receive() {
    byte[] header = new byte[HEADER];
    if (!read(header)) {
      return Optional.empty();
    }
    int length =
        header[4] & 0xFF
            | (header[5] & 0xFF) << 8
            | (header[6] & 0xFF) << 16
            | (header[7] & 0xFF) << 24;
    if (length < 0 || length > Wire.ATTACH_MAXIMUM) {
      throw MydockerException.of(
          Category.INTERNAL, "read from a monitor", "", "a frame of " + length + " bytes");
    }
    byte[] payload = new byte[length];
    return read(payload) ? Optional.of(new Frame(header[0] & 0xFF, payload)) : Optional.empty();
  }

  /**
   * Waits for the answer to {@link #hello}, which is the first message; false if the monitor has no
   * place for another client, or is gone.
   */
  boolean isWelcome() {
    Optional<Frame> frame = receive();
    return frame.isPresent()
        && frame.get().type() == Wire.ATTACH_WELCOME
        && (frame.get().number(4) & Wire.WELCOME_FULL) == 0;
  }

  /** Waits for the process's end; nothing if it is time before that, or the monitor is gone. */
  Optional<Exit> awaitExit(Deadline deadline) {
    while (awaitMessage(deadline)) {
      Optional<Frame> frame = receive();
      if (frame.isEmpty()) {
        return Optional.empty();
      }
      if (frame.get().type() == Wire.ATTACH_EXIT) {
        return Optional.of(frame.get().exit());
      }
    }
    return Optional.empty();
  }

  private boolean read(byte[] to) {
    int length = 0;
    while (length < to.length) {
      if (next == received.length) {
        received = receiveSome();
        next = 0;
        if (received.length == 0) {
          return false;
        }
      }
      int some = Math.min(to.length - length, received.length - next);
      System.arraycopy(received, next, to, length, some);
      next += some;
      length += some;
    }
    return true;
  }

  /** Waits for some bytes; none at the end of the connection. */
  private byte[] receiveSome() {
    try {
      return new FileWorker(performer).read(socket, CHUNK);
    } catch (KernelException e) {
      // It ended without having read or accepted what we sent (unix(7)).
      if (e.error() == Errno.ECONNRESET) {
        return new byte[0];
      }
      throw e;
    }
  }

  /** Lets the socket survive execve, for a process that becomes the attach client. */
  void keepOverExec() {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_FCNTL, Value.of(socket), Value.of(Linux.F_SETFD), Value.of(0));
    performer.perform(b.build()).orThrow("keep a descriptor over execve");
  }

  @Override
  public void close() {
    new FileWorker(performer).close(socket);
  }
}
