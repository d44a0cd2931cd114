package dev.mydocker.engine;

import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;

/**
 * The last start of a container: enough to know its processes again, and to clean up behind them.
 *
 * @param init its first process
 * @param monitor the process that waits for it
 * @param bootId of the machine, whose process ids and times mean nothing after the next boot
 * @param started when, in nanoseconds since 1970
 * @param freezer the file that tells whether its processes are held still; empty if it has to be
 *     found by {@code cgroups}
 * @param cgroups where its cgroups are, in the runtime's own form
 */
record RunRecord(
    ProcessId init,
    ProcessId monitor,
    String bootId,
    long started,
    String freezer,
    JsonObject cgroups) {
  /**
   * A process, told apart from a later one of the same number.
   *
   * @param pid its number; 0 for none
   * @param startTime clock ticks from boot to its start, see proc_pid_stat(5)
   */
  record ProcessId(long pid, long startTime) {
    /** No process. */
    static final ProcessId NONE = new ProcessId(0, 0);

    ProcessId {
      Fields.require(pid >= 0, "pid", "must not be negative");
    }
  }

  /** Returns this start, watched by another monitor. */
  RunRecord watchedBy(ProcessId other) {
    return new RunRecord(init, other, bootId, started, freezer, cgroups);
  }

  /**
   * Makes the record of its object.
   *
   * @param cgroups which is kept beside it: lists go over it, and need it not
   */
  static RunRecord read(ObjectReader in, JsonObject cgroups) {
    String freezer = in.optionalString("freezer");
    return new RunRecord(
        new ProcessId(in.int64("pid"), in.int64("startTime")),
        new ProcessId(in.int64Or("monitorPid", 0), in.int64Or("monitorStartTime", 0)),
        in.string("bootId"),
        Times.parse("startedAt", in.string("startedAt")),
        freezer == null ? "" : freezer,
        // Until November 2026 it was kept within.
        in.optionalValue("cgroups") instanceof JsonObject within ? within : cgroups);
  }

  /** All but the cgroups. */
  JsonObject toJson() {
    ObjectWriter out =
        new ObjectWriter()
            .put("pid", init.pid())
            .put("startTime", init.startTime())
            .put("monitorPid", monitor.pid())
            .put("monitorStartTime", monitor.startTime())
            .put("bootId", bootId)
            .put("startedAt", Timestamp.rfc3339Nano(started));
    return out.optional("freezer", freezer).finish();
  }
}
