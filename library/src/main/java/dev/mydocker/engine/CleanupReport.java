package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Segment;
import java.util.Arrays;
import java.util.Optional;

/**
 * Lets a monitor tell how its clean-up went, for {@code stop --explain}: nobody hears what it does
 * at the end. The plan that it will perform is replaced by the same one that is timed, and ends
 * with writing its results to a file.
 */
final class CleanupReport {
  private static final int LIMIT = 1 << 24;

  private final Workbench bench;
  private final Segment plan;
  private final String path;

  private CleanupReport(Workbench bench, Segment plan, String path) {
    this.bench = bench;
    this.plan = plan;
    this.path = path;
  }

  /**
   * Prepares it; nothing if the monitor is of another version, which may not know how to report.
   */
  static Optional<CleanupReport> prepare(Workbench bench, ContainerRecord record) {
    RunRecord run = record.run();
    if (run == null || !isOurs(bench, run.monitor().pid())) {
      return Optional.empty();
    }
    FileWorker files = bench.files();
    String path =
        bench.directory().engine() + "/explain-" + ContainerIds.random(files).substring(0, 12);
    Segment plan =
        CleanupPlan.reporting(bench, record, bench.cgroup(run), bench.monitors(record), path);
    try (ContainerLock lock = bench.containers().lock(record.id())) {
      files.replace(FileWorker.HOST, path, new byte[0], 0600, false);
      bench.containers().writeFile(lock, "cleanup.plan", plan.withTimes().message(), false);
    }
    return Optional.of(new CleanupReport(bench, plan.withTimes(), path));
  }

  /** Whether a monitor runs the helper that we would run. */
  private static boolean isOurs(Workbench bench, long monitor) {
    FileWorker files = bench.files();
    return Arrays.equals(
        files.read(FileWorker.HOST, "/proc/" + monitor + "/exe", LIMIT),
        files.read(FileWorker.HOST, bench.performer().helper(), LIMIT));
  }

  /** Tells what the monitor has written, and removes it; to be called once it has ended. */
  void tell() {
    byte[] written = bench.files().read(FileWorker.HOST, path, LIMIT);
    bench.files().unlink(FileWorker.HOST, path);
    if (written.length > 0) {
      // As a helper does that becomes a command: it reports, and does not answer any more.
      bench.performer().answered("monitor", plan, plan.reply(written));
      bench.performer().answered("monitor", plan, null);
    }
  }
}
