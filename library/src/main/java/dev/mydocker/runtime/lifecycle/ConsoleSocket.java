package dev.mydocker.runtime.lifecycle;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.UnixSockets;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/**
 * Hands a terminal's master to the caller of an OCI runtime: one message over a unix socket with
 * the descriptor as SCM_RIGHTS and a name as its data, as runc's {@code --console-socket} has it.
 */
final class ConsoleSocket {
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int F_SETFL = 4;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int CONTROL_LENGTH = 20;

  private ConsoleSocket() {}

  /**
   * Sends a terminal.
   *
   * @param path of the socket on which the caller listens, absolute
   * @param master our descriptor
   * @throws dev.mydocker.kernel.KernelException if nobody takes it
   */
  static void send(FileWorker files, String path, int master) {
    int slash = path.lastIndexOf('/');
    String directory = slash == 0 ? "/" : path.substring(0, slash);
    int socket = UnixSockets.connect(files.performer(), directory, path.substring(slash + 1));
    try {
      SegmentBuilder b = Segment.builder();
      // The caller gets a terminal like any other: one that blocks, unless it says otherwise.
      b.syscall(Wire.SYS_FCNTL, Value.of(master), Value.of(F_SETFL), Value.of(Linux.O_RDWR));
      byte[] name = Bytes.encode("/dev/ptmx");
      Value vector = b.longs(0, name.length);
      b.store(vector, b.bytes(name), 8);
      // struct cmsghdr with one descriptor: size_t length, int level, int type, int descriptor.
      Value control = b.longs(CONTROL_LENGTH, SOL_SOCKET | (long) SCM_RIGHTS << 32, 0);
      b.store(control.plus(16), Value.of(master), 4);
      Value message = b.longs(0, 0, 0, 1, 0, CONTROL_LENGTH + 4, 0);
      b.store(message.plus(16), vector, 8);
      b.store(message.plus(32), control, 8);
      b.syscall(Wire.SYS_SENDMSG, Value.of(socket), message, Value.of(MSG_NOSIGNAL));
      files.performer().perform(b.build()).orThrow("send the terminal to " + path);
    } finally {
      files.close(socket);
    }
  }
}
