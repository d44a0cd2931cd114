package dev.mydocker.engine;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.SignalNames;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.time.Duration;
import java.util.Optional;

/**
 * A container's PID 1, or its monitor, by a descriptor (pidfd_open(2), Linux 5.3): whoever has the
 * pid later is not taken for it, because pid and start time were compared after the descriptor was
 * opened.
 */
final class InitProcess implements AutoCloseable {

  private final Performer performer;
  private final int pidfd;

  private InitProcess(Performer performer, int pidfd) {
    this.performer = performer;
    this.pidfd = pidfd;
  }

  /** Opens the process of a container's last start, if it has not ended. */
  static Optional<InitProcess> open(Performer performer, RunRecord run) {
    return open(performer, run, run.init());
  }

  /** Opens the monitor of a container's last start, if it has not ended. */
  static Optional<InitProcess> openMonitor(Performer performer, RunRecord run) {
    return run.monitor().pid() == 0 ? Optional.empty() : open(performer, run, run.monitor());
  }

  private static Optional<InitProcess> open(
      Performer performer, RunRecord run, RunRecord.ProcessId id) {
    long pid = id.pid();
    SegmentBuilder b = Segment.builder();
    Value opened = b.syscall(Wire.SYS_PIDFD_OPEN, Value.of(pid), Value.of(0));
    b.tolerating(Errno.ESRCH, Errno.EINVAL);
    Reply reply = performer.perform(b.build()).orThrow("open process " + pid);
    if (reply.result(opened) < 0) {
      return Optional.empty();
    }
    InitProcess process = new InitProcess(performer, (int) reply.result(opened));
    ProcessProbe probe = new ProcessProbe(new FileWorker(performer));
    if (run.bootId().equals(probe.bootId()) && probe.isRunning(id)) {
      return Optional.of(process);
    }
    process.close();
    return Optional.empty();
  }

  /** The descriptor's number in the performer's process. */
  int pidfd() {
    return pidfd;
  }

  /** Sends a signal; false if the process has ended. */
  boolean signal(int number) {
    SegmentBuilder b = Segment.builder();
    b.about(
        "stop", "send " + SignalNames.name(number), "by descriptor: no other process has its pid");
    Value sent =
        b.syscall(
            Wire.SYS_PIDFD_SEND_SIGNAL,
            Value.of(pidfd),
            Value.of(number),
            Value.of(0),
            Value.of(0));
    b.tolerating(Errno.ESRCH);
    return performer.perform(b.build()).orThrow("send signal " + number).result(sent) == 0;
  }

  /** Waits until it has ended; false if it has not within the time. Negative is for ever. */
  boolean await(Duration limit) {
    SegmentBuilder b = Segment.builder();
    b.about("stop", "wait for its end", "a pidfd can be read once the process has ended");
    Value poll = b.room(8);
    b.store(poll, Value.of(pidfd | Linux.POLLIN << 32), 8);
    Value time = limit.isNegative() ? Value.of(0) : b.longs(limit.getSeconds(), limit.getNano());
    Value ready = b.syscall(Wire.SYS_PPOLL, poll, Value.of(1), time, Value.of(0), Value.of(0));
    return performer.perform(b.build()).orThrow("wait for a process").result(ready) > 0;
  }

  @Override
  public void close() {
    new FileWorker(performer).close(pidfd);
  }
}
