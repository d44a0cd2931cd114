/* The log's writer: batches of whole records, rotation, a full disk. */
#include "log.h"
#include "text.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/stat.h>
#include <linux/uio.h>

enum {
    BUFFER = 8192,
    /* What is held for clients that lag behind: so many bytes, and so many files, all of which each
     * rotation renames. */
    HELD_BYTES = 64 << 20,
    HELD_FILES = 1000
};

/* Only whole records are in it; a longer one is written past it. */
static uint8_t buffer[BUFFER] __attribute__((aligned(4096)));
static size_t used;

void log_release(void) {
    sys3(__NR_madvise, (long)buffer, sizeof buffer, MADV_DONTNEED);
}

char *log_name(char to[40], uint64_t age) {
    char *end = text_append(to, "container.log");
    if (age > 0) {
        *end++ = '.';
        end += decimal_format(end, (int64_t)age);
    }
    *end = 0;
    return to;
}

static bool exists(const struct log *log, uint64_t age) {
    char name[40];
    return sys4(__NR_faccessat2, log->directory, (long)log_name(name, age), 0,
                AT_SYMLINK_NOFOLLOW) == 0;
}

uint64_t log_oldest(const struct log *log) {
    uint64_t age = 0;
    while (exists(log, age + 1)) {
        age++;
    }
    return log->sequence - age;
}

void log_measure(struct log *log) {
    struct statx status;
    if (sys5(__NR_statx, log->fd, (long)"", AT_EMPTY_PATH, STATX_SIZE, (long)&status) == 0) {
        log->size = status.stx_size;
    }
}

/* Reading is for the check of the last byte; appending, so that a `truncate` by hand is survived.
 */
static void open_current(struct log *log) {
    log->fd = (int)sys4(__NR_openat, log->directory, (long)"container.log",
                        O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    log->size = 0;
    if (log->fd >= 0) {
        log_measure(log);
    }
}

/* How many files stay while `newest` is the latest of them. */
static uint64_t kept(const struct log *log, uint64_t newest, uint64_t needed) {
    uint64_t held = HELD_BYTES / log->max_size;
    uint64_t most = log->max_files + (held < HELD_FILES ? held : HELD_FILES);
    uint64_t wanted = needed <= newest ? newest - needed + 1 : 0;
    uint64_t files = wanted < most ? wanted : most;
    return files > log->max_files ? files : log->max_files;
}

static void remove_from(struct log *log, uint64_t age) {
    char name[40];
    while (sys3(__NR_unlinkat, log->directory, (long)log_name(name, age), 0) == 0) {
        age++;
    }
}

void log_trim(struct log *log, uint64_t needed) {
    if (log->holds) {
        uint64_t files = kept(log, log->sequence, needed);
        remove_from(log, files);
        log->holds = files > log->max_files;
    }
}

void log_open(struct log *log, int directory, uint64_t max_size, uint64_t max_files) {
    *log = (struct log){.directory = directory,
                        .fd = -1,
                        .sequence = (uint64_t)1 << 32,
                        .max_size = max_size,
                        .max_files = max_files > 0 ? max_files : 1};
    if (directory < 0) {
        return;
    }
    open_current(log);
    if (max_size != 0) {
        /* What a monitor that was killed held for its clients. */
        remove_from(log, log->max_files);
    }
    /* A monitor before us may have been killed within a record: ours must begin on a new line. */
    uint8_t last = '\n';
    if (log->size > 0) {
        sys4(__NR_pread64, log->fd, (long)&last, 1, (long)(log->size - 1));
    }
    if (last != '\n' && sys3(__NR_write, log->fd, (long)"\n", 1) == 1) {
        log->size++;
    }
}

/*
 * A record is never left torn: what was written of a failed batch is cut off again, and where it
 * is missing a line says so as soon as there is room. The container is not made to wait.
 */
static bool put(struct log *log, struct iovec *parts, long count) {
    size_t length = 0;
    for (long i = 0; i < count; i++) {
        length += parts[i].iov_len;
    }
    long written;
    do {
        written = sys3(__NR_writev, log->fd, (long)parts, count);
    } while (written == -EINTR);
    if (written == (long)length) {
        log->size += length;
        return true;
    }
    if (written > 0) {
        sys2(__NR_ftruncate, log->fd, (long)log->size);
    }
    return false;
}

static void prefix(uint8_t *to, struct moment now, int stream) {
    stamp_format(to, now);
    __builtin_memcpy(to + STAMP_LENGTH, stream == STREAM_OUT ? " stdout F " : " stderr F ", 10);
}

static void note_loss(struct log *log) {
    static const char text[] = "mydocker: output is missing here, the log could not be written\n";
    uint8_t head[LOG_PREFIX];
    prefix(head, moment_now(), STREAM_ERR);
    struct iovec parts[2] = {{head, LOG_PREFIX}, {(void *)text, sizeof text - 1}};
    log->lost = !put(log, parts, 2);
}

static void put_noting(struct log *log, struct iovec *parts, long count) {
    if (log->lost) {
        note_loss(log);
    }
    if (log->lost || !put(log, parts, count)) {
        log->lost = true;
    }
}

static void flush(struct log *log) {
    if (used > 0) {
        struct iovec part = {buffer, used};
        put_noting(log, &part, 1);
        used = 0;
    }
}

/* False where it failed. */
static bool rotate(struct log *log, uint64_t needed) {
    uint64_t age = 0;
    char from[40];
    char to[40];
    uint64_t files = kept(log, log->sequence + 1, needed);
    while (age + 1 < files && exists(log, age)) {
        age++;
    }
    if (age == 0) {
        long error = sys3(__NR_unlinkat, log->directory, (long)"container.log", 0);
        if (error != 0 && error != -ENOENT) {
            return false;
        }
    }
    for (; age > 0; age--) {
        if (sys5(__NR_renameat2, log->directory, (long)log_name(from, age - 1), log->directory,
                 (long)log_name(to, age), 0) != 0) {
            return false;
        }
    }
    int old = log->fd;
    open_current(log);
    if (log->fd < 0) {
        /* Without a descriptor for the new file, what was the old one goes on under its new name.
         */
        log->fd = old;
        return false;
    }
    sys1(__NR_close, old);
    log->sequence++;
    log->holds |= files > log->max_files;
    log_trim(log, needed);
    return true;
}

/*
 * In front of the first record beyond the limit: between lines, if one record more than that is
 * room enough for the end of a line.
 */
static void rotate_if_due(struct log *log, size_t record, uint64_t needed) {
    uint64_t size = log->size + used;
    bool between = !log->unfinished[STREAM_OUT] && !log->unfinished[STREAM_ERR];
    if (log->max_size == 0 || size < log->max_size ||
        (!between && size + record <= log->max_size + LOG_RECORD)) {
        return;
    }
    flush(log);
    if (log->size >= log->max_size && !rotate(log, needed)) {
        /* The log grows on, output being worth more than the limit; and this is not tried always.
         */
        log->max_size *= 2;
    }
}

void log_append(struct log *log, int stream, const uint8_t *data, size_t length, uint64_t needed) {
    if (log->fd < 0) {
        return;
    }
    uint8_t head[LOG_PREFIX];
    prefix(head, moment_now(), stream);
    const uint8_t *end = data + length;
    while (data < end) {
        const uint8_t *newline = find_newline(data, end);
        size_t line = (size_t)((newline != NULL ? newline : end) - data);
        size_t record = LOG_PREFIX + line + 1;
        rotate_if_due(log, record, needed);
        head[LOG_PREFIX - 2] = newline != NULL ? 'F' : 'P';
        log->unfinished[stream] = newline == NULL;
        if (record > sizeof buffer - used) {
            flush(log);
        }
        if (record > sizeof buffer) {
            struct iovec parts[3] = {{head, LOG_PREFIX}, {(void *)data, line}, {(void *)"\n", 1}};
            put_noting(log, parts, 3);
        } else {
            uint8_t *to = buffer + used;
            __builtin_memcpy(to, head, LOG_PREFIX);
            memcpy(to + LOG_PREFIX, data, line);
            to[record - 1] = '\n';
            used += record;
        }
        data += line + (newline != NULL);
    }
    flush(log);
}
