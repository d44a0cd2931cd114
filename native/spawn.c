/*
 * New processes: children that serve plan segments (SPAWN), programs (EXECUTE), and waiting.
 *
 * EXECUTE is used from inside a JVM with many threads and a large address space, so it is vfork
 * with its own stack (CLONE_VM | CLONE_VFORK, as posix_spawn(3) does): no page table is copied,
 * and the child calls nothing but the kernel before execveat.
 */
#include "fault.h"
#include "interp.h"

#include <asm/errno.h>
#include <asm/signal.h>
#include <linux/close_range.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/time.h>
#include <linux/wait.h>

enum { STACK_SIZE = 8192, SIGNAL_SET_SIZE = 8, LAST_SIGNAL = 64 };

/* clone(2) onto another stack; returns in the parent only, the child runs entry(argument). */
long clone_on(unsigned long flags, void *stack_top, void *pidfd, void (*entry)(void *),
              void *argument);
#if defined(__x86_64__)
__asm__(".text\n"
        ".hidden clone_on\n"
        ".globl clone_on\n"
        ".type clone_on, @function\n"
        "clone_on:\n"
        "  mov %rcx, %r9\n" /* entry: the kernel keeps all registers but rax, rcx and r11 */
        "  mov $56, %eax\n" /* clone(flags, stack, parent_tid = pidfd, 0, unused: argument) */
        "  xor %r10d, %r10d\n"
        "  syscall\n"
        "  test %rax, %rax\n"
        "  jnz 1f\n"
        "  xor %ebp, %ebp\n"
        "  mov %r8, %rdi\n"
        "  call *%r9\n"
        "  hlt\n"
        "1: ret\n"
        ".size clone_on, . - clone_on\n");
#else
__asm__(".text\n"
        ".hidden clone_on\n"
        ".globl clone_on\n"
        ".type clone_on, %function\n"
        "clone_on:\n"
        "  mov x9, x3\n"
        "  mov x10, x4\n"
        "  mov x8, #220\n" /* clone(flags, stack, parent_tid = pidfd, 0, 0) */
        "  mov x3, #0\n"
        "  mov x4, #0\n"
        "  svc #0\n"
        "  cbnz x0, 1f\n"
        "  mov x29, #0\n"
        "  mov x0, x10\n"
        "  blr x9\n"
        "  brk #0\n"
        "1: ret\n"
        ".size clone_on, . - clone_on\n");
#endif

struct execution {
    int executable;
    char *const *arguments;
    char *const *environment;
    const int32_t *descriptors;
    uint32_t count;
    uint8_t *second_stack;
    volatile long pid;
    volatile long error;
};

/* Every disposition default (ignored ones survive execve), no signal blocked: signal(7). */
static void reset_signals(void) {
    struct {
        unsigned long handler, flags, restorer, mask;
    } fresh = {0, 0, 0, 0};
    for (int signal = 1; signal <= LAST_SIGNAL; signal++) {
        sys4(__NR_rt_sigaction, signal, (long)&fresh, 0, SIGNAL_SET_SIZE);
    }
    uint64_t none = 0;
    sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, SIGNAL_SET_SIZE);
}

/*
 * Descriptor i of the new program is descriptors[i]; all others are closed. First every one is
 * copied above all targets, so that no target overwrites a source that is still needed.
 */
static long arrange(const struct execution *execution) {
    int32_t copies[WIRE_MAXIMUM_DESCRIPTORS];
    uint32_t count = execution->count;
    int32_t executable =
        (int32_t)sys3(__NR_fcntl, execution->executable, F_DUPFD_CLOEXEC, (long)count);
    for (uint32_t i = 0; i < count; i++) {
        copies[i] =
            (int32_t)sys3(__NR_fcntl, execution->descriptors[i], F_DUPFD_CLOEXEC, (long)count);
        if (copies[i] < 0) {
            return copies[i];
        }
    }
    if (executable < 0) {
        return executable;
    }
    for (uint32_t i = 0; i < count; i++) {
        long error = sys3(__NR_dup3, copies[i], (long)i, 0);
        if (error < 0) {
            return error;
        }
    }
    sys3(__NR_close_range, count, ~0U, CLOSE_RANGE_CLOEXEC);
    return executable;
}

static void run_execution(void *argument) {
    struct execution *execution = argument;
    reset_signals();
    sys0(__NR_setsid);
    sys1(__NR_umask, 022);
    sys1(__NR_chdir, (long)"/");
    long executable = arrange(execution);
    if (executable >= 0) {
        executable = sys5(__NR_execveat, executable, (long)"", (long)execution->arguments,
                          (long)execution->environment, AT_EMPTY_PATH);
    }
    execution->error = executable;
    for (;;) {
        sys1(__NR_exit, 127);
    }
}

/* A child whose child is the program: that one is left to init, or to the nearest subreaper. */
static void run_detached(void *argument) {
    struct execution *execution = argument;
    long pid = clone_on(CLONE_VM | CLONE_VFORK | SIGCHLD, execution->second_stack, NULL,
                        run_execution, execution);
    execution->pid = pid;
    if (pid < 0) {
        execution->error = pid;
    }
    for (;;) {
        sys1(__NR_exit, 0);
    }
}

/*
 * A program that its caller does not wait for must not be the caller's child: a JVM that lives on
 * would keep each ended monitor as a zombie.
 */
static long execute_detached(struct execution *execution, uint8_t *stack_top) {
    long child =
        clone_on(CLONE_VM | CLONE_VFORK | SIGCHLD, stack_top, NULL, run_detached, execution);
    if (child < 0) {
        return child;
    }
    sys5(__NR_waitid, P_PID, child, 0, WEXITED, 0);
    return execution->error < 0 ? execution->error : execution->pid;
}

static long execute_child(struct execution *execution, uint8_t *stack_top, int32_t *pidfd) {
    unsigned long flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    long pid = clone_on(flags, stack_top, pidfd, run_execution, execution);
    if (pid > 0 && execution->error < 0) {
        sys5(__NR_waitid, P_PID, pid, 0, WEXITED, 0);
        sys1(__NR_close, *pidfd);
        return execution->error;
    }
    return pid;
}

long execute(const int64_t *a) {
    uint8_t stacks[2 * STACK_SIZE] __attribute__((aligned(16)));
    struct execution execution = {.executable = (int)a[0],
                                  .arguments = (char *const *)a[1],
                                  .environment = (char *const *)a[2],
                                  .descriptors = (const int32_t *)a[3],
                                  .count = (uint32_t)a[4],
                                  .second_stack = stacks + STACK_SIZE};
    if (execution.count > WIRE_MAXIMUM_DESCRIPTORS) {
        return -EINVAL;
    }
    uint64_t all = ~(uint64_t)0;
    uint64_t before;
    /* A handler of the JVM must not run on the borrowed address space. */
    sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&before, SIGNAL_SET_SIZE);
    int32_t pidfd = -1;
    uint8_t *stack_top = stacks + 2 * STACK_SIZE;
    long pid = a[5] == 0 ? execute_detached(&execution, stack_top)
                         : execute_child(&execution, stack_top, &pidfd);
    sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, SIGNAL_SET_SIZE);
    if (pid > 0 && a[5] != 0) {
        memcpy((void *)a[5], &pidfd, sizeof pidfd);
    }
    return pid;
}

long wait_for(const int64_t *a) {
    struct pollfd ended = {(int)a[0], POLLIN, 0};
    struct __kernel_timespec limit = {a[1] / 1000, a[1] % 1000 * 1000000};
    long ready;
    do {
        ready = sys5(__NR_ppoll, (long)&ended, 1, a[1] < 0 ? 0 : (long)&limit, 0, 0);
    } while (ready == -EINTR);
    if (ready == 0) {
        sys4(__NR_pidfd_send_signal, a[0], SIGKILL, 0, 0);
    }
    struct {
        int32_t signal, error, code, pad, pid, uid, status;
        uint8_t rest[100];
    } info;
    long error = sys5(__NR_waitid, P_PIDFD, a[0], (long)&info, WEXITED, 0);
    if (error < 0) {
        return error;
    }
    int32_t status = info.code == 1 /* CLD_EXITED */ ? info.status : 128 + info.status;
    memcpy((void *)a[2], &status, sizeof status);
    return ready == 0 ? -ETIMEDOUT : 0;
}

#ifdef MYDOCKER_HELPER
long spawn_child(struct segment *segment, const struct wire_instruction *in, const int64_t *a,
                 struct outcome *outcome) {
    (void)segment;
    (void)in;
    long pid = sys2(__NR_clone3, a[0], a[1]);
    if (pid != 0) {
        fault_spawned(pid);
        return pid;
    }
    fault_role(FAULT_CHILD);
    /* The child keeps its session and nothing else of its parent's. */
    if (a[2] != 3) {
        sys3(__NR_dup3, a[2], 3, 02000000 /* O_CLOEXEC */);
    }
    sys3(__NR_close_range, 4, ~0U, 0);
    outcome->serve = 3;
    return 0;
}

/* Which signals PID 1 does not pass on: those that speak of itself. */
static bool is_own(int signal) {
    return signal == SIGCHLD || signal == SIGTTIN || signal == SIGTTOU;
}

/* Reaps everything that has ended; the exit code of `child` when that has, else -1. */
static long reap(int64_t child) {
    for (;;) {
        int32_t status = 0;
        long pid = sys4(__NR_wait4, -1, (long)&status, WNOHANG, 0);
        if (pid == -EINTR) {
            continue;
        }
        if (pid <= 0) {
            return pid == -ECHILD ? 255 : -1;
        }
        if (pid == child) {
            int signal = status & 0x7F;
            return signal == 0 ? status >> 8 & 0xFF : 128 + signal;
        }
    }
}

char *title;

/* What ps shows of it: it has been made from a monitor. */
static void call_myself(const char *name) {
    sys2(__NR_prctl, PR_SET_NAME, (long)name);
    for (char *to = title; to != NULL && *to != 0; to++) {
        *to = *name;
        name += *name != 0;
    }
}

/*
 * The `--init` of a container, PID 1: it reaps what is left to it, passes signals on to its child
 * and ends as the child does, which ends the PID namespace.
 */
long reap_as_init(int64_t child) {
    call_myself("mydocker-init");
    uint64_t all = ~(uint64_t)0;
    sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&all, 0, SIGNAL_SET_SIZE);
    sys3(__NR_close_range, 0, ~0U, 0);
    for (;;) {
        long code = reap(child);
        if (code >= 0) {
            for (;;) {
                sys1(__NR_exit_group, code);
            }
        }
        long signal = sys4(__NR_rt_sigtimedwait, (long)&all, 0, 0, SIGNAL_SET_SIZE);
        if (signal > 0 && !is_own((int)signal)) {
            sys2(__NR_kill, child, signal);
        }
    }
}
#endif
