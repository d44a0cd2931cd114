/*
 * The co-process of a JVM that may not load native code.
 *
 *   JVM                          listener                     a child for each connection
 *    | start, with two pipes ---->  binds DIRECTORY/socket
 *    | <----------------- newline   listens
 *    | connect ------------------>  clone -------------------> serves segments
 *    | segment ----------------------------------------------> performs it
 *    | <-------------------------------------------- reply
 *    | close -------------------->  kills ------------------->
 *    | <------------- end of file   reaped it: all of its descriptors are closed
 *    | (dies)  ------ end of file>  kills ------------------->
 *                                   removes what the JVM owned, and DIRECTORY; ends
 *
 * A child that blocks in the kernel blocks nobody else, and cannot outlive its connection: the
 * listener, which never blocks, sees the hang-up for it.
 *
 * What a JVM owned is named in DIRECTORY/owned, if that is there: a symbolic link to a directory of
 * symbolic links to directories that hold an orphan.plan. A container that runs is removed by its
 * monitor at the same time; whoever is first has the lock, and the other finds nothing.
 */
#include "interp.h"
#include "monitor.h"

#include <asm/errno.h>
#include <asm/signal.h>
#include <asm/socket.h>
#include <linux/close_range.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/time_types.h>
#include <linux/un.h>
#include <linux/wait.h>

enum {
    UNIX = 1,
    STREAM = 1,
    CLOSE_ON_EXEC = 02000000,
    DEFAULT = 0,       /* SIG_DFL */
    IGNORE = 1,        /* SIG_IGN */
    HUNG_UP = 0x2000,  /* POLLRDHUP */
    CONNECTIONS = 480, /* with two descriptors each, within the usual limit of 1024 */
};

/* What is waited for: the JVM's end, a new connection, then two of each connection's. */
enum { LIFE, LISTENER, FIRST };
static struct pollfd waits[FIRST + 2 * CONNECTIONS];
static uint32_t count = FIRST;

static bool is_ours(long connection) {
    struct {
        int32_t pid;
        uint32_t uid, gid;
    } peer;
    int32_t length = sizeof peer;
    return sys5(__NR_getsockopt, connection, SOL_SOCKET, SO_PEERCRED, (long)&peer, (long)&length) ==
               0 &&
           peer.uid == (uint32_t)sys0(__NR_geteuid);
}

/* Listens on `socket` in a directory, the path to which may be longer than a socket's address. */
static long listen_in(long directory) {
    struct sockaddr_un address = {.sun_family = UNIX, .sun_path = "socket"};
    long listener = sys3(__NR_socket, UNIX, STREAM | CLOSE_ON_EXEC, 0);
    if (listener < 0) {
        return listener;
    }
    long error = sys1(__NR_fchdir, directory);
    error = error < 0 ? error : sys3(__NR_bind, listener, (long)&address, sizeof address);
    error = error < 0 ? error : sys2(__NR_listen, listener, 128);
    error = error < 0 ? error : sys1(__NR_chdir, (long)"/");
    return error < 0 ? error : listener;
}

static void set_handler(int signal, unsigned long handler) {
    unsigned long action[4] = {handler, 0, 0, 0};
    sys4(__NR_rt_sigaction, signal, (long)action, 0, 8);
}

__attribute__((noreturn)) static void serve_connection(long connection, long listener) {
    sys2(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
    if (sys0(__NR_getppid) != listener) {
        finish(0);
    }
    sys3(__NR_dup3, connection, SESSION, CLOSE_ON_EXEC);
    sys3(__NR_close_range, SESSION + 1, ~0U, 0);
    serve(SESSION);
}

static void take_connection(long own_pid) {
    long connection = sys4(__NR_accept4, waits[LISTENER].fd, 0, 0, CLOSE_ON_EXEC);
    if (connection < 0) {
        return;
    }
    int32_t child = -1;
    if (count + 2 <= sizeof waits / sizeof waits[0] && is_ours(connection)) {
        long pid = sys5(__NR_clone, CLONE_PIDFD | SIGCHLD, 0, (long)&child, 0, 0);
        if (pid == 0) {
            serve_connection(connection, own_pid);
        }
    }
    if (child < 0) {
        sys1(__NR_close, connection);
        return;
    }
    waits[count++] = (struct pollfd){(int)connection, HUNG_UP, 0};
    waits[count++] = (struct pollfd){child, POLLIN, 0};
}

/* Returns whether the connection at `at` is gone, and its child with it. */
static bool look_after(uint32_t at) {
    struct pollfd *connection = &waits[at];
    struct pollfd *child = &waits[at + 1];
    if (child->revents != 0) {
        sys5(__NR_waitid, P_PIDFD, child->fd, 0, WEXITED, 0);
        sys1(__NR_close, child->fd);
        sys1(__NR_close, connection->fd < 0 ? ~connection->fd : connection->fd);
        return true;
    }
    if (connection->revents != 0) {
        sys4(__NR_pidfd_send_signal, child->fd, SIGKILL, 0, 0);
        connection->fd = ~connection->fd; /* poll(2) passes over what is negative */
    }
    return false;
}

/* Its descriptors close before a process counts as ended, which is what monitors go by. */
static void await_end(int jvm) {
    struct pollfd ended = {jvm, POLLIN, 0};
    const struct __kernel_timespec patience = {2, 0};
    if (jvm >= 0) {
        sys5(__NR_ppoll, (long)&ended, 1, (long)&patience, 0, 0);
    }
}

/* Whether anything was found and is gone now. */
static bool remove_some(long owned) {
    char entries[2048] __attribute__((aligned(8)));
    bool removed = false;
    sys3(__NR_lseek, owned, 0, 0);
    long length = sys3(__NR_getdents64, owned, (long)entries, sizeof entries);
    for (long at = 0; at < length;) {
        const struct directory_entry *entry = (struct directory_entry *)(entries + at);
        at += entry->length;
        if (entry->name[0] == '.') {
            continue;
        }
        long target =
            sys4(__NR_openat, owned, (long)entry->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        if (target >= 0) {
            perform_cleanup((int)target, ORPHAN_PLAN);
            sys1(__NR_close, target);
        }
        long error = sys3(__NR_unlinkat, owned, (long)entry->name, 0);
        removed |= error == 0 || error == -ENOENT;
    }
    return removed;
}

static void remove_owned(long directory, int jvm) {
    char place[4096];
    long length = sys4(__NR_readlinkat, directory, (long)"owned", (long)place, sizeof place - 1);
    if (length <= 0) {
        return;
    }
    await_end(jvm);
    place[length] = 0;
    long owned = sys4(__NR_openat, AT_FDCWD, (long)place, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (owned >= 0) {
        while (remove_some(owned)) {
        }
        sys1(__NR_close, owned);
        sys3(__NR_unlinkat, AT_FDCWD, (long)place, AT_REMOVEDIR);
    }
    sys3(__NR_unlinkat, directory, (long)"owned", 0);
}

/* Nobody makes anything more for the JVM. */
static void end_connections(void) {
    for (uint32_t at = FIRST; at < count; at += 2) {
        sys4(__NR_pidfd_send_signal, waits[at + 1].fd, SIGKILL, 0, 0);
        sys5(__NR_waitid, P_PIDFD, waits[at + 1].fd, 0, WEXITED, 0);
    }
}

/* However the JVM ended: nothing of it stays but monitors of what it did not own. */
__attribute__((noreturn)) static void end(long directory, const char *path, int jvm) {
    end_connections();
    remove_owned(directory, jvm);
    sys3(__NR_unlinkat, directory, (long)"socket", 0);
    sys3(__NR_unlinkat, directory, (long)"mydocker-helper", 0);
    sys3(__NR_unlinkat, AT_FDCWD, (long)path, AT_REMOVEDIR);
    finish(0);
}

void work(const char *path) {
    /* The keyboard's signals are for the JVM, which ends us in its own time. */
    sys0(__NR_setsid);
    set_handler(SIGCHLD, DEFAULT);
    set_handler(SIGPIPE, IGNORE); /* as in a JVM: EPIPE says it better */
    long directory = sys4(__NR_openat, AT_FDCWD, (long)path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    long listener = directory < 0 ? directory : listen_in(directory);
    if (listener < 0) {
        finish(-listener);
    }
    long own_pid = sys0(__NR_getpid);
    int jvm = (int)sys2(__NR_pidfd_open, sys0(__NR_getppid), 0);
    waits[LIFE] = (struct pollfd){0, POLLIN, 0};
    waits[LISTENER] = (struct pollfd){(int)listener, POLLIN, 0};
    sys3(__NR_write, 1, (long)"\n", 1);
    for (;;) {
        long ready = sys5(__NR_ppoll, (long)waits, count, 0, 0, 0);
        if (ready <= 0) {
            continue;
        }
        if (waits[LIFE].revents != 0) {
            end(directory, path, jvm);
        }
        for (uint32_t at = FIRST; at < count;) {
            if (!look_after(at)) {
                at += 2;
                continue;
            }
            count -= 2;
            waits[at] = waits[count];
            waits[at + 1] = waits[count + 1];
        }
        if (waits[LISTENER].revents != 0) {
            take_connection(own_pid);
        }
    }
}
