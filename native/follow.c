/*
 * The log follower: what `logs -f` becomes.
 *
 *   mydocker-logs DIRECTORY OFFSET CONNECTION FLAGS SINCE UNTIL [FILE]
 *
 * DIRECTORY holds container.log, which is read from OFFSET (or FILE is, a descriptor of the file
 * that OFFSET was taken in, should it have been rotated since). CONNECTION leads to the monitor:
 * its end is the container's, -1 says that there is none to wait for. SINCE and UNTIL are
 * nanoseconds since 1970, 0 for any. Signals keep their default effect: there is nothing to
 * restore.
 */
#include "log.h"
#include "monitor.h"
#include "text.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/inotify.h>
#include <linux/poll.h>
#include <linux/stat.h>
#include <linux/time_types.h>

enum { BUFFER = 16384, SECOND = 1000000000, FAILED = 125, LOOK_AGAIN = SECOND / 5, TRIES = 8 };
enum { GONE = -1, ELSEWHERE = -2 };

struct follower {
    int directory;
    int connection;
    int notify; /* -1: no inotify left for us, then we look every fifth of a second */
    uint32_t flags;
    int64_t since;
    int64_t until;
    int file;
    uint64_t inode;
    int64_t age; /* a number that the file had */
    uint64_t offset;
    bool over; /* a record at or after `until` was met */

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

static struct statx status_of(int directory, const char *name) {
    struct statx status;
    long flags = AT_SYMLINK_NOFOLLOW | (*name == 0 ? AT_EMPTY_PATH : 0);
    if (sys5(__NR_statx, directory, (long)name, flags, STATX_INO | STATX_NLINK, (long)&status) !=
        0) {
        status = (struct statx){0};
    }
    return status;
}

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
        f->file < 0 ? 0 : sys4(__NR_pread64, f->file, (long)f->text, BUFFER, (long)f->offset);
    size_t consumed = got > 0 ? decode(f, f->text, (size_t)got) : 0;
    f->offset += consumed;
    return consumed > 0;
}

static void take_file(struct follower *f, int file, int64_t age, uint64_t offset) {
    if (f->file >= 0) {
        sys1(__NR_close, f->file);
    }
    f->file = file;
    f->inode = status_of(file, "").stx_ino;
    f->age = age;
    f->offset = offset;
    f->inside = false;
}

static int open_age(const struct follower *f, int64_t age) {
    char name[40];
    return (int)sys4(__NR_openat, f->directory, (long)log_name(name, (uint64_t)age),
                     O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
}

/* 0 where there is none. */
static uint64_t inode_at(const struct follower *f, int64_t age) {
    char name[40];
    return status_of(f->directory, log_name(name, (uint64_t)age)).stx_ino;
}

/*
 * What follows is engine/LogFiles in C; there it says why none is left out, whatever is rotated
 * meanwhile.
 */

/* The number that our file has. */
static int64_t find(struct follower *f) {
    for (int i = 0; i < TRIES; i++) {
        if (f->file < 0 || status_of(f->file, "").stx_nlink == 0) {
            return GONE;
        }
        int64_t age = f->age;
        for (int missing = 0; missing < 2; age++) {
            uint64_t inode = inode_at(f, age);
            if (inode == f->inode) {
                f->age = age;
                return age;
            }
            missing = inode == 0 ? missing + 1 : 0;
        }
    }
    return ELSEWHERE; /* somebody gave it a name of their own */
}

/* The highest number, from one on; one less where there is none. */
static int64_t highest(const struct follower *f, int64_t from) {
    int64_t found = from - 1;
    for (int64_t age = from; age <= found + 2; age++) {
        found = inode_at(f, age) != 0 ? age : found;
    }
    return found;
}

/* Whether our file has a number, and none is between it and `next`. */
static bool is_behind(const struct follower *f, int64_t next, int64_t ours) {
    for (int64_t age = next + 1; age < ours; age++) {
        if (inode_at(f, age) != 0) {
            return false;
        }
    }
    return inode_at(f, ours) == f->inode;
}

/* Opens the file after ours, or the oldest that is left; its number is in `age`. -1: none yet. */
static int open_next(struct follower *f, int64_t *age) {
    for (;;) {
        int64_t ours = find(f);
        if (ours == 0) {
            return -1;
        }
        int64_t next = ours == GONE ? highest(f, 0) : ours == ELSEWHERE ? 0 : ours - 1;
        int file = next < 0 ? -1 : open_age(f, next);
        while (file < 0 && next > 0) {
            file = open_age(f, --next);
        }
        *age = next;
        if (file < 0 || ours == ELSEWHERE ||
            (ours == GONE ? highest(f, next + 1) == next : is_behind(f, next, ours))) {
            return file;
        }
        sys1(__NR_close, file);
    }
}

/* Waits for more; false once nothing can come. */
static bool wait(struct follower *f) {
    uint8_t unused[4096];
    struct pollfd polled[2] = {{f->notify, POLLIN, 0}, {f->connection, POLLIN, 0}};
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
    sys5(__NR_ppoll, (long)polled, 2, most < 0 ? 0 : (long)&time, 0, 0);
    if (polled[0].revents != 0) {
        sys3(__NR_read, f->notify, (long)unused, sizeof unused);
    }
    if (polled[1].revents != 0) {
        /* EXIT comes right before the end; there is nothing else to learn here. */
        long got = sys6(__NR_recvfrom, f->connection, (long)unused, sizeof unused, 0, 0, 0);
        if (got <= 0 && got != -EINTR) {
            f->connection = -1;
        }
    }
    return true;
}

static void hello(const struct follower *f) {
    struct {
        uint8_t header[8];
        uint32_t version, wants;
    } frame = {{WIRE_ATTACH_HELLO, 0, 0, 0, 8, 0, 0, 0}, WIRE_ATTACH_VERSION, 0};
    sys6(__NR_sendto, f->connection, (long)&frame, sizeof frame, 0x4000 /* MSG_NOSIGNAL */, 0, 0);
}

static int watch_directory(const struct follower *f) {
    char path[40];
    char *end = text_append(path, "/proc/self/fd/");
    end[decimal_format(end, f->directory)] = 0;
    int notify = (int)sys1(__NR_inotify_init1, O_CLOEXEC | O_NONBLOCK);
    if (notify >= 0 &&
        sys3(__NR_inotify_add_watch, notify, (long)path, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
        sys1(__NR_close, notify);
        notify = -1;
    }
    return notify;
}

int follow_main(int argc, char **argv) {
    static const char usage[] =
        "usage: mydocker-logs DIRECTORY OFFSET CONNECTION FLAGS SINCE UNTIL [FILE]\n";
    struct follower *f = &the;
    int64_t numbers[7] = {-1, 0, -1, 0, 0, 0, -1};
    uint64_t none = 0;
    for (int i = 0; i < 7 && i + 1 < argc; i++) {
        if (!decimal_parse(argv[i + 1], &numbers[i])) {
            argc = 0;
        }
    }
    if (argc < 7) {
        write_fully(2, usage, sizeof usage - 1);
        return FAILED;
    }
    /* The JVM that we were blocks some signals. */
    sys4(__NR_rt_sigprocmask, 2 /* SIG_SETMASK */, (long)&none, 0, sizeof none);
    f->directory = (int)numbers[0];
    f->connection = (int)numbers[2];
    f->flags = (uint32_t)numbers[3];
    f->since = numbers[4];
    f->until = numbers[5];
    f->pending_fd = 1;
    f->file = -1;
    f->notify = -1;
    if (f->connection >= 0) {
        hello(f);
        f->notify = watch_directory(f);
    }
    take_file(f, numbers[6] >= 0 ? (int)numbers[6] : open_age(f, 0), 0, (uint64_t)numbers[1]);
    for (bool more = true; more && !f->over;) {
        /* What is noticed before reading is complete once reading comes to the end. */
        bool last = f->connection < 0;
        int64_t age;
        int next = open_next(f, &age);
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
    return 0;
}
