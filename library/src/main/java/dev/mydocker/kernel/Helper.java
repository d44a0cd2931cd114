package dev.mydocker.kernel;

import java.util.List;

/** Starts the helper program, always from a sealed memory file (CVE-2019-5736). */
public final class Helper {
  private static final int CHUNK = 1 << 20;

  private Helper() {}

  /**
   * A helper that was started.
   *
   * @param session where it serves segments
   * @param pid its process id
   * @param pidfd the same as a descriptor, if it is our child, which is to be waited for; else -1
   */
  public record Started(Session session, long pid, int pidfd) {}

  /**
   * Starts a monitor: its own session (setsid(2)), no environment, standard streams on /dev/null,
   * no descriptor but the socket on which it serves segments.
   *
   * @return our end of that socket, and its process id
   * @throws KernelException if it cannot be started
   */
  public static Started monitor(Performer performer) {
    SegmentBuilder b = Segment.builder();
    b.about(
        "start",
        "start the monitor",
        "it stays: logs, waits, cleans up; run from a sealed copy that no container can overwrite");
    return start(performer, b, false);
  }

  /**
   * Starts a helper as {@link #monitor} does, but as our child: its own children, when it has
   * ended, belong to whoever our caller wants, the nearest subreaper (prctl(2)).
   *
   * @throws KernelException if it cannot be started
   */
  public static Started child(Performer performer) {
    SegmentBuilder b = Segment.builder();
    b.about(
        "start",
        "start a helper",
        "it has one thread, as making namespaces asks for; run from a sealed copy");
    return start(performer, b, true);
  }

  private static Started start(Performer performer, SegmentBuilder b, boolean child) {
    Value pair = b.returned(8);
    b.syscall(
        Wire.SYS_SOCKETPAIR,
        Value.of(Linux.AF_UNIX),
        Value.of(Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC),
        Value.of(0),
        pair);
    Value ours = b.load(pair, 4);
    Value theirs = b.load(pair.plus(4), 4);
    Value image = addImage(b, performer);
    Value none =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(Linux.AT_FDCWD),
            b.text("/dev/null"),
            Value.of(Linux.O_RDWR | Linux.O_CLOEXEC),
            Value.of(0));
    Value descriptors = b.room(16);
    b.store(descriptors, none, 4);
    b.store(descriptors.plus(4), none, 4);
    b.store(descriptors.plus(8), none, 4);
    b.store(descriptors.plus(12), theirs, 4);
    Value pidfd = b.returned(8);
    Value pid =
        b.operation(
            Wire.OP_EXECUTE,
            image,
            b.strings(List.of("mydocker-monitor")),
            b.strings(List.of()),
            descriptors,
            Value.of(4),
            child ? pidfd : Value.of(0));
    b.syscall(Wire.SYS_CLOSE, none);
    b.syscall(Wire.SYS_CLOSE, image);
    b.syscall(Wire.SYS_CLOSE, theirs);
    Reply reply = performer.perform(b.build());
    if (!reply.succeeded()) {
      throw failure("start " + performer.helper(), reply.error());
    }
    return new Started(
        new Session(performer, (int) reply.result(ours), child ? "helper" : "monitor"),
        reply.result(pid),
        child ? (int) reply.number(pidfd, 4) : -1);
  }

  /**
   * Opens a descriptor of a helper (pidfd_open(2)).
   *
   * @param pid of a helper whose session is open
   * @throws KernelException ESRCH if it has ended
   */
  public static int pidfd(Performer performer, long pid) {
    SegmentBuilder b = Segment.builder();
    Value opened = b.syscall(Wire.SYS_PIDFD_OPEN, Value.of(pid), Value.of(0));
    return (int) performer.perform(b.build()).orThrow("watch a helper").result(opened);
  }

  private static KernelException failure(String operation, int error) {
    return error == Errno.EACCES
        ? new KernelException(
            operation, error, "where vm.memfd_noexec is 2: sysctl vm.memfd_noexec=1")
        : new KernelException(operation, error);
  }

  /** Adds the instructions that open the helper as a sealed memory file; its descriptor. */
  static Value addImage(SegmentBuilder b, Performer performer) {
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(Linux.AT_FDCWD),
            b.text(performer.helper()),
            Value.of(Linux.O_RDONLY | Linux.O_CLOEXEC),
            Value.of(0));
    // Where vm.memfd_noexec is 1, only a file that asks for it can be executed; before Linux 6.3
    // asking is an error.
    Value name = b.text("mydocker-helper");
    Value made = b.room(8);
    Label old = new Label();
    Label done = new Label();
    int flags = Linux.MFD_CLOEXEC | Linux.MFD_ALLOW_SEALING;
    Value executable = b.syscall(Wire.SYS_MEMFD_CREATE, name, Value.of(flags | Linux.MFD_EXEC));
    b.jumpingTo(old, Errno.EINVAL);
    b.store(made, executable, 8);
    b.jump(done, Value.of(0), 0, 0);
    b.here(old);
    b.store(made, b.syscall(Wire.SYS_MEMFD_CREATE, name, Value.of(flags)), 8);
    b.here(done);
    Value image = b.load(made, 8);
    b.syscall(Wire.SYS_SENDFILE, image, file, Value.of(0), Value.of(CHUNK));
    b.syscall(Wire.SYS_FCNTL, image, Value.of(Linux.F_ADD_SEALS), Value.of(Linux.SEAL_ALL));
    b.syscall(Wire.SYS_CLOSE, file);
    return image;
  }

  /**
   * Becomes the helper: execve in this very process, keeping the standard streams and whatever is
   * not close-on-exec. Returns only by throwing.
   *
   * @param arguments the first names the part: mydocker-attach or mydocker-logs
   */
  public static void become(Performer performer, List<String> arguments) {
    SegmentBuilder b = Segment.builder();
    Value image = addImage(b, performer);
    b.syscall(
        Wire.SYS_EXECVEAT,
        image,
        b.text(""),
        b.strings(arguments),
        b.strings(List.of()),
        Value.of(Linux.AT_EMPTY_PATH));
    performer.perform(b.build()).orThrow("execute " + performer.helper());
  }
}
