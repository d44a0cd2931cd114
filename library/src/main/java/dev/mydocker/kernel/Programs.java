package dev.mydocker.kernel;

import java.util.List;

/** Runs the few programs of others that are the field's standard parts, such as apparmor_parser. */
public final class Programs {
  private static final int TIME_LIMIT_MS = 60_000;

  private Programs() {}

  /**
   * Runs a program to its end, with standard streams on /dev/null and no environment.
   *
   * @param command its absolute path and its arguments
   * @return its exit code, or 128 and the signal that ended it
   * @throws KernelException if it cannot be executed, or takes longer than a minute
   */
  public static int run(Performer performer, List<String> command) {
    SegmentBuilder b = Segment.builder();
    Value program =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(Linux.AT_FDCWD),
            b.text(command.get(0)),
            Value.of(Linux.O_RDONLY | Linux.O_CLOEXEC),
            Value.of(0));
    Value none =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(Linux.AT_FDCWD),
            b.text("/dev/null"),
            Value.of(Linux.O_RDWR | Linux.O_CLOEXEC),
            Value.of(0));
    Value streams = b.room(12);
    b.store(streams, none, 4);
    b.store(streams.plus(4), none, 4);
    b.store(streams.plus(8), none, 4);
    Value pidfd = b.room(8);
    b.operation(
        Wire.OP_EXECUTE,
        program,
        b.strings(command),
        b.strings(List.of()),
        streams,
        Value.of(3),
        pidfd);
    Value child = b.load(pidfd, 4);
    b.syscall(Wire.SYS_CLOSE, program);
    b.syscall(Wire.SYS_CLOSE, none);
    Value status = b.returned(8);
    b.operation(Wire.OP_WAIT, child, Value.of(TIME_LIMIT_MS), status);
    b.syscall(Wire.SYS_CLOSE, child);
    Reply reply = performer.perform(b.build()).orThrow("run " + command.get(0));
    return (int) reply.number(status, 4);
  }
}
