package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.spec.LinuxCapabilities;
import dev.mydocker.oci.spec.LinuxDeviceCgroup;
import dev.mydocker.oci.spec.LinuxIdMapping;
import dev.mydocker.oci.spec.LinuxMemory;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.MountSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.Rlimit;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.security.CapabilitySet;
import dev.mydocker.runtime.security.DefaultSeccomp;
import dev.mydocker.runtime.security.Isolation;
import dev.mydocker.runtime.security.SeccompArchitecture;
import java.util.ArrayList;
import java.util.List;

/** {@code spec}: a configuration to begin with, runc's example. */
final class ExampleSpec {
  private static final List<String> CAPABILITIES =
      List.of("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");
  private static final String FILE = "config.json";

  private ExampleSpec() {}

  static void write(OciCall call) {
    String typed = call.pathOption("bundle");
    String path = (typed == null ? call.invocation().directory() : typed) + "/" + FILE;
    boolean rootless = call.arguments().flag("rootless");
    int opened;
    try {
      opened =
          call.files()
              .open(FileWorker.HOST, path, Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL, 0666);
    } catch (KernelException e) {
      if (e.error() == Errno.EEXIST) {
        throw new MydockerException(
            Category.CONFLICT, "write " + path + ": file config.json exists", "remove it first", e);
      }
      throw e;
    }
    int[] ids = rootless ? ids(call) : new int[] {0, 0};
    call.files().write(opened, Json.encodePretty(spec(rootless, ids[0], ids[1]).toJson()));
    call.files().close(opened);
  }

  /**
   * What callers ask for, with the helper as its only program, which stays until its standard input
   * ends, and a terminal nowhere.
   */
  static RuntimeSpec training() {
    RuntimeSpec example = spec(false, 0, 0);
    ProcessSpec process = example.process();
    LinuxSpec linux = example.linux();
    if (process == null || linux == null) {
      throw new IllegalStateException("the example has a process");
    }
    LinuxResources limits =
        LinuxResources.builder()
            .devices(
                List.of(LinuxDeviceCgroup.denyAll(), LinuxDeviceCgroup.allow("c", 1L, 3L, "rwm")))
            .memory(LinuxMemory.of(1L << 30, null, null))
            .pids(1000L)
            .build();
    SeccompArchitecture machine = SeccompArchitecture.ofMachine(System.getProperty("os.arch", ""));
    return example.toBuilder()
        .process(
            process.toBuilder()
                .terminal(false)
                .args(List.of("/helper", "worker", "/dev/shm"))
                .build())
        .linux(
            linux.toBuilder()
                .resources(limits)
                .seccomp(DefaultSeccomp.profile(CapabilitySet.DEFAULT, machine))
                .build())
        .build();
  }

  private static int[] ids(OciCall call) {
    return call.files()
        .status(FileWorker.HOST, "/proc/self")
        .map(status -> new int[] {status.user(), status.group()})
        .orElse(new int[] {0, 0});
  }

  private static RuntimeSpec spec(boolean rootless, int uid, int gid) {
    ProcessSpec process =
        ProcessSpec.builder()
            .terminal(true)
            .args(List.of("sh"))
            .env(
                List.of(
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "TERM=xterm"))
            .cwd("/")
            .capabilities(LinuxCapabilities.of(CAPABILITIES, true))
            .rlimit(new Rlimit("RLIMIT_NOFILE", 1024, 1024, JsonObject.empty()))
            .noNewPrivileges(true)
            .build();
    LinuxSpec.Builder linux =
        LinuxSpec.builder()
            .namespaces(namespaces(rootless))
            .maskedPaths(Isolation.maskedPaths())
            .readonlyPaths(
                List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"));
    if (rootless) {
      linux.idMappings(
          List.of(LinuxIdMapping.of(0, uid, 1)), List.of(LinuxIdMapping.of(0, gid, 1)));
    }
    return RuntimeSpec.builder()
        .process(process)
        .root("rootfs", true)
        .hostname("mydocker")
        .mounts(mounts(rootless))
        .linux(linux.build())
        .build();
  }

  private static List<LinuxNamespace> namespaces(boolean rootless) {
    List<LinuxNamespace> all = new ArrayList<>();
    all.add(LinuxNamespace.create(LinuxNamespace.Type.PID));
    if (!rootless) {
      all.add(LinuxNamespace.create(LinuxNamespace.Type.NETWORK));
    }
    all.add(LinuxNamespace.create(LinuxNamespace.Type.IPC));
    all.add(LinuxNamespace.create(LinuxNamespace.Type.UTS));
    all.add(LinuxNamespace.create(LinuxNamespace.Type.MOUNT));
    if (rootless) {
      all.add(LinuxNamespace.create(LinuxNamespace.Type.USER));
    }
    all.add(LinuxNamespace.create(LinuxNamespace.Type.CGROUP));
    return all;
  }

  private static List<MountSpec> mounts(boolean rootless) {
    List<MountSpec> mounts = new ArrayList<>();
    mounts.add(MountSpec.of("/proc", "proc", "proc", List.of()));
    mounts.add(
        MountSpec.of(
            "/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")));
    List<String> terminals =
        new ArrayList<>(List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"));
    if (!rootless) {
      terminals.add("gid=5");
    }
    mounts.add(MountSpec.of("/dev/pts", "devpts", "devpts", terminals));
    mounts.add(
        MountSpec.of(
            "/dev/shm",
            "tmpfs",
            "shm",
            List.of("nosuid", "noexec", "nodev", "mode=1777", "size=65536k")));
    mounts.add(
        MountSpec.of("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")));
    mounts.add(
        rootless
            ? MountSpec.of(
                "/sys", "none", "/sys", List.of("rbind", "nosuid", "noexec", "nodev", "ro"))
            : MountSpec.of("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", "ro")));
    mounts.add(
        MountSpec.of(
            "/sys/fs/cgroup",
            "cgroup",
            "cgroup",
            List.of("nosuid", "noexec", "nodev", "relatime", "ro")));
    return mounts;
  }
}
