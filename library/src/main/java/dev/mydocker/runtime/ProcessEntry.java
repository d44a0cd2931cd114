package dev.mydocker.runtime;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.spec.ConsoleSize;
import dev.mydocker.oci.spec.ExecCpuAffinity;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Lowering;
import dev.mydocker.runtime.plan.Plan;
import dev.mydocker.runtime.process.AccountFiles;
import dev.mydocker.runtime.process.Accounts;
import dev.mydocker.runtime.process.ProcessSteps;
import dev.mydocker.runtime.process.SettingSteps;
import dev.mydocker.runtime.rootfs.DeviceSteps;
import org.jspecify.annotations.Nullable;

/**
 * What another process of a container has found and made once it is inside: for the engine's exec
 * and the OCI runtime's.
 *
 * @param accounts the users and groups that the container's root file system knows
 * @param master our descriptor of its terminal's master, or -1
 * @param shared our descriptor of its terminal's slave, or -1
 * @param slave its own descriptor of that, or -1
 */
record ProcessEntry(Accounts accounts, int master, int shared, long slave) {
  /**
   * Joins the container's cgroups, then its namespaces, all at once (Linux 5.8).
   *
   * <p>Of a process that is to be born into a cgroup of v2 the cgroup namespace comes later, when
   * it is there: where the hierarchy is mounted with nsdelegate, as systemd does, nobody enters a
   * cgroup of his namespace from one outside of it (ENOENT).
   */
  static void join(Session joining, ExecRequest request, int container) {
    SegmentBuilder b = Segment.builder();
    ExecCpuAffinity affinity = request.process().execCpuAffinity();
    restrict(b, "initial", affinity == null ? null : affinity.initial());
    b.about(
        Group.LIMITS.title(),
        "join the container's cgroup",
        "its limits hold for this process too; joined while its place on the host can be seen");
    ProcessSteps.joinCgroup(b, request.cgroup());
    Integer score = request.process().oomScoreAdj();
    if (score != null) {
      b.about(
          Group.LIMITS.title(),
          "set oom_score_adj to " + score,
          "its child inherits it; while /proc is the host's");
      SettingSteps.oomScore(b, score);
    }
    b.about(
        Group.NAMESPACES.title(),
        "enter the container's namespaces",
        "all at once, by a descriptor of its first process: no other can have taken its pid");
    Value init = b.descriptor(container);
    long later = later(request);
    b.syscall(Wire.SYS_SETNS, init, Value.of(request.namespaces() & ~later));
    b.syscall(Wire.SYS_CLOSE, init);
    joining.call(b.build()).orThrow("enter the namespaces of container " + request.id());
  }

  /** The namespaces that the process itself enters once it has been born. */
  private static long later(ExecRequest request) {
    return request.cgroup().directory() < 0 ? 0 : request.namespaces() & Linux.CLONE_NEWCGROUP;
  }

  /** Restricts a process to processors, before it joins the cgroup or when it is in there. */
  private static void restrict(SegmentBuilder b, String when, @Nullable String list) {
    if (list != null) {
      b.about(Group.LIMITS.title(), "run on the processors " + list, "asked for");
      SettingSteps.restrict(b, "execCPUAffinity." + when, list);
    }
  }

  /** Looks around inside, and opens a terminal if the process gets one. */
  static ProcessEntry look(Session session, ExecRequest request, int container) {
    ProcessSpec process = request.process();
    AccountFiles accounts = new AccountFiles();
    DeviceSteps.Terminal made = new DeviceSteps.Terminal();
    SegmentBuilder b = Segment.builder();
    long later = later(request);
    if (later != 0) {
      b.about(
          Group.NAMESPACES.title(),
          "enter the container's cgroup namespace",
          "now that it is in the container's cgroup");
      Value init = b.descriptor(container);
      b.syscall(Wire.SYS_SETNS, init, Value.of(later));
      b.syscall(Wire.SYS_CLOSE, init);
    }
    ExecCpuAffinity affinity = process.execCpuAffinity();
    restrict(b, "final", affinity == null ? null : affinity.last());
    b.about(
        Group.ROOT.title(), "open the root directory", "this process is inside: the container's");
    Value root =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text("/"),
            Value.of(Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_CLOEXEC),
            Value.of(0));
    Plan.Builder looking = new Plan.Builder(new Lowering(b, root));
    if (process.terminal()) {
      ConsoleSize size = process.consoleSize();
      looking.add(
          DeviceSteps.terminal(
              made, size == null ? 0 : size.height(), size == null ? 0 : size.width(), false));
    }
    Plan look = looking.add(accounts.read()).build();
    Reply reply = look.check(session.call(look.segment()));
    return process.terminal()
        ? new ProcessEntry(
            accounts.accounts(reply),
            reply.descriptors()[0],
            reply.descriptors()[1],
            reply.result(made.slave()))
        : new ProcessEntry(accounts.accounts(reply), -1, -1, -1);
  }
}
