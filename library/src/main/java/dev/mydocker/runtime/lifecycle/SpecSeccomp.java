package dev.mydocker.runtime.lifecycle;

import dev.mydocker.oci.spec.LinuxSeccomp;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.runtime.LaunchRequest;
import dev.mydocker.runtime.security.SeccompArchitecture;
import dev.mydocker.runtime.security.SeccompCompiler;
import dev.mydocker.runtime.security.SeccompProgram;

/** A configuration's system call filter, compiled. */
final class SpecSeccomp {
  private SpecSeccomp() {}

  static LaunchRequest.SeccompProgram program(LinuxSpec linux) {
    LinuxSeccomp profile = linux.seccomp();
    if (profile == null) {
      return LaunchRequest.SeccompProgram.NONE;
    }
    SeccompProgram program =
        SeccompCompiler.compile(
            profile, SeccompArchitecture.ofMachine(System.getProperty("os.arch", "")));
    return new LaunchRequest.SeccompProgram(program.instructions(), program.flags());
  }
}
