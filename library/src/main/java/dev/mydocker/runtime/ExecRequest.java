package dev.mydocker.runtime;

import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import org.jspecify.annotations.Nullable;

/**
 * All that another process in a running container needs.
 *
 * @param id the container's, for messages
 * @param process what to run
 * @param linux the container's, for what holds for each of its processes, or null
 * @param user {@code --user} as it was given, or null for the ids of {@code process}
 * @param namespaces CLONE_NEW flags of the namespaces that the container does not share with us
 * @param cgroup how the process joins the container's cgroup
 * @param monitorCgroup how the monitor joins the monitors' cgroup, or null to stay
 * @param runDirectory a directory of this process's own below /run, for its streams
 * @param interactive whether standard input stays open (-i)
 * @param seccomp the container's system call filter
 */
public record ExecRequest(
    String id,
    ProcessSpec process,
    @Nullable LinuxSpec linux,
    @Nullable String user,
    long namespaces,
    CgroupJoin cgroup,
    @Nullable CgroupJoin monitorCgroup,
    String runDirectory,
    boolean interactive,
    LaunchRequest.SeccompProgram seccomp) {
  /** The same for another process. */
  ExecRequest withProcess(ProcessSpec other) {
    return new ExecRequest(
        id,
        other,
        linux,
        user,
        namespaces,
        cgroup,
        monitorCgroup,
        runDirectory,
        interactive,
        seccomp);
  }

  /** The CLONE_NEW flags of all namespaces that a configuration names, and of its mounts. */
  public static long namespaces(LinuxSpec linux) {
    long flags = Linux.CLONE_NEWNS;
    for (LinuxNamespace namespace : linux.namespaces()) {
      flags |= Specs.flag(namespace.type());
    }
    return flags;
  }
}
