package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import java.util.Set;

/** Whether containers are what their records say, and somebody looks after those that run. */
final class ContainerCheckup {
  private static final String AREA = "containers";

  private final Workbench bench;
  private final Census census;
  private final Findings findings;

  ContainerCheckup(Workbench bench, Census census, Findings findings) {
    this.bench = bench;
    this.census = census;
    this.findings = findings;
  }

  void run() {
    int well = 0;
    for (Census.Entry entry : census.all()) {
      int before = findings.all().size();
      MydockerException problem = entry.problem();
      if (problem != null) {
        findings.degraded(
            AREA,
            entry.name(),
            String.valueOf(problem.getMessage()),
            "repair that file, or remove the container: mydocker rm -f " + entry.name());
      } else if (entry.record() != null && !entry.busy()) {
        monitor(entry.record());
      }
      well += findings.all().size() == before ? 1 : 0;
    }
    findings.ok(AREA, "state", well + " of " + census.all().size() + " as they should be");
    strangers();
  }

  private void monitor(ContainerRecord record) {
    RunRecord run = record.run();
    if (run == null || record.exit() != null) {
      return;
    }
    ProcessProbe probe = bench.observer().probe();
    if (!run.bootId().equals(probe.bootId()) || !probe.isRunning(run.init())) {
      return;
    }
    String name = record.name();
    if (!probe.isRunning(run.monitor())) {
      findings.degraded(
          AREA,
          name,
          "it runs, but its monitor was killed: nobody writes its log or will record its end",
          "mydocker ps -a: the next command gives it another one");
    } else if (probe.isStopped(run.monitor())) {
      findings.degraded(
          AREA,
          name,
          "its monitor is stopped: nobody writes its log or takes clients",
          "kill -CONT " + run.monitor().pid());
    }
  }

  private void strangers() {
    CgroupLeftovers cgroups = new CgroupLeftovers(bench, census, Set.of());
    cgroups.find();
    int others = cgroups.strangers().size();
    if (others > 0) {
      findings.note(
          AREA,
          "others",
          others + " beside ours, of other state directories, have processes",
          "if one's state directory was deleted while it ran, end the processes in its cgroup: "
              + String.join(", ", cgroups.strangers()));
    }
  }
}
