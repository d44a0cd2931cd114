package dev.mydocker.runtime.security;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.spec.LinuxSeccomp;
import dev.mydocker.oci.spec.SeccompAction;
import dev.mydocker.oci.spec.SeccompArg;
import dev.mydocker.oci.spec.SeccompOperator;
import dev.mydocker.oci.spec.SeccompSyscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The seccomp profile that a container gets unless told otherwise: what programs need is allowed,
 * everything else fails with EPERM, and what is newer than the profile with ENOSYS. It has the
 * effect of Docker's default profile of 2026, and like it depends on the capabilities, so that
 * {@code --cap-add} is enough to mount or to set the clock.
 *
 * <p>One thing is stricter than Docker's: the address family of socket(2) is an int, and the kernel
 * ignores the upper half of its register. Docker compares all 64 bits, so that AF_ALG and AF_VSOCK
 * pass with a bit set up there. Here the lower half counts; the price is that families above 63,
 * which do not exist, fail with EPERM instead of EAFNOSUPPORT.
 */
public final class DefaultSeccomp {
  private static final int ENOSYS = 38;

  // For names that only some architectures have see SyscallNames.
  private static final String ALWAYS =
      // files by name
      "access chmod chown chown32 creat faccessat faccessat2 fchmodat fchmodat2 fchownat fstatat64"
          + " futimesat lchown lchown32 link linkat lstat lstat64 mkdir mkdirat mknod mknodat"
          + " name_to_handle_at newfstatat open openat openat2 readlink readlinkat rename renameat"
          + " renameat2 rmdir stat stat64 statfs statfs64 statx symlink symlinkat truncate"
          + " truncate64 unlink unlinkat utime utimensat utimensat_time64 utimes"
          // extended attributes
          + " fgetxattr flistxattr fremovexattr fsetxattr getxattr getxattrat lgetxattr listxattr"
          + " listxattrat llistxattr lremovexattr lsetxattr removexattr removexattrat setxattr"
          + " setxattrat"
          // open files
          + " _llseek cachestat close close_range copy_file_range dup dup2 dup3 fadvise64"
          + " fadvise64_64 fallocate fchmod fchown fchown32 fcntl fcntl64 fdatasync flock fstat"
          + " fstat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 getdents getdents64 ioctl lseek"
          + " memfd_create memfd_secret pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev pwritev2"
          + " read readahead readv sendfile sendfile64 splice sync sync_file_range syncfs tee"
          + " vmsplice write writev"
          // directories and mounts, as far as they are the process's own view
          + " chdir fchdir getcwd listmount statmount umask"
          // waiting for files
          + " _newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait"
          + " epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 fanotify_mark"
          + " inotify_add_watch inotify_init inotify_init1 inotify_rm_watch poll ppoll ppoll_time64"
          + " pselect6 pselect6_time64 select"
          // asynchronous input and output, without io_uring
          + " io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup"
          + " io_submit"
          // memory
          + " brk madvise map_shadow_stack membarrier mincore mlock mlock2 mlockall mmap mmap2"
          + " mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free"
          + " pkey_mprotect process_mrelease remap_file_pages"
          // processes and threads
          + " execve execveat exit exit_group fork futex futex_requeue futex_time64 futex_wait"
          + " futex_waitv futex_wake get_robust_list get_thread_area getcpu getpgid getpgrp getpid"
          + " getppid getsid gettid pause pidfd_open pidfd_send_signal prctl restart_syscall"
          + " riscv_hwprobe rseq set_robust_list set_thread_area set_tid_address setpgid setsid"
          + " uname vfork wait4 waitid waitpid"
          // signals
          + " kill rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn"
          + " rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack"
          + " signalfd signalfd4 sigprocmask sigreturn tgkill tkill uretprobe"
          // scheduling and limits
          + " getpriority getrlimit getrusage ioprio_get ioprio_set prlimit64"
          + " sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr"
          + " sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64"
          + " sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield"
          + " setpriority setrlimit sysinfo times ugetrlimit"
          // users, groups and what a process may do
          + " capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups"
          + " getgroups32 getresgid getresgid32 getresuid getresuid32 getuid getuid32"
          + " landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp setfsgid"
          + " setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setregid"
          + " setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid"
          + " setuid32"
          // time; setting it is refused by the kernel without CAP_SYS_TIME
          + " adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64"
          + " clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 getitimer"
          + " gettimeofday nanosleep setitimer time timer_create timer_delete timer_getoverrun"
          + " timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create"
          + " timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64"
          // sockets that exist, or that are not made by socket(2)
          + " accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom"
          + " recvmmsg recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown"
          + " socketcall socketpair"
          // System V and POSIX interprocess communication
          + " ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64"
          + " mq_timedsend mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd semctl semget"
          + " semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget"
          // chance
          + " getrandom"
          // Tracing is safe since kernel 4.8, when a tracer stopped being able to change a call
          // after the filter has seen it.
          + " process_vm_readv process_vm_writev ptrace";

  private static final String ON_X86_64 = "arch_prctl modify_ldt";

  private static final String ON_AARCH64 =
      "arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2";

  /** clone(2)'s flags for new namespaces: mount, cgroup, UTS, IPC, user, PID, network. */
  private static final long NEW_NAMESPACES = 0x7E02_0000L;

  /**
   * PER_LINUX and PER_LINUX32, each also with UNAME26, and the value that only asks; so no
   * ADDR_NO_RANDOMIZE and no READ_IMPLIES_EXEC.
   */
  private static final long[] PERSONALITIES = {0, 0x8, 0x20000, 0x20008, 0xFFFF_FFFFL};

  /**
   * The address families 0 to 63 in blocks of a power of two, first and size, without 38 (AF_ALG:
   * the kernel's crypto interface) and 40 (AF_VSOCK: not separated by network namespaces).
   */
  private static final long[][] FAMILIES = {
    {0, 32}, {32, 4}, {36, 2}, {39, 1}, {41, 1}, {42, 2}, {44, 4}, {48, 16}
  };

  private static final long INT = 0xFFFF_FFFFL;

  private static final Grant[] GRANTS = Grant.values();

  private DefaultSeccomp() {}

  /**
   * Returns the profile.
   *
   * @param capabilities the container's bounding set
   * @param machine the machine's own architecture; programs of its 32-bit ones may run too
   */
  public static LinuxSeccomp profile(CapabilitySet capabilities, SeccompArchitecture machine) {
    List<SeccompSyscall> rules = new ArrayList<>();
    allow(rules, ALWAYS);
    allow(rules, machine == SeccompArchitecture.AARCH64 ? ON_AARCH64 : ON_X86_64);
    for (long personality : PERSONALITIES) {
      allow(rules, "personality", SeccompArg.of(0, SeccompOperator.EQUAL, personality));
    }
    for (long[] family : FAMILIES) {
      allow(rules, "socket", SeccompArg.masked(0, INT & -family[1], family[0]));
    }
    if (!capabilities.contains(Capability.SYS_ADMIN)) {
      allow(rules, "clone", SeccompArg.masked(0, NEW_NAMESPACES, 0));
      // clone3's flags are behind a pointer: programs shall use clone instead.
      rules.add(
          new SeccompSyscall(
              List.of("clone3"), SeccompAction.ERRNO, ENOSYS, List.of(), JsonObject.empty()));
    }
    for (Grant grant : GRANTS) {
      if (capabilities.contains(grant.capability)) {
        allow(rules, grant.syscalls);
      }
    }
    return LinuxSeccomp.of(SeccompAction.ERRNO, 1, machine.runnableNames(), rules);
  }

  /**
   * Returns the profile as a program. It is there already for the default capabilities and for the
   * most usual changes of them, and compiled for others.
   *
   * @param capabilities the container's bounding set
   * @param machine the machine's own architecture
   */
  public static SeccompProgram program(CapabilitySet capabilities, SeccompArchitecture machine) {
    SeccompProgram ready = PrecompiledSeccomp.program(granting(capabilities), machine);
    return ready != null ? ready : SeccompCompiler.compile(profile(capabilities, machine), machine);
  }

  /**
   * Returns the program of any profile, without compiling it where it is the default one.
   *
   * @param profile from a container's configuration
   * @param capabilities the container's bounding set
   * @param machine the machine's own architecture
   * @throws MydockerException if the profile contradicts itself
   */
  public static SeccompProgram program(
      LinuxSeccomp profile, CapabilitySet capabilities, SeccompArchitecture machine) {
    SeccompProgram ready = PrecompiledSeccomp.program(granting(capabilities), machine);
    return ready != null && isSame(profile, profile(capabilities, machine))
        ? ready
        : SeccompCompiler.compile(profile, machine);
  }

  /** Returns those of the capabilities that make a difference to the profile. */
  static CapabilitySet granting(CapabilitySet capabilities) {
    long mask = 0;
    for (Grant grant : GRANTS) {
      mask |= grant.capability.bit();
    }
    return CapabilitySet.ofMask(mask & capabilities.mask());
  }

  // By hand, because the equality of records is linked when it is first used: 18 ms.
  private static boolean isSame(LinuxSeccomp one, LinuxSeccomp other) {
    boolean same =
        one.defaultAction() == other.defaultAction()
            && Objects.equals(one.defaultErrnoRet(), other.defaultErrnoRet())
            && one.architectures().equals(other.architectures())
            && one.flags().equals(other.flags())
            && one.syscalls().size() == other.syscalls().size();
    for (int i = 0; same && i < one.syscalls().size(); i++) {
      same = isSame(one.syscalls().get(i), other.syscalls().get(i));
    }
    return same;
  }

  private static boolean isSame(SeccompSyscall one, SeccompSyscall other) {
    boolean same =
        one.action() == other.action()
            && Objects.equals(one.errnoRet(), other.errnoRet())
            && one.args().size() == other.args().size()
            && one.names().equals(other.names());
    for (int i = 0; same && i < one.args().size(); i++) {
      SeccompArg arg = one.args().get(i);
      SeccompArg expected = other.args().get(i);
      same =
          arg.index() == expected.index()
              && arg.op() == expected.op()
              && arg.value() == expected.value()
              && arg.valueTwo() == expected.valueTwo();
    }
    return same;
  }

  private static void allow(List<SeccompSyscall> rules, String names, SeccompArg... args) {
    rules.add(SeccompSyscall.of(List.of(names.split(" ")), SeccompAction.ALLOW, List.of(args)));
  }

  /** The calls that a capability adds: without it, the kernel has never had reason to be asked. */
  private enum Grant {
    DAC_READ_SEARCH(Capability.DAC_READ_SEARCH, "open_by_handle_at"),
    SYS_ADMIN(
        Capability.SYS_ADMIN,
        "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie"
            + " lsm_get_self_attr lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount"
            + " open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns"
            + " syslog umount umount2 unshare"),
    SYS_BOOT(Capability.SYS_BOOT, "reboot"),
    SYS_CHROOT(Capability.SYS_CHROOT, "chroot"),
    SYS_MODULE(Capability.SYS_MODULE, "delete_module finit_module init_module"),
    SYS_PACCT(Capability.SYS_PACCT, "acct"),
    SYS_PTRACE(Capability.SYS_PTRACE, "kcmp pidfd_getfd process_madvise"),
    SYS_RAWIO(Capability.SYS_RAWIO, "ioperm iopl"),
    SYS_TIME(Capability.SYS_TIME, "clock_settime clock_settime64 settimeofday stime"),
    SYS_TTY_CONFIG(Capability.SYS_TTY_CONFIG, "vhangup"),
    SYS_NICE(Capability.SYS_NICE, "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"),
    SYSLOG(Capability.SYSLOG, "syslog"),
    BPF(Capability.BPF, "bpf"),
    PERFMON(Capability.PERFMON, "perf_event_open");

    private final Capability capability;
    private final String syscalls;

    Grant(Capability capability, String syscalls) {
      this.capability = capability;
      this.syscalls = syscalls;
    }
  }
}
