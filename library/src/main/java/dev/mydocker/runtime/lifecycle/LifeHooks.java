package dev.mydocker.runtime.lifecycle;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Helper;
import dev.mydocker.oci.spec.ContainerState.Status;
import dev.mydocker.oci.spec.Hook;
import dev.mydocker.oci.spec.Hooks;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.ExecRequest;
import dev.mydocker.runtime.HookRunner;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import java.util.List;

/** The hooks of a container's start and end (config.md, "POSIX-platform Hooks"). */
final class LifeHooks {
  private LifeHooks() {}

  /**
   * Runs what comes before the container's command, inside.
   *
   * @throws MydockerException why one failed: the container is not to be started then
   */
  static void beforeStart(RuntimeContainer container, RuntimeSpec spec) {
    ProcessSpec process = spec.process();
    Hooks hooks = spec.hooks();
    if (hooks.startContainer().isEmpty() || process == null) {
      return;
    }
    FileWorker files = container.files();
    long pid = container.saved().pid();
    int init = Helper.pidfd(files.performer(), pid);
    try (CgroupJoin join = CgroupJoin.openBeside(files, container.saved().cgroup(), (int) pid)) {
      ExecRequest inside =
          new ExecRequest(
              container.saved().id(),
              process,
              spec.linux(),
              null,
              container.saved().namespaces(),
              join,
              null,
              container.directory(),
              false,
              SpecSeccomp.program(Create.linux(spec), container.state(Status.CREATED)));
      runner(container, Status.CREATED)
          .runInside("startContainer", hooks.startContainer(), inside, init);
    } finally {
      files.close(init);
    }
  }

  /**
   * Runs what comes once the command runs.
   *
   * @throws MydockerException why one failed: the container is not to run on then
   */
  static void afterStart(RuntimeContainer container, RuntimeSpec spec) {
    List<Hook> hooks = spec.hooks().poststart();
    if (!hooks.isEmpty()) {
      runner(container, Status.RUNNING).run("poststart", hooks);
    }
  }

  /** Runs what comes once the container is gone; why which of them failed. */
  static List<String> afterEnd(RuntimeContainer container, RuntimeSpec spec) {
    return runner(container, Status.STOPPED).runAll("poststop", spec.hooks().poststop());
  }

  private static HookRunner runner(RuntimeContainer container, Status status) {
    return new HookRunner(container.files().performer(), container.state(status));
  }
}
