package dev.mydocker.runtime;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.LinuxTimeOffset;
import dev.mydocker.runtime.plan.Group;
import java.util.Map;

/**
 * The clocks of a new time namespace (time_namespaces(7)). They are set before the first process is
 * in there, afterwards the kernel refuses it: so the parent makes the namespace, for its children.
 */
final class TimeOffsets {
  private TimeOffsets() {}

  /** Whether the parent makes the time namespace, and not clone3(2). */
  static boolean needed(LinuxSpec linux) {
    return !linux.timeOffsets().isEmpty();
  }

  /** Has the future parent of the container's process make the namespace and set its clocks. */
  static void set(Session parent, LinuxSpec linux) {
    SegmentBuilder b = Segment.builder();
    b.about(
        Group.NAMESPACES.title(),
        "begin a time namespace and set its clocks",
        "before a process is in it; this process itself stays outside, its children are inside");
    b.syscall(Wire.SYS_UNSHARE, Value.of(Linux.CLONE_NEWTIME));
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, LinuxTimeOffset> clock : linux.timeOffsets().entrySet()) {
      Long seconds = clock.getValue().secs();
      Long nanos = clock.getValue().nanosecs();
      text.append(clock.getKey())
          .append(' ')
          .append(seconds == null ? 0 : seconds)
          .append(' ')
          .append(nanos == null ? 0 : nanos)
          .append('\n');
    }
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text("/proc/self/timens_offsets"),
            Value.of(Linux.O_WRONLY | Linux.O_CLOEXEC),
            Value.of(0));
    byte[] bytes = Bytes.encode(text.toString());
    b.syscall(Wire.SYS_WRITE, file, b.bytes(bytes), Value.of(bytes.length));
    b.syscall(Wire.SYS_CLOSE, file);
    parent.call(b.build()).orThrow("set the clocks of linux.timeOffsets");
  }
}
