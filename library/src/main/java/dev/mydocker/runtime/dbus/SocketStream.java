package dev.mydocker.runtime.dbus;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.UnixSockets;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/** A stream socket with a name in a directory, of which no call blocks without an end. */
public final class SocketStream implements ByteStream {
  private static final int POLLOUT = 4;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;

  private final Performer performer;
  private final int socket;
  private final String path;

  private SocketStream(Performer performer, int socket, String path) {
    this.performer = performer;
    this.socket = socket;
    this.path = path;
  }

  /**
   * Connects.
   *
   * @throws dev.mydocker.kernel.KernelException ENOENT if it is not there, ECONNREFUSED if nobody
   *     listens
   */
  public static SocketStream connect(Performer performer, String directory, String name) {
    return new SocketStream(
        performer, UnixSockets.connect(performer, directory, name), directory + "/" + name);
  }

  @Override
  public void write(byte[] bytes, long deadline) {
    int written = 0;
    while (written < bytes.length) {
      await(POLLOUT, deadline);
      SegmentBuilder b = Segment.builder();
      int size = bytes.length - written;
      Value sent =
          b.syscall(
              Wire.SYS_SENDTO,
              Value.of(socket),
              b.bytes(bytes, written, size),
              Value.of(size),
              Value.of(MSG_DONTWAIT | MSG_NOSIGNAL),
              Value.of(0),
              Value.of(0));
      b.tolerating(Errno.EAGAIN);
      Reply reply = performer.perform(b.build()).orThrow("write " + path);
      written += (int) Math.max(0, reply.result(sent));
    }
  }

  @Override
  public byte[] read(int most, long deadline) {
    await((int) Linux.POLLIN, deadline);
    SegmentBuilder b = Segment.builder();
    Value buffer = b.returned(most);
    Value got = b.syscall(Wire.SYS_READ, Value.of(socket), buffer, Value.of(most));
    Reply reply = performer.perform(b.build()).orThrow("read " + path);
    return reply.bytes(buffer, (int) reply.result(got));
  }

  /** Returns when the socket is ready, or has come to its end. */
  private void await(int events, long deadline) {
    long left = Math.max(0, deadline - System.nanoTime());
    SegmentBuilder b = Segment.builder();
    Value ready =
        b.syscall(
            Wire.SYS_PPOLL,
            b.ints(socket, events),
            Value.of(1),
            b.longs(left / 1_000_000_000, left % 1_000_000_000),
            Value.of(0),
            Value.of(0));
    Reply reply = performer.perform(b.build()).orThrow("wait for " + path);
    if (reply.result(ready) == 0) {
      throw MydockerException.of(Category.TIMEOUT, "wait for", path, "no answer");
    }
  }

  @Override
  public void close() {
    new FileWorker(performer).close(socket);
  }
}
