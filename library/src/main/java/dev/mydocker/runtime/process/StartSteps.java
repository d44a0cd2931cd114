package dev.mydocker.runtime.process;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps of a process that is created by one command of an OCI runtime and started by another
 * (runtime.md of the specification, "Lifecycle").
 */
public final class StartSteps {
  private static final int STATX_SIZE = 256;
  private static final int STATX_TYPE = 1;
  private static final int STATX_MODE_AT = 28;
  private static final int X_OK = 1;

  private StartSteps() {}

  /**
   * Looks for the program where {@link ProcessSteps#execute} will, and fails where that would: for
   * a process that waits before it executes. What a system call filter refuses to tell is left to
   * execve.
   */
  public static Step lookUp(Execution execution, List<String> candidates) {
    return new Step(
        Group.START,
        "look for the command",
        "what cannot be executed is told now, to whoever creates the container",
        l -> {
          SegmentBuilder b = l.segment();
          Label found = new Label();
          for (String candidate : candidates) {
            Label next = new Label();
            Value path = b.text(candidate);
            Value access =
                b.syscall(
                    Wire.SYS_FACCESSAT2,
                    Value.of(Linux.AT_FDCWD),
                    path,
                    Value.of(X_OK),
                    Value.of(Linux.AT_EACCESS));
            b.ignoringErrors();
            execution.lookUp(access);
            b.jump(found, access, -1, -Errno.EPERM);
            b.jump(found, access, -1, -Errno.ENOSYS);
            Value status = b.room(STATX_SIZE);
            b.syscall(
                Wire.SYS_STATX,
                Value.of(Linux.AT_FDCWD),
                path,
                Value.of(0),
                Value.of(STATX_TYPE),
                status);
            b.jumpingTo(next);
            Value kind = b.load(status.plus(STATX_MODE_AT), 2);
            Value regular =
                b.operation(
                    Wire.OP_CHECK,
                    kind,
                    Value.of(Linux.S_IFMT),
                    Value.of(Linux.S_IFREG),
                    Value.of(Errno.EACCES));
            b.jumpingTo(next);
            execution.lookUp(regular);
            b.jump(found, access, -1, 0);
            b.here(next);
          }
          execution.notFound(
              b.operation(
                  Wire.OP_CHECK, Value.of(1), Value.of(1), Value.of(0), Value.of(Errno.ENOENT)));
          b.here(found);
        });
  }

  /** Tells whoever creates the container that all is done but its start. */
  public static Step reportCreated() {
    return new Step(
        Group.START,
        "report that it is created",
        "from here on only the start is missing",
        l -> l.segment().operation(Wire.OP_REPORT, Value.of(ProcessSteps.SESSION)));
  }

  /**
   * Waits until somebody connects to a socket, who then hears how the rest went: nothing but the
   * end of the connection if the command executes. Neither accept4(2) nor anything before execve(2)
   * needs a file or a privilege.
   *
   * @param listener a listening socket, which is closed
   */
  public static Step awaitStart(Value listener) {
    return new Step(
        Group.START,
        "wait for the start",
        "create and start are two commands; between them only this process is there",
        l -> {
          Value connection =
              l.syscall(
                  Wire.SYS_ACCEPT4,
                  listener,
                  Value.of(0),
                  Value.of(0),
                  Value.of(Linux.SOCK_CLOEXEC));
          l.syscall(
              Wire.SYS_DUP3,
              connection,
              Value.of(ProcessSteps.SESSION),
              Value.of(Linux.SOCK_CLOEXEC));
          l.close(connection);
          l.close(listener);
        });
  }

  /**
   * Puts descriptors of the caller's behind standard error, as {@code --preserve-fds} asks for.
   *
   * @param passed descriptors that came along
   * @param listener a descriptor that a later step needs, or null; {@link Execution#listener} says
   *     where it is then
   */
  public static Step passOn(Execution execution, List<Value> passed, @Nullable Value listener) {
    return new Step(
        Group.START,
        "pass on " + passed.size() + " descriptors",
        "--preserve-fds: they are the caller's, and have the same numbers inside",
        l -> {
          // First all copies above the targets: no target may overwrite a source.
          Value above = Value.of(ProcessSteps.SESSION + passed.size());
          Value command = Value.of(Linux.F_DUPFD_CLOEXEC);
          Value session = l.syscall(Wire.SYS_FCNTL, Value.of(ProcessSteps.SESSION), command, above);
          l.segment().operation(Wire.OP_SERVE, session);
          if (listener != null) {
            execution.moveListener(l.syscall(Wire.SYS_FCNTL, listener, command, above));
          }
          List<Value> copies = new ArrayList<>();
          for (Value each : passed) {
            copies.add(l.syscall(Wire.SYS_FCNTL, each, command, above));
          }
          for (int i = 0; i < copies.size(); i++) {
            l.syscall(
                Wire.SYS_DUP3, copies.get(i), Value.of(ProcessSteps.SESSION + i), Value.of(0));
          }
        });
  }
}
