package dev.mydocker.engine;

import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import org.jspecify.annotations.Nullable;

/**
 * How a container ended, as its monitor writes it to the file {@code exit}.
 *
 * @param code as a shell gives it: the exit code, or 128 and the signal; -1 where nobody knows
 * @param signal the signal that killed it, or 0
 * @param finished when, in nanoseconds since 1970; 0 where nobody knows
 * @param outOfMemory whether the kernel killed one of its processes for its memory limit
 * @param problem why it is not known how it ended, or why it could not be started
 */
record ExitRecord(
    int code, int signal, long finished, boolean outOfMemory, @Nullable String problem) {
  /** Returns what is to be said where nobody saw the end. */
  static ExitRecord unknown(String problem) {
    return new ExitRecord(-1, 0, 0, false, problem);
  }

  /** Returns whether it is known how it ended. */
  boolean known() {
    return code >= 0;
  }

  static ExitRecord read(ObjectReader in) {
    String finished = in.optionalString("finishedAt");
    return new ExitRecord(
        in.int32("exitCode"),
        (int) in.int64Or("signal", 0),
        finished == null ? 0 : Times.parse("finishedAt", finished),
        in.flag("oomKilled"),
        in.optionalString("error"));
  }

  JsonObject toJson() {
    return new ObjectWriter()
        .put("exitCode", code)
        .put("signal", signal)
        .optional("finishedAt", finished == 0 ? null : Timestamp.rfc3339Nano(finished))
        .put("oomKilled", outOfMemory)
        .optional("error", problem)
        .finish();
  }
}
