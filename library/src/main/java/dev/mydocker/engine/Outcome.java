package dev.mydocker.engine;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Explanation;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the instructions of a segment.
 *
 * @param reply with times; null if nobody was left to answer: the whole segment succeeded then
 * @param killed the call for which a system call filter killed the process, or -1
 */
record Outcome(@Nullable Reply reply, int killed) {
  /** Whether an instruction was reached. */
  boolean isReached(int i) {
    if (killed >= 0 && i > killed) {
      return false;
    }
    return reply == null
        || reply.nanoseconds(i) > 0
        || reply.failed() == i
        || reply.isPartial() && i > lastTimed(reply);
  }

  private static int lastTimed(Reply reply) {
    int last = -1;
    for (int i = 0; i < reply.instructions(); i++) {
      last = reply.nanoseconds(i) > 0 ? i : last;
    }
    return last;
  }

  /** Whether the result of an instruction is known, and not only that it succeeded. */
  boolean isKnown(int i) {
    return reply != null && reply.nanoseconds(i) > 0;
  }

  /** Whether the segment stopped there. */
  boolean isFailure(int i) {
    return i == killed || reply != null && reply.failed() == i;
  }

  /** The result of an instruction that is known; -1 for one that is not. */
  long result(int i) {
    return reply == null ? -1 : reply.result(i);
  }

  /** How long it took; -1 if that is not known. */
  long nanos(int i) {
    return reply != null && isKnown(i) && reply.nanoseconds(i) != Wire.TIME_UNKNOWN
        ? reply.nanoseconds(i)
        : -1;
  }

  /** The error number of an instruction, tolerated or not; 0 for none. */
  int error(int i) {
    if (reply == null) {
      return 0;
    }
    if (reply.failed() == i) {
      return reply.error();
    }
    long result = reply.result(i);
    return result < 0 && result >= -4095 ? (int) -result : 0;
  }

  /** The result as people read it, or null. */
  @Nullable String shown(int i) {
    if (i == killed) {
      return "SIGSYS: killed by the system call filter";
    }
    if (!isKnown(i) && !isFailure(i)) {
      return null;
    }
    int error = error(i);
    return error == 0
        ? Long.toString(result(i))
        : Explanation.error(error) + ": " + Errno.message(error);
  }
}
