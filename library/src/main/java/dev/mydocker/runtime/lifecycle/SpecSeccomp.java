package dev.mydocker.runtime.lifecycle;

import dev.mydocker.oci.spec.ContainerState;
import dev.mydocker.oci.spec.LinuxSeccomp;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.runtime.LaunchRequest;
import dev.mydocker.runtime.SeccompListener;
import dev.mydocker.runtime.security.SeccompArchitecture;
import dev.mydocker.runtime.security.SeccompCompiler;
import dev.mydocker.runtime.security.SeccompProgram;

/** A configuration's system call filter, compiled. */
final class SpecSeccomp {
  private SpecSeccomp() {}

  /**
   * Compiles it.
   *
   * @param state what a listener is told of the container, should the filter have one
   */
  static LaunchRequest.SeccompProgram program(LinuxSpec linux, ContainerState state) {
    LinuxSeccomp profile = linux.seccomp();
    if (profile == null) {
      return LaunchRequest.SeccompProgram.NONE;
    }
    SeccompProgram program =
        SeccompCompiler.compile(
            profile, SeccompArchitecture.ofMachine(System.getProperty("os.arch", "")));
    String path = profile.listenerPath();
    if (path == null) {
      return new LaunchRequest.SeccompProgram(program.instructions(), program.flags(), null);
    }
    // Also where no rule notifies, as with crun: who listens there waits for a descriptor.
    return new LaunchRequest.SeccompProgram(
        program.instructions(),
        program.flags() | SeccompProgram.FLAG_NEW_LISTENER,
        new SeccompListener(path, profile.listenerMetadata(), state));
  }
}
