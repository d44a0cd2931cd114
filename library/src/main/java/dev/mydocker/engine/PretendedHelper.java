package dev.mydocker.engine;

import java.util.HashMap;
import java.util.Map;

/** The other end of every session of a rehearsal: it answers what was sent there last. */
final class PretendedHelper {
  private final Map<Long, RehearsedSegment> performed = new HashMap<>();

  void receive(long socket, RehearsedSegment segment) {
    performed.put(socket, segment);
  }

  /** Answers into the buffers of a RECEIVE; 0, the end, where the helper became a command. */
  long answer(RehearsedSegment to, int receive) {
    RehearsedSegment answer = performed.remove(to.value(receive, 0));
    if (answer == null || answer.hasEnded()) {
      return 0;
    }
    long[] shared = answer.shared();
    for (int i = 0; i <= shared.length; i++) {
      to.store(to.argument(receive, 3) + 4L * i, i < shared.length ? shared[i] : -1, 4);
    }
    return to.copy(to.argument(receive, 1), answer.message());
  }
}
