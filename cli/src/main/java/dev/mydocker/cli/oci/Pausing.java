package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.spec.ContainerState.Status;
import dev.mydocker.runtime.lifecycle.RuntimeContainer;

/** {@code pause} and {@code resume}. */
final class Pausing {
  private Pausing() {}

  static void pause(OciCall call) {
    RuntimeContainer container = call.container();
    Status status = container.status();
    if (status != Status.RUNNING && status != Status.CREATED) {
      throw new MydockerException(
          Category.CONFLICT,
          "pause container " + call.id() + ": container not running: it is " + status.word());
    }
    container.cgroup().freeze();
  }

  static void resume(OciCall call) {
    RuntimeContainer container = call.container();
    Status status = container.status();
    if (status != Status.PAUSED) {
      throw new MydockerException(
          Category.CONFLICT,
          "resume container " + call.id() + ": container not paused: it is " + status.word());
    }
    container.cgroup().thaw();
  }
}
