package dev.mydocker.runtime.lifecycle;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.spec.ContainerState.Status;
import dev.mydocker.oci.spec.Hook;
import dev.mydocker.runtime.HookRunner;
import dev.mydocker.runtime.StartReport;
import java.util.List;

/** Starts a created container: its process becomes its command. */
public final class Start {
  private Start() {}

  /**
   * Starts it; returns once its command executes.
   *
   * @throws MydockerException if it is in no state to be started, or why it cannot be
   */
  public static void start(StateRoot root, String id) {
    RuntimeContainer container = RuntimeContainer.load(root, id);
    FileWorker files = root.files();
    try (DirectoryLock _ =
        DirectoryLock.take(files, container.directory()).orElseThrow(() -> stopped(id))) {
      Status status = container.status();
      if (status == Status.STOPPED) {
        throw stopped(id);
      }
      if (status != Status.CREATED) {
        throw new MydockerException(
            Category.CONFLICT,
            "start container " + id + ": cannot start an already running container");
      }
      String socket = container.directory() + "/" + StartReport.SOCKET;
      container
          .saved()
          .start()
          .start(
              files.performer(),
              container.directory(),
              () -> files.unlink(FileWorker.HOST, socket));
    }
    List<Hook> hooks = container.spec().hooks().poststart();
    if (!hooks.isEmpty()) {
      runHooks(container, hooks);
    }
  }

  /** As runc: a hook that fails then ends the container. */
  private static void runHooks(RuntimeContainer container, List<Hook> hooks) {
    try {
      new HookRunner(container.files().performer(), container.state(Status.RUNNING))
          .run("poststart", hooks);
    } catch (MydockerException e) {
      container.cgroup().kill();
      throw e;
    }
  }

  private static MydockerException stopped(String id) {
    return new MydockerException(
        Category.CONFLICT, "start container " + id + ": cannot start a container that has stopped");
  }
}
