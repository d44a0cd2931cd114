package dev.mydocker.kernel;

/**
 * Stream sockets with a name in a directory (unix(7)). A socket's address has no room for long
 * paths, so they go through the directory's descriptor; never abstract names, which every process
 * of a network namespace can connect to (CVE-2020-15257).
 */
public final class UnixSockets {
  private static final int ADDRESS_SIZE = 110;
  private static final int BACKLOG = 128;

  private UnixSockets() {}

  /**
   * Makes a socket in place of whatever has its name, and listens on it.
   *
   * @param b has said what for
   * @return its descriptor
   * @throws KernelException if it cannot be made
   */
  public static int listen(Performer performer, SegmentBuilder b, String directory, String name) {
    FileWorker files = new FileWorker(performer);
    int at = files.open(FileWorker.HOST, directory, Linux.O_PATH | Linux.O_DIRECTORY, 0);
    try {
      b.syscall(Wire.SYS_UNLINKAT, Value.of(at), b.text(name), Value.of(0));
      b.tolerating(Errno.ENOENT);
      Value socket = addSocket(b);
      b.syscall(Wire.SYS_BIND, socket, address(b, at, name), Value.of(ADDRESS_SIZE));
      b.syscall(Wire.SYS_LISTEN, socket, Value.of(BACKLOG));
      Reply reply = performer.perform(b.build()).orThrow("listen on " + directory + "/" + name);
      return (int) reply.result(socket);
    } finally {
      files.close(at);
    }
  }

  /**
   * Connects to a socket.
   *
   * @return its descriptor
   * @throws KernelException ENOENT if it is not there, ECONNREFUSED if nobody listens
   */
  public static int connect(Performer performer, String directory, String name) {
    FileWorker files = new FileWorker(performer);
    int at = files.open(FileWorker.HOST, directory, Linux.O_PATH | Linux.O_DIRECTORY, 0);
    try {
      SegmentBuilder b = Segment.builder();
      Value socket = addSocket(b);
      b.syscall(Wire.SYS_CONNECT, socket, address(b, at, name), Value.of(ADDRESS_SIZE));
      Reply reply = performer.perform(b.build());
      if (!reply.succeeded() && reply.result(socket) > 0) {
        files.close((int) reply.result(socket));
      }
      reply.orThrow("connect to " + directory + "/" + name);
      return (int) reply.result(socket);
    } finally {
      files.close(at);
    }
  }

  private static Value addSocket(SegmentBuilder b) {
    return b.syscall(
        Wire.SYS_SOCKET,
        Value.of(Linux.AF_UNIX),
        Value.of(Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC),
        Value.of(0));
  }

  private static Value address(SegmentBuilder b, int directory, String name) {
    byte[] path = Bytes.encode("/proc/self/fd/" + directory + "/" + name);
    if (path.length > ADDRESS_SIZE - 3) {
      throw new KernelException("connect to " + name, Errno.ENAMETOOLONG);
    }
    byte[] address = new byte[ADDRESS_SIZE];
    address[0] = Linux.AF_UNIX;
    System.arraycopy(path, 0, address, 2, path.length);
    return b.bytes(address);
  }
}
