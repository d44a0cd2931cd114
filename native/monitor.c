/*
 * The monitor of one process: a container's, or one that exec started. It copies the output to the
 * log and to clients, input from clients, and at the end records, cleans up and tells.
 *
 * Nothing that a client does or does not do delays the process or its end. Every wait is the one
 * ppoll below; all signals are blocked (a SIGPIPE is an EPIPE, the process's end is its pidfd's).
 */
#include "clients.h"
#include "fault.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/poll.h>
#include <linux/time_types.h>
#include <linux/wait.h>

enum {
    ROUNDS = 8,         /* batches of a stream before anything else is looked at */
    REST = 1,           /* seconds without an event until memory is given back */
    KILL = 9,           /* the same on every architecture that we know */
    GROUP = 4,          /* PIDFD_SIGNAL_PROCESS_GROUP */
    EXITED = 1,         /* si_code: CLD_EXITED */
    REMAINDER = 1 << 20 /* the most that a terminal can still hold after the process's end */
};

static struct monitor the;

static void unblock(int fd) {
    if (fd >= 0) {
        long flags = sys3(__NR_fcntl, fd, F_GETFL, 0);
        sys3(__NR_fcntl, fd, F_SETFL, flags | O_NONBLOCK);
    }
}

static int shut(int fd) {
    if (fd >= 0) {
        sys1(__NR_close, fd);
    }
    return -1;
}

/* 0: nothing now. The stream is closed at its end, or once it has given what it held at the end. */
static long pump(struct monitor *m, struct output *output) {
    size_t most = output->left < BATCH ? (size_t)output->left : BATCH;
    long got = most == 0 ? 0 : sys3(__NR_read, output->fd, (long)batch(), (long)most);
    if (got == -EINTR) {
        return 1;
    }
    if (got > 0) {
        output->unplugged = false;
        clients_show(m, output->stream, (size_t)got);
        if (m->logged) {
            log_append(&m->log, output->stream, batch(), (size_t)got, clients_need(m));
        }
        output->left -= m->ended ? (uint64_t)got : 0;
        return got;
    }
    if (got == -EIO && !m->ended) {
        output->unplugged = true; /* no program has the terminal open; the next one may */
    } else if (m->ended || got != -EAGAIN) {
        output->fd = shut(output->fd);
    }
    return 0;
}

static bool complete(const struct monitor *m) {
    return m->outputs[0].fd < 0 && m->outputs[1].fd < 0;
}

/* What was written until the end. A stream may have other writers, which are not waited for. */
static void pump_rest(struct monitor *m) {
    while (!complete(m) && !clients_hold(m)) {
        for (int i = 0; i < 2; i++) {
            if (m->outputs[i].fd >= 0 && !clients_hold(m)) {
                pump(m, &m->outputs[i]);
            }
        }
    }
}

/* The status of a zombie, from the last field of /proc/PID/stat (proc_pid_stat(5)), or -1. */
static int32_t status_of_zombie(int64_t pid, int64_t pidfd) {
    char text[1024] = "/proc/";
    char *end = text + 6;
    end += decimal_format(end, pid);
    *text_append(end, "/stat") = 0;
    long file = sys4(__NR_openat, AT_FDCWD, (long)text, O_RDONLY | O_CLOEXEC, 0);
    long got = file < 0 ? file : sys3(__NR_read, file, (long)text, sizeof text);
    if (file >= 0) {
        sys1(__NR_close, file);
    }
    /* As long as it can be signalled its number is its own. */
    if (got < 4 || sys4(__NR_pidfd_send_signal, pidfd, 0, 0, 0) != 0) {
        return -1;
    }
    long at = got - 1;
    while (at > 0 && text[at] != ')') {
        at--;
    }
    if (at + 2 >= got || text[at + 2] != 'Z') {
        return -1;
    }
    uint32_t status = 0; /* of the last field; it is in order that others do not fit */
    for (; at < got; at++) {
        bool digit = text[at] >= '0' && text[at] <= '9';
        status = text[at] == ' ' ? 0 : digit ? 10 * status + (uint32_t)(text[at] - '0') : status;
    }
    return (int32_t)(status & 0xffff);
}

/*
 * A monitor that took over from one that was killed is not the parent. It sees the status as long
 * as the parent (PID 1, by now) has not reaped; after that, which is POLLHUP, the kernel tells it
 * by the pidfd since 6.15.
 */
static int32_t exit_of_stranger(int64_t pid, int64_t pidfd) {
    int32_t status = status_of_zombie(pid, pidfd);
    if (status >= 0) {
        return status;
    }
    struct pollfd reaped = {(int)pidfd, 0, 0};
    const struct __kernel_timespec patience = {REST, 0};
    sys5(__NR_ppoll, (long)&reaped, 1, (long)&patience, 0, 0);
    struct {
        uint64_t mask, cgroup;
        uint32_t ids[11];
        int32_t exit;
        uint64_t reserved[8];
    } info = {.mask = 8 /* PIDFD_INFO_EXIT */};
    unsigned long get_info = 3UL << 30 | 64UL << 16 | 0xff << 8 | 11;
    long error = sys3(__NR_ioctl, pidfd, (long)get_info, (long)&info);
    return error == 0 && (info.mask & 8) != 0 ? info.exit : -1;
}

/* v1's memory.oom_control and v2's memory.events count kills in a line "oom_kill N". */
static bool out_of_memory(int64_t fd) {
    static const char key[] = "\noom_kill ";
    char text[512] = "\n";
    long got = fd < 0 ? 0 : sys4(__NR_pread64, fd, (long)(text + 1), sizeof text - 2, 0);
    for (long i = 0; i + (long)sizeof key < got + 2; i++) {
        if (memcmp(text + i, key, sizeof key - 1) == 0) {
            return text[i + (long)sizeof key - 1] != '0';
        }
    }
    return false;
}

/* False if it has not ended after all. */
static bool reap(struct monitor *m) {
    struct {
        int32_t signal, error, code, padding, pid, uid, status, rest[25];
    } info = {.pid = 0};
    const struct wire_monitor *p = m->parameters;
    long error;
    do {
        error = sys5(__NR_waitid, P_PIDFD, p->pidfd, (long)&info, WEXITED | WNOHANG, 0);
    } while (error == -EINTR);
    if (error == 0 && info.pid == 0) {
        return false;
    }
    if (error == 0) {
        m->report.signal = info.code == EXITED ? 0 : info.status;
        m->report.code = info.code == EXITED ? info.status : 128 + info.status;
    } else {
        int32_t status = exit_of_stranger(p->pid, p->pidfd);
        m->report.signal = status < 0 ? 0 : status & 0x7f;
        m->report.code = status < 0             ? -1
                         : (status & 0x7f) != 0 ? 128 + (status & 0x7f)
                                                : status >> 8 & 0xff;
    }
    m->report.out_of_memory = out_of_memory(p->oom_events);
    return true;
}

/* Written whole under another name first: whoever finds `exit` can read it. The file is there since
 * the start, longer than this, and keeps its room on a disk that is full by now. */
static void record(const struct monitor *m, struct moment end) {
    char text[256];
    char *at = text_append(text, "{\"exitCode\":");
    at += decimal_format(at, m->report.code);
    at = text_append(at, ",\"signal\":");
    at += decimal_format(at, m->report.signal);
    at = text_append(at, ",\"finishedAt\":\"");
    stamp_format((uint8_t *)at, end);
    at = text_append(at + STAMP_LENGTH, "\",\"oomKilled\":");
    at = text_append(at, m->report.out_of_memory ? "true" : "false");
    if (m->report.code < 0) {
        at = text_append(at, ",\"error\":\"its monitor was killed: no exit code is known\"");
    }
    at = text_append(at, ",\"version\":1}\n");
    int64_t directory = m->parameters->directory;
    int fd = (int)sys4(__NR_openat, directory, (long)"exit.new",
                       O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return;
    }
    fault_point();
    if (write_fully(fd, text, (size_t)(at - text)) == 0 &&
        sys2(__NR_ftruncate, fd, at - text) == 0) {
        fault_point();
        sys5(__NR_renameat2, directory, (long)"exit.new", directory, (long)"exit", 0);
    }
    sys1(__NR_close, fd);
}

/* With a log the output is safe there before the end is recorded; without one, clients set the
 * pace, and the end does not wait for them. */
static void end(struct monitor *m) {
    fault_point();
    struct moment now = moment_now();
    m->ended = true;
    clients_stop_input(m);
    for (int i = 0; i < 2; i++) {
        struct output *output = &m->outputs[i];
        int held = 0;
        output->left = REMAINDER;
        if ((m->parameters->flags & WIRE_MONITOR_TERMINAL) == 0 && output->fd >= 0 &&
            sys3(__NR_ioctl, output->fd, FIONREAD, (long)&held) == 0) {
            output->left = (uint64_t)held;
        }
    }
    if (m->logged) {
        pump_rest(m);
    }
    if (m->parameters->directory >= 0 && !m->orphaned) {
        record(m, now);
    }
    fault_point();
    monitor_finished(m->parameters, m->orphaned);
    fault_point();
    m->finished = true;
    if (m->listener >= 0) {
        /* Who connected in time learns of the end; who comes later reads the record. */
        clients_accept(m);
        m->listener = shut(m->listener);
    }
}

static int watch(struct pollfd *to, int count, int fd, short events) {
    to[count] = (struct pollfd){fd, events, 0};
    return count + 1;
}

enum { PROCESS, LIFELINE, SESSION, LISTENER, INPUT, OUTPUTS, FIRST = OUTPUTS + 2 };

/* ppoll(2), which refuses more entries than there may be open files, also if they stand for none:
 * only those that are watched are counted. */
static long poll_watched(struct pollfd *all, int count, const struct __kernel_timespec *time) {
    struct pollfd watched[FIRST + CLIENTS];
    int number = 0;
    for (int i = 0; i < count; i++) {
        all[i].revents = 0;
        if (all[i].fd >= 0) {
            watched[number++] = all[i];
        }
    }
    long ready = sys5(__NR_ppoll, (long)watched, number, (long)time, 0, 0);
    for (int i = 0, at = 0; ready > 0 && i < count; i++) {
        if (all[i].fd >= 0) {
            all[i].revents = watched[at++].revents;
        }
    }
    return ready;
}

static long wait(struct monitor *m, struct pollfd *polled, bool *rested) {
    bool hold = clients_hold(m);
    bool unplugged = false;
    int count = watch(polled, 0, m->ended ? -1 : (int)m->parameters->pidfd, POLLIN);
    count = watch(polled, count, m->lifeline, POLLIN);
    count = watch(polled, count, m->session, POLLIN);
    count = watch(polled, count, m->crowded ? -1 : m->listener, POLLIN);
    count = watch(polled, count, clients_have_input(m) ? m->input : -1, POLLOUT);
    for (int i = 0; i < 2; i++) {
        struct output *output = &m->outputs[i];
        unplugged |= output->unplugged;
        count = watch(polled, count, hold || output->unplugged ? -1 : output->fd, POLLIN);
    }
    for (int i = 0; i < CLIENTS; i++) {
        struct client *client = &m->clients[i];
        short events = client->fd < 0 ? 0 : client_events(client);
        count = watch(polled, count, events == 0 ? -1 : client->fd, events);
    }
    struct __kernel_timespec rest = {REST, 0};
    bool forever = *rested && !m->crowded && !unplugged;
    long ready = poll_watched(polled, count, forever ? 0 : &rest);
    m->outputs[0].unplugged = false;
    m->outputs[1].unplugged = false;
    if (ready == 0) {
        m->crowded = false;
        if (!*rested) {
            clients_release(m);
            log_release();
        }
    }
    *rested = ready == 0;
    return ready;
}

static void hear_owner(struct monitor *m, const struct pollfd *polled) {
    uint8_t unused[64];
    if (polled[LIFELINE].revents != 0 &&
        sys3(__NR_read, m->lifeline, (long)unused, sizeof unused) <= 0) {
        m->lifeline = shut(m->lifeline);
        m->orphaned = true;
        if (!m->ended) {
            /* Its process group is what exec started (Linux 6.9); a container's init takes all. */
            if (sys4(__NR_pidfd_send_signal, m->parameters->pidfd, KILL, 0, GROUP) < 0) {
                sys4(__NR_pidfd_send_signal, m->parameters->pidfd, KILL, 0, 0);
            }
            /* Now and not at its end: processes that are held still end with their cgroup only. */
            monitor_finished(m->parameters, true);
        }
    }
    if (polled[SESSION].revents != 0 &&
        sys3(__NR_read, m->session, (long)unused, sizeof unused) <= 0) {
        /* Half closed, it stays: its end tells who started us that we have ended. */
        m->session = polled[SESSION].revents & POLLHUP ? shut(m->session) : -1;
    }
}

static void serve(struct monitor *m, const struct pollfd *polled) {
    hear_owner(m, polled);
    for (int i = 0; i < 2; i++) {
        struct output *output = &m->outputs[i];
        long got = BATCH;
        for (int n = 0; n < ROUNDS && polled[OUTPUTS + i].revents != 0 && output->fd >= 0 &&
                        got == BATCH && !clients_hold(m);
             n++) {
            got = pump(m, output);
        }
    }
    if (polled[INPUT].revents != 0) {
        clients_feed(m);
    }
    for (int i = 0; i < CLIENTS; i++) {
        struct client *client = &m->clients[i];
        short events = polled[FIRST + i].fd >= 0 ? polled[FIRST + i].revents : 0;
        if (events != 0 && client->fd >= 0 && (client_events(client) & POLLIN) != 0) {
            client_receive(m, client);
        }
        if (events != 0 && client->fd >= 0) {
            client_send(m, client);
        }
    }
    if (polled[LISTENER].revents != 0) {
        clients_accept(m);
    }
    if (polled[PROCESS].revents != 0 && reap(m)) {
        end(m);
    }
}

int monitor_run(const struct wire_monitor *p) {
    uint64_t all = ~(uint64_t)0;
    sys4(__NR_rt_sigprocmask, 2 /* SIG_SETMASK */, (long)&all, 0, sizeof all);
    struct monitor *m = &the;
    *m = (struct monitor){.parameters = p,
                          .outputs = {{.fd = (int)p->out, .stream = STREAM_OUT, .left = BATCH},
                                      {.fd = (int)p->err, .stream = STREAM_ERR, .left = BATCH}},
                          .input = (int)p->in,
                          .listener = (int)p->listener,
                          .lifeline = (int)p->lifeline,
                          .session = (int)p->session};
    unblock(m->outputs[0].fd);
    unblock(m->outputs[1].fd);
    unblock(m->input);
    unblock(m->listener);
    log_open(&m->log, (p->flags & WIRE_MONITOR_LOGGED) != 0 ? (int)p->directory : -1,
             p->log_max_size, p->log_max_files);
    m->logged = m->log.fd >= 0;
    clients_open(m, (int)p->client);
    bool rested = true;
    for (;;) {
        log_trim(&m->log, clients_need(m));
        if (m->finished) {
            pump_rest(m);
            if (clients_end(m)) {
                log_trim(&m->log, clients_need(m));
                return m->report.code < 0 ? 255 : m->report.code;
            }
        }
        struct pollfd polled[FIRST + CLIENTS];
        if (wait(m, polled, &rested) > 0) {
            serve(m, polled);
        }
    }
}
