package dev.mydocker.runtime;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.spec.ContainerState;
import dev.mydocker.oci.spec.Hook;
import java.util.List;

/**
 * The poststop hooks within a plan that a helper performs when nobody else is left who could run
 * them: behind a container in the foreground, and behind whoever was killed creating one.
 *
 * <p>Each is executed by another helper, which that helper starts of itself: executed by a
 * descriptor, a script's interpreter would not find it.
 */
public final class LastHooks {
  private static final int MSG_NOSIGNAL = 0x4000;

  private LastHooks() {}

  /**
   * Adds them. Nothing in it stops the plan: a hook that fails is no reason to leave out the next.
   *
   * @param state what they are told
   * @param files reads the environment of those that are given none
   */
  public static void add(
      SegmentBuilder b, List<Hook> hooks, ContainerState state, FileWorker files) {
    for (Hook hook : hooks) {
      add(b, hook, HookEnvironment.of(files, hook), state);
    }
  }

  private static void add(
      SegmentBuilder b, Hook hook, List<String> environment, ContainerState state) {
    byte[] told = Json.encode(state.toJson());
    Value input = call(b, Wire.SYS_MEMFD_CREATE, b.text("hook"), Value.of(Linux.MFD_CLOEXEC));
    call(b, Wire.SYS_WRITE, input, b.bytes(told), Value.of(told.length));
    call(b, Wire.SYS_LSEEK, input, Value.of(0), Value.of(0));
    Value none = open(b, "/dev/null", Linux.O_RDWR);
    Value helper = open(b, "/proc/self/exe", Linux.O_PATH);
    Value pair = b.longs(-1);
    call(
        b,
        Wire.SYS_SOCKETPAIR,
        Value.of(Linux.AF_UNIX),
        Value.of(Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC),
        Value.of(0),
        pair);
    Value ours = b.load(pair, 4);
    Value theirs = b.load(pair.plus(4), 4);
    Value descriptors = b.room(16);
    b.store(descriptors, input, 4);
    b.store(descriptors.plus(4), none, 4);
    b.store(descriptors.plus(8), none, 4);
    b.store(descriptors.plus(12), theirs, 4);
    Value pidfd = b.ints(-1, 0);
    b.operation(
        Wire.OP_EXECUTE,
        helper,
        b.strings(List.of("mydocker-monitor")),
        b.strings(List.of()),
        descriptors,
        Value.of(4),
        pidfd);
    b.ignoringErrors();
    call(b, Wire.SYS_CLOSE, theirs);
    byte[] order = order(hook, environment, state).message();
    call(
        b,
        Wire.SYS_SENDTO,
        ours,
        b.bytes(order),
        Value.of(order.length),
        Value.of(MSG_NOSIGNAL),
        Value.of(0),
        Value.of(0));
    // If it cannot execute the hook, it ends for nobody talks to it any more.
    call(b, Wire.SYS_CLOSE, ours);
    Integer seconds = hook.timeout();
    Value process = b.load(pidfd, 4);
    b.operation(Wire.OP_WAIT, process, Value.of(seconds == null ? -1 : 1000L * seconds), b.room(8));
    b.ignoringErrors();
    for (Value each : List.of(process, helper, none, input)) {
      call(b, Wire.SYS_CLOSE, each);
    }
  }

  private static Segment order(Hook hook, List<String> environment, ContainerState state) {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_CHDIR, b.text(state.bundle()));
    b.syscall(
        Wire.SYS_CLOSE_RANGE,
        Value.of(3),
        Value.of(0xFFFFFFFFL),
        Value.of(Linux.CLOSE_RANGE_CLOEXEC));
    List<String> arguments = hook.args().isEmpty() ? List.of(hook.path()) : hook.args();
    b.syscall(Wire.SYS_EXECVE, b.text(hook.path()), b.strings(arguments), b.strings(environment));
    return b.build();
  }

  private static Value open(SegmentBuilder b, String path, int flags) {
    return call(
        b,
        Wire.SYS_OPENAT,
        Value.of(Linux.AT_FDCWD),
        b.text(path),
        Value.of(flags | Linux.O_CLOEXEC),
        Value.of(0));
  }

  private static Value call(SegmentBuilder b, int number, Value... arguments) {
    Value result = b.syscall(number, arguments);
    b.ignoringErrors();
    return result;
  }
}
