package dev.mydocker.runtime.lifecycle;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.spec.ContainerState.Status;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.StartReport;
import org.jspecify.annotations.Nullable;

/** Starts a created container: its process becomes its command. */
public final class Start {
  private Start() {}

  /**
   * Starts it; returns once its command executes.
   *
   * @return why a hook behind that failed, or null; the container is to be deleted then, as the
   *     specification has it
   * @throws MydockerException if it is in no state to be started, or why it cannot be
   */
  public static @Nullable MydockerException start(StateRoot root, String id) {
    RuntimeContainer container = RuntimeContainer.load(root, id);
    FileWorker files = root.files();
    try (DirectoryLock _ =
        DirectoryLock.take(files, container.directory()).orElseThrow(() -> stopped(id))) {
      Status status = container.status();
      if (status == Status.STOPPED) {
        throw stopped(id);
      }
      if (status != Status.CREATED) {
        throw MydockerException.of(
            Category.CONFLICT, "start container", id, "cannot start an already running container");
      }
      RuntimeSpec spec = container.spec();
      beforeStart(container, spec);
      String socket = container.directory() + "/" + StartReport.SOCKET;
      container
          .saved()
          .start()
          .start(
              files.performer(),
              container.directory(),
              () -> files.unlink(FileWorker.HOST, socket));
      return afterStart(container, spec);
    }
  }

  private static @Nullable MydockerException afterStart(
      RuntimeContainer container, RuntimeSpec spec) {
    try {
      LifeHooks.afterStart(container, spec);
      return null;
    } catch (MydockerException e) {
      container.signal(Linux.SIGKILL);
      return e;
    }
  }

  private static void beforeStart(RuntimeContainer container, RuntimeSpec spec) {
    try {
      LifeHooks.beforeStart(container, spec);
    } catch (MydockerException e) {
      // As the specification has it: the container is stopped, and deleted by whoever created it.
      container.signal(Linux.SIGKILL);
      throw e;
    }
  }

  private static MydockerException stopped(String id) {
    return MydockerException.of(
        Category.CONFLICT, "start container", id, "cannot start a container that has stopped");
  }
}
