package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.List;

/** Becomes the helper's log follower, for {@code logs -f}. */
final class FollowClient {
  private FollowClient() {}

  static void become(
      Workbench bench,
      String directory,
      LogReader reader,
      MonitorConnection monitor,
      LogQuery query,
      boolean times) {
    int opened =
        bench.files().open(FileWorker.HOST, directory, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    monitor.keepOverExec();
    keepOverExec(bench, opened);
    keepOverExec(bench, reader.newest());
    int flags =
        (times ? Wire.FOLLOW_TIMES : 0)
            | (query.stdout() ? Wire.FOLLOW_OUT : 0)
            | (query.stderr() ? Wire.FOLLOW_ERR : 0);
    Helper.become(
        bench.performer(),
        List.of(
            "mydocker-logs",
            Integer.toString(opened),
            Long.toString(reader.end()),
            Integer.toString(monitor.socket()),
            Integer.toString(flags),
            Long.toString(query.since()),
            Long.toString(query.until()),
            Integer.toString(reader.newest())));
  }

  private static void keepOverExec(Workbench bench, int descriptor) {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_FCNTL, Value.of(descriptor), Value.of(Linux.F_SETFD), Value.of(0));
    bench.performer().perform(b.build()).orThrow("keep a descriptor over execve");
  }
}
