package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.List;

/**
 * Becomes the helper's log follower, for {@code logs -f}. It needs nothing of the monitor but to
 * know whether it is there: any number of followers leave all places to those who attach.
 */
final class FollowClient {
  private FollowClient() {}

  /** Returns if nothing of the container's last start is there any more. */
  static void become(
      Workbench bench, ContainerRecord record, LogReader reader, LogQuery query, boolean times) {
    RunRecord run = record.run();
    if (run == null || record.exit() != null) {
      return;
    }
    int init = InitProcess.open(bench.performer(), run).map(InitProcess::pidfd).orElse(-1);
    int monitor =
        InitProcess.openMonitor(bench.performer(), run).map(InitProcess::pidfd).orElse(-1);
    if (init < 0 && monitor < 0) {
      return;
    }
    String directory = bench.directory().container(record.id());
    int opened =
        bench.files().open(FileWorker.HOST, directory, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    for (int kept : new int[] {opened, init, monitor, reader.newest()}) {
      if (kept >= 0) {
        keepOverExec(bench, kept);
      }
    }
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
            Integer.toString(init),
            Integer.toString(monitor),
            Integer.toString(flags),
            Long.toString(query.since()),
            Long.toString(query.until()),
            Integer.toString(reader.newest()),
            bench.runDirectory(record.id()),
            record.name()));
  }

  private static void keepOverExec(Workbench bench, int descriptor) {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_FCNTL, Value.of(descriptor), Value.of(Linux.F_SETFD), Value.of(0));
    bench.performer().perform(b.build()).orThrow("keep a descriptor over execve");
  }
}
