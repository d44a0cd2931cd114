package dev.mydocker.runtime;

import dev.mydocker.oci.spec.ContainerState;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import dev.mydocker.runtime.rootfs.RootSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a container's start needs.
 *
 * @param id for messages and the session keyring
 * @param spec the OCI runtime specification; paths of bind mounts are absolute
 * @param user {@code --user} as it was given, resolved in the container's /etc/passwd; null for the
 *     specification's own ids
 * @param root what becomes the root file system
 * @param runDirectory a directory of the container's own below /run: streams, attach point
 * @param cgroup how init joins the container's cgroup
 * @param cgroupMounts what /sys/fs/cgroup shows inside
 * @param monitorCgroup how the monitor joins the monitors' cgroup, or null to stay
 * @param interactive whether standard input stays open (-i)
 * @param seccomp the system call filter, or null for none
 * @param withInit whether PID 1 is a small init that reaps (--init)
 * @param diesWithMonitor whether the kernel ends the container when its monitor ends, however that
 *     ends; PID 1 is the small init then too
 * @param bundle the directory of the specification, absolute, which hooks are told; null for the
 *     run directory
 */
public record LaunchRequest(
    String id,
    RuntimeSpec spec,
    @Nullable String user,
    RootSource root,
    String runDirectory,
    CgroupJoin cgroup,
    List<CgroupMount> cgroupMounts,
    @Nullable CgroupJoin monitorCgroup,
    boolean interactive,
    SeccompProgram seccomp,
    boolean withInit,
    boolean diesWithMonitor,
    @Nullable String bundle) {
  /** Makes PID 1 a process that keeps its credentials, where the kernel is to end it. */
  public LaunchRequest {
    withInit |= diesWithMonitor;
  }

  /** Makes a request of a specification without a bundle. */
  public LaunchRequest(
      String id,
      RuntimeSpec spec,
      @Nullable String user,
      RootSource root,
      String runDirectory,
      CgroupJoin cgroup,
      List<CgroupMount> cgroupMounts,
      @Nullable CgroupJoin monitorCgroup,
      boolean interactive,
      SeccompProgram seccomp,
      boolean withInit,
      boolean diesWithMonitor) {
    this(
        id,
        spec,
        user,
        root,
        runDirectory,
        cgroup,
        cgroupMounts,
        monitorCgroup,
        interactive,
        seccomp,
        withInit,
        diesWithMonitor,
        null);
  }

  /** The container's state, for those outside who are told it. */
  ContainerState state(ContainerState.Status status, long pid) {
    return ContainerState.of(
        id, status, (int) pid, bundle == null ? runDirectory : bundle, spec.annotations());
  }

  /**
   * One directory of /sys/fs/cgroup.
   *
   * @param name its name below /sys/fs/cgroup; empty for /sys/fs/cgroup itself (v2)
   * @param source the container's own cgroup on the host
   */
  public record CgroupMount(String name, String source) {}

  /**
   * A system call filter.
   *
   * @param filter an array of struct sock_filter; empty for no filter
   * @param flags of seccomp(2)
   * @param listener who gets the descriptor that loading yields, or null for nobody
   */
  public record SeccompProgram(byte[] filter, long flags, @Nullable SeccompListener listener) {
    /** A filter that hands nothing over. */
    public SeccompProgram(byte[] filter, long flags) {
      this(filter, flags, null);
    }

    /** No filter. */
    public static final SeccompProgram NONE = new SeccompProgram(new byte[0], 0);
  }
}
