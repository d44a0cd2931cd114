/*
 * engine/LogFiles in C; there it says why none is left out, whatever is rotated meanwhile.
 */
#include "rotated.h"

#include "log.h"

#include <linux/fcntl.h>

enum { GONE = -1, ELSEWHERE = -2, TRIES = 8 };

struct statx rotated_status(int directory, const char *name) {
    struct statx status;
    long flags = AT_SYMLINK_NOFOLLOW | (*name == 0 ? AT_EMPTY_PATH : 0);
    if (sys5(__NR_statx, directory, (long)name, flags, STATX_INO | STATX_NLINK, (long)&status) !=
        0) {
        status = (struct statx){0};
    }
    return status;
}

void rotated_take(struct rotated *log, int fd, int64_t age) {
    if (log->fd >= 0) {
        sys1(__NR_close, log->fd);
    }
    log->fd = fd;
    log->inode = rotated_status(fd, "").stx_ino;
    log->age = age;
}

int rotated_open(const struct rotated *log, int64_t age) {
    char name[40];
    return (int)sys4(__NR_openat, log->directory, (long)log_name(name, (uint64_t)age),
                     O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
}

/* 0 where there is none. */
static uint64_t inode_at(const struct rotated *log, int64_t age) {
    char name[40];
    return rotated_status(log->directory, log_name(name, (uint64_t)age)).stx_ino;
}

/* The number that our file has. */
static int64_t find(struct rotated *log) {
    for (int i = 0; i < TRIES; i++) {
        if (log->fd < 0 || rotated_status(log->fd, "").stx_nlink == 0) {
            return GONE;
        }
        int64_t age = log->age;
        for (int missing = 0; missing < 2; age++) {
            uint64_t inode = inode_at(log, age);
            if (inode == log->inode) {
                log->age = age;
                return age;
            }
            missing = inode == 0 ? missing + 1 : 0;
        }
    }
    return ELSEWHERE; /* somebody gave it a name of their own */
}

/* The highest number, from one on; one less where there is none. */
static int64_t highest(const struct rotated *log, int64_t from) {
    int64_t found = from - 1;
    for (int64_t age = from; age <= found + 2; age++) {
        found = inode_at(log, age) != 0 ? age : found;
    }
    return found;
}

/* Whether our file has a number, and none is between it and `next`. */
static bool is_behind(const struct rotated *log, int64_t next, int64_t ours) {
    for (int64_t age = next + 1; age < ours; age++) {
        if (inode_at(log, age) != 0) {
            return false;
        }
    }
    return inode_at(log, ours) == log->inode;
}

int rotated_next(struct rotated *log, int64_t *age) {
    for (;;) {
        int64_t ours = find(log);
        if (ours == 0) {
            return -1;
        }
        int64_t next = ours == GONE ? highest(log, 0) : ours == ELSEWHERE ? 0 : ours - 1;
        int file = next < 0 ? -1 : rotated_open(log, next);
        while (file < 0 && next > 0) {
            file = rotated_open(log, --next);
        }
        *age = next;
        if (file < 0 || ours == ELSEWHERE ||
            (ours == GONE ? highest(log, next + 1) == next : is_behind(log, next, ours))) {
            return file;
        }
        sys1(__NR_close, file);
    }
}
