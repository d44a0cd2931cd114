package dev.mydocker.runtime;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Group;
import java.util.ArrayList;
import java.util.List;

/**
 * Both ends of a process's standard streams, where they are not a terminal: FIFOs, whose readers
 * may come and go. The process's ends of output are opened for reading too, so that the end of the
 * monitor is no SIGPIPE, and a later monitor can open the other ends again.
 *
 * @param in what the process reads; -1 for /dev/null
 * @param out what the process writes to
 * @param err what the process writes errors to
 * @param toIn the monitor's end of {@code in}, or -1
 * @param fromOut the monitor's end of {@code out}
 * @param fromErr the monitor's end of {@code err}
 */
record Streams(int in, int out, int err, int toIn, int fromOut, int fromErr) {
  /** No streams: a terminal takes their place. */
  static final Streams NONE = new Streams(-1, -1, -1, -1, -1, -1);

  /** Makes FIFOs {@code in}, {@code out} and {@code err} in a directory and opens them. */
  static Streams open(Performer performer, String directory, boolean interactive) {
    SegmentBuilder b = Segment.builder();
    b.about(
        Group.STREAMS.title(),
        "make FIFOs for the standard streams",
        "named pipes: they outlive a monitor, and the next one opens them again");
    Value in = interactive ? makeFifo(b, directory + "/in") : Value.of(-1);
    Value out = makeFifo(b, directory + "/out");
    Value err = makeFifo(b, directory + "/err");
    Value toIn = interactive ? openFifo(b, directory + "/in", Linux.O_WRONLY) : Value.of(-1);
    Value fromOut = openFifo(b, directory + "/out", Linux.O_RDONLY);
    Value fromErr = openFifo(b, directory + "/err", Linux.O_RDONLY);
    Value read = Value.of(-1);
    if (interactive) {
      // The process must see the end of its input, so its end is for reading only. It is opened
      // blocking, which the open writer allows at once.
      read =
          b.syscall(
              Wire.SYS_OPENAT,
              Value.of(FileWorker.HOST),
              b.text(directory + "/in"),
              Value.of(Linux.O_RDONLY | Linux.O_CLOEXEC),
              Value.of(0));
      b.syscall(Wire.SYS_CLOSE, in);
    }
    var reply = performer.perform(b.build()).orThrow("open streams in " + directory);
    return new Streams(
        interactive ? (int) reply.result(read) : -1,
        (int) reply.result(out),
        (int) reply.result(err),
        interactive ? (int) reply.result(toIn) : -1,
        (int) reply.result(fromOut),
        (int) reply.result(fromErr));
  }

  /**
   * Opens the monitor's ends again, for another monitor. What is not there any more, or not held
   * open by the process, is -1.
   */
  static Streams reopen(Performer performer, String directory, boolean interactive) {
    SegmentBuilder b = Segment.builder();
    Value out = openFifo(b, directory + "/out", Linux.O_RDONLY);
    b.tolerating(Errno.ENOENT);
    Value err = openFifo(b, directory + "/err", Linux.O_RDONLY);
    b.tolerating(Errno.ENOENT);
    Value in = Value.of(-1);
    if (interactive) {
      in = openFifo(b, directory + "/in", Linux.O_WRONLY);
      b.tolerating(Errno.ENOENT, Errno.ENXIO);
    }
    var reply = performer.perform(b.build()).orThrow("open streams in " + directory);
    return new Streams(
        -1,
        -1,
        -1,
        interactive ? Math.max(-1, (int) reply.result(in)) : -1,
        Math.max(-1, (int) reply.result(out)),
        Math.max(-1, (int) reply.result(err)));
  }

  /** All descriptors there are. */
  List<Integer> all() {
    List<Integer> all = new ArrayList<>();
    for (int descriptor : new int[] {in, out, err, toIn, fromOut, fromErr}) {
      if (descriptor >= 0) {
        all.add(descriptor);
      }
    }
    return all;
  }

  private static Value makeFifo(SegmentBuilder b, String path) {
    b.syscall(
        Wire.SYS_MKNODAT,
        Value.of(FileWorker.HOST),
        b.text(path),
        Value.of(Linux.S_IFIFO | 0600),
        Value.of(0));
    b.tolerating(Errno.EEXIST);
    return b.syscall(
        Wire.SYS_OPENAT,
        Value.of(FileWorker.HOST),
        b.text(path),
        Value.of(Linux.O_RDWR | Linux.O_NOFOLLOW | Linux.O_CLOEXEC),
        Value.of(0));
  }

  private static Value openFifo(SegmentBuilder b, String path, int mode) {
    return b.syscall(
        Wire.SYS_OPENAT,
        Value.of(FileWorker.HOST),
        b.text(path),
        Value.of(mode | Linux.O_NONBLOCK | Linux.O_NOFOLLOW | Linux.O_CLOEXEC),
        Value.of(0));
  }
}
