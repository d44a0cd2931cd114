/*
 * Who stays for a container that runs in the foreground (`run` and `exec` of the OCI runtime, not
 * detached), once only waiting is left:
 *
 *   mydocker-foreground PID MASTER DIRECTORY FLAGS GUARD WHAT
 *
 * PID is a child of this process, or of its guard. MASTER is its terminal's or -1, DIRECTORY the
 * container's or -1; both are descriptors. Signals are passed on, the terminal's bytes are copied,
 * and it ends with the process's exit code. With START it starts a container that was created,
 * since a signal that comes while that runs must not find a JVM that is about to become this; WHAT
 * begins the message should it fail. With CLEANUP it performs the container's cleanup.plan at the
 * end.
 *
 * GUARD is the session of the helper that made the process, or -1. That ends the container and
 * cleans up should its caller be killed, up to here: from now on no signal ends this process
 * unheard.
 */
#include "interp.h"
#include "monitor.h"
#include "terminal.h"
#include "text.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <asm/signal.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/wait.h>

enum { BUFFER = 8192, SET_SIZE = 8, FAILED = 1 };
enum { START = 1, CLEANUP = 2 };
enum { UNIX = 1, STREAM = 1, ADDRESS_SIZE = 110 };

struct stream {
    uint8_t data[BUFFER];
    uint32_t start, end;
    bool ended; /* no more comes */
};

struct foreground {
    int64_t pid;
    int signals;
    int master;
    int starting; /* the connection to the process that is being started, or -1 */
    bool failed;
    const char *what;
    struct channel in, out;
    struct stream typed, shown;
};

static struct foreground the;

/* The start is told by the end of the connection, and its failure by a reply; see StartReport. */
static int connect_start(int directory) {
    struct {
        uint16_t family;
        char path[ADDRESS_SIZE - 2];
    } address = {UNIX, {0}};
    char *end = text_append(address.path, "/proc/self/fd/");
    end += decimal_format(end, directory);
    *text_append(end, "/start.sock") = 0;
    long socket = sys3(__NR_socket, UNIX, STREAM | O_CLOEXEC, 0);
    long error = socket < 0 ? socket : sys3(__NR_connect, socket, (long)&address, sizeof address);
    sys3(__NR_unlinkat, directory, (long)"start.sock", 0);
    return error < 0 ? (int)error : (int)socket;
}

static const char *error_text(int error) {
    switch (error) {
    case ENOENT:
        return "no such file or directory";
    case EACCES:
        return "permission denied";
    case ENOEXEC:
        return "exec format error";
    case E2BIG:
        return "argument list too long";
    case ENOMEM:
        return "cannot allocate memory";
    default:
        return NULL;
    }
}

static void tell(struct foreground *f, int error) {
    static const char program[] = "mydocker-oci: ";
    char text[64];
    const char *known = error_text(error);
    char *end = text_append(text, ": ");
    if (known != NULL) {
        end = text_append(end, known);
    } else {
        end = text_append(end, "error ");
        end += decimal_format(end, error);
    }
    end = text_append(end, "\n");
    size_t length = 0;
    while (f->what[length] != 0) {
        length++;
    }
    write_fully(2, program, sizeof program - 1);
    write_fully(2, f->what, length);
    write_fully(2, text, (size_t)(end - text));
    f->failed = true;
}

static void hear_start(struct foreground *f) {
    struct wire_header reply;
    long got = sys6(__NR_recvfrom, f->starting, (long)&reply, sizeof reply, 0, 0, 0);
    if (got == -EINTR) {
        return;
    }
    if (got == sizeof reply) {
        tell(f, reply.error);
    }
    /* One that could not be started ends when nobody talks to it any more. */
    sys1(__NR_close, f->starting);
    f->starting = -1;
}

static void resize(const struct foreground *f) {
    struct window size;
    if (f->master >= 0 && terminal_size(&size)) {
        sys3(__NR_ioctl, f->master, TIOCSWINSZ, (long)&size);
    }
}

/* Ends the guard, as HelperChild.release() does; its child is ours then, for we are the subreaper.
 */
static void dismiss_guard(int guard) {
    struct {
        struct wire_header header;
        int64_t result;
        struct wire_instruction exit;
    } dismissal = {.header = {.magic = WIRE_MAGIC,
                              .version = WIRE_VERSION,
                              .length = sizeof dismissal,
                              .instructions = 1,
                              .failed = -1},
                   .exit = {.operation = WIRE_OP_EXIT}};
    message_send(guard, (const uint8_t *)&dismissal, sizeof dismissal, NULL, 0);
}

/* Reaps all that has ended; the code of our process when it has, else -1. */
static int reap(const struct foreground *f) {
    int code = -1;
    for (;;) {
        int32_t status = 0;
        long pid = sys4(__NR_wait4, -1, (long)&status, WNOHANG, 0);
        if (pid == -ECHILD && code < 0) {
            return 255;
        }
        if (pid <= 0) {
            return code;
        }
        if (pid == f->pid) {
            int signal = status & 0x7F;
            code = signal == 0 ? status >> 8 & 0xFF : 128 + signal;
        }
    }
}

/* The exit code once the process has ended, else -1. */
static int take_signal(const struct foreground *f) {
    struct {
        uint32_t number;
        uint8_t rest[124];
    } info;
    if (sys3(__NR_read, f->signals, (long)&info, sizeof info) != sizeof info) {
        return -1;
    }
    if (info.number == SIGCHLD) {
        return reap(f);
    }
    if (info.number == SIGWINCH) {
        resize(f);
    } else if (info.number != SIGURG && info.number != SIGPIPE) {
        /* It is our child and not reaped yet: its number is nobody else's. */
        sys2(__NR_kill, f->pid, info.number);
    }
    return -1;
}

/* Reads if there is room; the other end of a terminal that nobody has open is its end (EIO). */
static void fill(struct stream *stream, int from) {
    long got = sys3(__NR_read, from, (long)stream->data, BUFFER);
    if (got == -EAGAIN || got == -EINTR) {
        return;
    }
    stream->ended = got <= 0;
    stream->start = 0;
    stream->end = got > 0 ? (uint32_t)got : 0;
}

static void drain(struct stream *stream, const struct channel *to) {
    long written = channel_write(to, stream->data + stream->start, stream->end - stream->start);
    if (written > 0) {
        stream->start += (uint32_t)written;
    } else if (written != -EAGAIN && written != -EINTR) {
        /* Nobody reads it any more; the container goes on. */
        stream->start = stream->end;
    }
}

static bool is_empty(const struct stream *stream) {
    return stream->start == stream->end;
}

/* What the process has shown last, as far as it can be read and written without waiting for it. */
static void show_rest(struct foreground *f) {
    while (f->master >= 0 && !f->shown.ended) {
        while (!is_empty(&f->shown)) {
            struct pollfd ready = {f->out.fd, POLLOUT, 0};
            sys5(__NR_ppoll, (long)&ready, 1, 0, 0, 0);
            drain(&f->shown, &f->out);
        }
        struct pollfd more = {f->master, POLLIN, 0};
        const long now[2] = {0, 0};
        if (sys5(__NR_ppoll, (long)&more, 1, (long)now, 0, 0) <= 0) {
            return;
        }
        fill(&f->shown, f->master);
    }
}

static int relay(struct foreground *f) {
    const struct channel master = {f->master, false, false};
    /* It may have ended before its end was to be told by a signal. */
    int code = reap(f);
    while (code < 0) {
        bool shows = is_empty(&f->shown) && !f->shown.ended;
        bool types = is_empty(&f->typed) && !f->typed.ended;
        short wants = (short)((shows ? POLLIN : 0) | (is_empty(&f->typed) ? 0 : POLLOUT));
        struct pollfd polled[5] = {{f->signals, POLLIN, 0},
                                   {wants != 0 ? f->master : -1, wants, 0},
                                   {f->master >= 0 && types ? f->in.fd : -1, POLLIN, 0},
                                   {is_empty(&f->shown) ? -1 : f->out.fd, POLLOUT, 0},
                                   {f->starting, POLLIN, 0}};
        if (sys5(__NR_ppoll, (long)polled, 5, 0, 0, 0) <= 0) {
            continue;
        }
        if (polled[4].revents != 0) {
            hear_start(f);
        }
        if (polled[0].revents != 0) {
            code = take_signal(f);
        }
        if (shows && (polled[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            fill(&f->shown, f->master);
        }
        if (polled[2].revents != 0) {
            fill(&f->typed, f->in.fd);
        }
        if (!is_empty(&f->typed)) {
            drain(&f->typed, &master);
        }
        if (!is_empty(&f->shown)) {
            drain(&f->shown, &f->out);
        }
    }
    show_rest(f);
    return code;
}

int foreground_main(int count, char **arguments) {
    struct foreground *f = &the;
    int64_t master = -1;
    int64_t directory = -1;
    int64_t flags = 0;
    int64_t guard = -1;
    if (count != 7 || !decimal_parse(arguments[1], &f->pid) ||
        !decimal_parse(arguments[2], &master) || !decimal_parse(arguments[3], &directory) ||
        !decimal_parse(arguments[4], &flags) || !decimal_parse(arguments[5], &guard)) {
        return 125;
    }
    f->what = arguments[6];
    f->starting = -1;
    f->master = (int)master;
    uint64_t all = ~(uint64_t)0;
    sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&all, 0, SET_SIZE);
    f->signals = (int)sys4(__NR_signalfd4, -1, (long)&all, SET_SIZE, O_CLOEXEC | O_NONBLOCK);
    if (guard >= 0) {
        dismiss_guard((int)guard);
    }
    if (f->master >= 0) {
        sys3(__NR_fcntl, f->master, F_SETFL, O_RDWR | O_NONBLOCK);
        terminal_raw();
        resize(f);
    }
    f->in = channel_open(0, true);
    f->out = channel_open(1, false);
    if ((flags & START) != 0) {
        f->starting = connect_start((int)directory);
        if (f->starting < 0) {
            tell(f, -f->starting);
            sys2(__NR_kill, f->pid, SIGKILL);
        }
    }
    int code = relay(f);
    if (f->starting >= 0) {
        /* Whatever it has to say is there by now. */
        hear_start(f);
    }
    terminal_restore();
    if ((flags & CLEANUP) != 0) {
        perform_cleanup((int)directory, "cleanup.plan");
    }
    return f->failed ? FAILED : code;
}
