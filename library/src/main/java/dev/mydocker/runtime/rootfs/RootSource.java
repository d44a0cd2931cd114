package dev.mydocker.runtime.rootfs;

import dev.mydocker.kernel.Performer;

/** What a container's root file system is made of. */
public interface RootSource {
  /**
   * Makes it a detached mount, which is attached only inside the container's own mount namespace.
   *
   * @return the mount's descriptor in the performer's process
   * @throws dev.mydocker.kernel.KernelException if it cannot be mounted
   */
  int mount(Performer performer);
}
