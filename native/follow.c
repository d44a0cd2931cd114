/*
 * The log follower: what `logs -f` becomes.
 *
 *   mydocker-logs DIRECTORY OFFSET INIT MONITOR FLAGS SINCE UNTIL [FILE [RUN-DIRECTORY NAME]]
 *
 * DIRECTORY holds container.log, which is read from OFFSET (or FILE is, a descriptor of the file
 * that OFFSET was taken in, should it have been rotated since). INIT and MONITOR are pidfds, -1
 * where there is none to wait for. SINCE and UNTIL are nanoseconds since 1970, 0 for any. Signals
 * keep their default effect: there is nothing to restore.
 *
 * The monitor knows nothing of its log's readers, so they may be any number. The log is whole when
 * the end is recorded: when the file `exit` is there, or DIRECTORY is not any more. Else
 *
 *   init runs, its monitor ended    it was killed: the next command gives init another, which goes
 *                                   on with the log
 *   both ended                      a monitor that took over listens in RUN-DIRECTORY; without one
 *                                   nobody took what was written last
 */
#include "log.h"
#include "monitor.h"
#include "rotated.h"
#include "text.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/inotify.h>
#include <linux/poll.h>
#include <linux/time_types.h>

enum { BUFFER = 16384, SECOND = 1000000000, FAILED = 125, LOOK_AGAIN = SECOND / 5 };
enum { ARGUMENTS = 8, AF_UNIX = 1, SOCK_STREAM = 1, NOSIGNAL = 0x4000 };

struct follower {
    struct rotated log;
    int init;         /* -1: has ended */
    int monitor;      /* -1: has ended */
    int adopter;      /* a connection to the monitor that took over, or -1 */
    const char *run;  /* where that one listens; NULL: nowhere */
    const char *name; /* the container's */
    bool recorded;    /* its end; nothing is added to the log any more */
    bool lost;        /* it ended, and nobody is there to record it */
    bool sought;      /* somebody who does */
    int notify;       /* -1: no inotify left for us, then we look every fifth of a second */
    uint32_t flags;
    int64_t since;
    int64_t until;
    uint64_t offset; /* in the log's file */
    bool over;       /* a record at or after `until` was met */

    bool inside; /* a record whose prefix was read */
    bool shown;
    bool piece;
    uint8_t stream;
    bool within_line[2];

    uint8_t text[BUFFER];
    uint8_t pending[BUFFER]; /* one stream's output at a time, so that the order is kept */
    size_t pending_length;
    int pending_fd;
};

static struct follower the;

__attribute__((noreturn)) static void leave(int code) {
    for (;;) {
        sys1(__NR_exit_group, code);
    }
}

static void flush(struct follower *f) {
    long error = write_fully(f->pending_fd, f->pending, f->pending_length);
    f->pending_length = 0;
    if (error != 0) {
        leave(FAILED); /* an EPIPE is SIGPIPE's before it gets here, unless that is ignored */
    }
}

static void show(struct follower *f, int stream, const uint8_t *text, size_t length) {
    int fd = stream == STREAM_OUT ? 1 : 2;
    if (f->pending_fd != fd || length > sizeof f->pending - f->pending_length) {
        flush(f);
        f->pending_fd = fd;
    }
    memcpy(f->pending + f->pending_length, text, length);
    f->pending_length += length;
}

static void begin(struct follower *f, const uint8_t *prefix) {
    uint32_t wanted = WIRE_FOLLOW_OUT;
    f->shown = log_record(prefix, &f->stream, &f->piece);
    if (!f->shown) {
        return;
    }
    wanted = f->stream == STREAM_OUT ? WIRE_FOLLOW_OUT : WIRE_FOLLOW_ERR;
    if (f->since > 0 || f->until > 0) {
        int64_t time = stamp_parse(prefix);
        f->shown = time >= f->since;
        f->over = f->until > 0 && time >= f->until;
    }
    f->shown &= (f->flags & wanted) != 0 && !f->over;
    if (f->shown && (f->flags & WIRE_FOLLOW_TIMES) != 0 && !f->within_line[f->stream]) {
        show(f, f->stream, prefix, STAMP_LENGTH);
        show(f, f->stream, (const uint8_t *)" ", 1);
    }
}

/* Consumes what is complete of the text; how much. */
static size_t decode(struct follower *f, const uint8_t *text, size_t length) {
    const uint8_t *at = text;
    const uint8_t *end = text + length;
    while (at < end && !f->over) {
        if (!f->inside) {
            if (end - at < LOG_PREFIX) {
                break;
            }
            begin(f, at);
            f->inside = true;
            uint8_t stream;
            bool piece;
            at += log_record(at, &stream, &piece) ? LOG_PREFIX : 0;
        }
        const uint8_t *newline = find_newline(at, end);
        size_t line = (size_t)((newline != NULL ? newline : end) - at);
        if (f->shown) {
            bool whole = newline != NULL && !f->piece;
            show(f, f->stream, at, line);
            if (whole) {
                show(f, f->stream, (const uint8_t *)"\n", 1);
            }
            f->within_line[f->stream] = !whole;
        }
        at += line + (newline != NULL);
        f->inside = newline == NULL;
    }
    return (size_t)(at - text);
}

/* False at the file's end, where less than a record's beginning may be left. */
static bool progress(struct follower *f) {
    long got =
        f->log.fd < 0 ? 0 : sys4(__NR_pread64, f->log.fd, (long)f->text, BUFFER, (long)f->offset);
    size_t consumed = got > 0 ? decode(f, f->text, (size_t)got) : 0;
    f->offset += consumed;
    return consumed > 0;
}

static void take_file(struct follower *f, int file, int64_t age, uint64_t offset) {
    rotated_take(&f->log, file, age);
    f->offset = offset;
    f->inside = false;
}

__attribute__((noreturn)) static void leave_usage(void) {
    static const char usage[] = "usage: mydocker-logs DIRECTORY OFFSET INIT MONITOR FLAGS SINCE "
                                "UNTIL [FILE [RUN-DIRECTORY NAME]]\n";
    write_fully(2, usage, sizeof usage - 1);
    leave(FAILED);
}

static void tell(struct follower *f, const char *what) {
    char text[512];
    char *end = text_append(text, "mydocker: follow the logs of ");
    for (const char *name = f->name; *name != 0 && end < text + 256; name++) {
        *end++ = *name;
    }
    end = text_append(text_append(end, what), "\n");
    flush(f);
    write_fully(2, text, (size_t)(end - text));
}

static void tell_of_monitor(struct follower *f) {
    if (f->init >= 0 && f->monitor < 0 && !f->recorded) {
        tell(f, ": its monitor was killed: more is shown once the next command gave it another");
    }
}

static void look_for_record(struct follower *f) {
    struct statx directory = rotated_status(f->log.directory, "");
    f->recorded |=
        directory.stx_nlink == 0 || rotated_status(f->log.directory, "exit").stx_ino != 0;
}

/* The record may be gone again when we look, with --rm or after the next start. */
static void take_events(struct follower *f) {
    static uint8_t events[4096] __attribute__((aligned(8)));
    for (;;) {
        long got = sys3(__NR_read, f->notify, (long)events, sizeof events);
        if (got <= 0) {
            return;
        }
        for (long at = 0; at < got;) {
            const struct inotify_event *event = (const struct inotify_event *)(events + at);
            if ((event->mask & IN_Q_OVERFLOW) != 0) {
                look_for_record(f);
            }
            f->recorded |= (event->mask & IN_MOVED_TO) != 0 && event->len >= sizeof "exit" &&
                           memcmp(event->name, "exit", sizeof "exit") == 0;
            at += (long)(sizeof *event + event->len);
        }
    }
}

/* The end of a pidfd is that of its process, the end of a connection that of its monitor. */
static int ended(int fd) {
    sys1(__NR_close, fd);
    return -1;
}

/* Waits for more; false once what comes is not wanted. */
static bool wait(struct follower *f) {
    uint8_t unused[64];
    struct pollfd polled[4] = {{f->notify, POLLIN, 0},
                               {f->init, POLLIN, 0},
                               {f->monitor, POLLIN, 0},
                               {f->adopter, POLLIN, 0}};
    int64_t most = f->notify < 0 ? LOOK_AGAIN : -1;
    if (f->until > 0) {
        struct moment now = moment_now();
        int64_t rest = f->until - (now.seconds * SECOND + now.nanoseconds);
        if (rest <= 0) {
            return false;
        }
        most = most < 0 || rest < most ? rest : most;
    }
    struct __kernel_timespec time = {most / SECOND, most % SECOND};
    sys5(__NR_ppoll, (long)polled, 4, most < 0 ? 0 : (long)&time, 0, 0);
    f->init = polled[1].revents != 0 ? ended(f->init) : f->init;
    if (polled[2].revents != 0) {
        f->monitor = ended(f->monitor);
    }
    if (polled[3].revents != 0) {
        /* EXIT comes right before the end; there is nothing else to learn here. */
        long got = sys6(__NR_recvfrom, f->adopter, (long)unused, sizeof unused, 0, 0, 0);
        f->adopter = got <= 0 && got != -EINTR ? ended(f->adopter) : f->adopter;
    }
    /* After the processes: what they did before they ended is told by then. */
    if (f->notify < 0) {
        look_for_record(f);
    } else {
        take_events(f);
    }
    if (polled[2].revents != 0) {
        tell_of_monitor(f);
    }
    return true;
}

/* Connects to a monitor that took over; -1 where there is none. */
static int find_adopter(const struct follower *f) {
    struct {
        uint8_t header[8];
        uint32_t version, wants;
    } hello = {{WIRE_ATTACH_HELLO, 0, 0, 0, 8, 0, 0, 0}, WIRE_ATTACH_VERSION, 0};
    struct {
        uint16_t family;
        char path[108];
    } address = {AF_UNIX, {0}};
    if (f->run == NULL) {
        return -1;
    }
    int directory =
        (int)sys4(__NR_openat, AT_FDCWD, (long)f->run, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    int fd = (int)sys3(__NR_socket, AF_UNIX, SOCK_STREAM | O_CLOEXEC, 0);
    char *end = text_append(address.path, "/proc/self/fd/");
    end += decimal_format(end, directory);
    text_append(end, "/attach");
    if (directory < 0 || fd < 0 || sys3(__NR_connect, fd, (long)&address, sizeof address) != 0) {
        sys1(__NR_close, fd);
        fd = -1;
    } else {
        sys6(__NR_sendto, fd, (long)&hello, sizeof hello, NOSIGNAL, 0, 0);
    }
    sys1(__NR_close, directory);
    return fd;
}

/* Whether nothing is added to the log any more; what was is to be read after this. */
static bool is_over(struct follower *f) {
    if (f->recorded || f->init >= 0 || f->monitor >= 0 || f->adopter >= 0) {
        return f->recorded;
    }
    look_for_record(f);
    if (f->recorded) {
        return true;
    }
    if (f->sought) {
        /* It had no place for us, or was killed too. */
        const struct __kernel_timespec time = {0, LOOK_AGAIN};
        sys2(__NR_nanosleep, (long)&time, 0);
    }
    f->sought = true;
    f->adopter = find_adopter(f);
    f->lost = f->adopter < 0;
    return f->lost;
}

static int watch_directory(const struct follower *f) {
    char path[40];
    char *end = text_append(path, "/proc/self/fd/");
    end[decimal_format(end, f->log.directory)] = 0;
    int notify = (int)sys1(__NR_inotify_init1, O_CLOEXEC | O_NONBLOCK);
    if (notify >= 0 &&
        sys3(__NR_inotify_add_watch, notify, (long)path, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
        sys1(__NR_close, notify);
        notify = -1;
    }
    return notify;
}

int follow_main(int argc, char **argv) {
    struct follower *f = &the;
    int64_t numbers[ARGUMENTS] = {-1, 0, -1, -1, 0, 0, 0, -1};
    uint64_t none = 0;
    for (int i = 0; i < ARGUMENTS && i + 1 < argc; i++) {
        if (!decimal_parse(argv[i + 1], &numbers[i])) {
            argc = 0;
        }
    }
    if (argc < ARGUMENTS) {
        leave_usage();
    }
    /* The JVM that we were blocks some signals. */
    sys4(__NR_rt_sigprocmask, 2 /* SIG_SETMASK */, (long)&none, 0, sizeof none);
    *f = (struct follower){.log = {.directory = (int)numbers[0], .fd = -1},
                           .init = (int)numbers[2],
                           .monitor = (int)numbers[3],
                           .adopter = -1,
                           .run = argc > ARGUMENTS + 1 ? argv[ARGUMENTS + 1] : NULL,
                           .name = argc > ARGUMENTS + 2 ? argv[ARGUMENTS + 2] : "the container",
                           .flags = (uint32_t)numbers[4],
                           .since = numbers[5],
                           .until = numbers[6],
                           .pending_fd = 1,
                           .notify = -1};
    f->recorded = f->init < 0 && f->monitor < 0;
    if (!f->recorded) {
        f->notify = watch_directory(f);
        look_for_record(f);
        /* It may have been killed since the command that became us looked for it. */
        tell_of_monitor(f);
    }
    int file = (int)numbers[ARGUMENTS - 1];
    take_file(f, file >= 0 ? file : rotated_open(&f->log, 0), 0, (uint64_t)numbers[1]);
    for (bool more = true; more && !f->over;) {
        /* What is noticed before reading is complete once reading comes to the end. */
        bool last = is_over(f);
        int64_t age;
        int next = rotated_next(&f->log, &age);
        while (!f->over && progress(f)) {
        }
        if (next >= 0) {
            take_file(f, next, age, 0);
            continue;
        }
        flush(f);
        more = !last && wait(f);
    }
    flush(f);
    if (f->lost) {
        tell(f, ": it ended without a monitor: what it wrote last is lost");
    }
    return f->lost ? FAILED : 0;
}
