package dev.mydocker.runtime;

import dev.mydocker.oci.spec.ProcessSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that another process in a running container needs.
 *
 * @param id the container's, for messages
 * @param process what to run
 * @param user {@code --user} as it was given, or null for the ids of {@code process}
 * @param namespaces CLONE_NEW flags of the namespaces that the container does not share with us
 * @param cgroups how the process joins the container's cgroups
 * @param monitorJoins descriptors that the monitor writes 0 to
 * @param runDirectory a directory of this process's own below /run, for its streams
 * @param interactive whether standard input stays open (-i)
 * @param seccomp the container's system call filter
 */
public record ExecRequest(
    String id,
    ProcessSpec process,
    @Nullable String user,
    long namespaces,
    CgroupMembership cgroups,
    List<Integer> monitorJoins,
    String runDirectory,
    boolean interactive,
    LaunchRequest.SeccompProgram seccomp) {}
