package dev.mydocker.runtime;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import dev.mydocker.runtime.process.ProcessSteps;
import java.util.ArrayList;
import java.util.List;

/**
 * A new monitor for a container that has lost its own.
 *
 * <p>The container's first process holds its FIFOs open, so nothing was lost of its output but what
 * the old monitor had read and not written yet. A terminal is lost: the old monitor held its other
 * end. The new monitor is not the parent; the kernel tells it the exit code by the pidfd (Linux
 * 6.15), older ones do not.
 */
public final class Adoption implements AutoCloseable {
  private final Performer performer;
  private final Session monitor;
  private final long monitorPid;
  private Streams streams = Streams.NONE;

  /**
   * A container without a monitor.
   *
   * @param pid its first process
   * @param pidfd the same as a descriptor of ours
   * @param runDirectory where its FIFOs are
   * @param terminal whether it had a terminal
   * @param interactive whether its standard input was a FIFO
   */
  public record Orphan(
      long pid, int pidfd, String runDirectory, boolean terminal, boolean interactive) {}

  /**
   * Starts the process that is to be its monitor.
   *
   * @throws dev.mydocker.MydockerException if the helper cannot be started
   */
  public Adoption(Performer performer) {
    this.performer = performer;
    Helper.Started started = Helper.monitor(performer);
    this.monitor = started.session();
    this.monitorPid = started.pid();
  }

  /** The process id of the new monitor. */
  public long monitorPid() {
    return monitorPid;
  }

  /**
   * Has it watch the container.
   *
   * @param cgroup how it joins the monitors' cgroup
   */
  public void watch(Orphan orphan, CgroupJoin cgroup, MonitorSetup setup) {
    SegmentBuilder b = Segment.builder();
    ProcessSteps.joinCgroup(b, cgroup);
    b.syscall(Wire.SYS_PRCTL, Value.of(Linux.PR_SET_DUMPABLE), Value.of(0));
    monitor.call(b.build()).orThrow("start a monitor for process " + orphan.pid());
    if (!orphan.terminal()) {
      streams = Streams.reopen(performer, orphan.runDirectory(), orphan.interactive());
    }
    Monitors.start(monitor, orphan.pid(), orphan.pidfd(), streams, -1, setup);
  }

  /** Has a helper perform what a monitor left undone. */
  public static void perform(Performer performer, Segment cleanup) {
    try (Session helper = Helper.monitor(performer).session()) {
      helper.call(cleanup).orThrow("clean up behind a container");
    }
  }

  @Override
  public void close() {
    List<Integer> ours = new ArrayList<>(streams.all());
    monitor.addClose(ours);
    new FileWorker(performer).close(ours);
  }
}
