/*
 * Places inside a root file system that something is mounted on.
 *
 * Every name is looked up anew from the root, by openat2 with RESOLVE_IN_ROOT: whatever symbolic
 * links the image holds, nothing is opened or made outside of it.
 */
#include "interp.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/openat2.h>

enum { PATH_SIZE = 4096, MODE = 0755 };

static long open_as(int root, const char *path, uint64_t flags, uint64_t resolve) {
    struct open_how how = {.flags = flags | O_CLOEXEC,
                           .mode = (flags & O_CREAT) != 0 ? MODE : 0,
                           .resolve = RESOLVE_IN_ROOT | resolve};
    long opened = -EAGAIN;
    for (int tries = 0; opened == -EAGAIN && tries < OPENAT2_TRIES; tries++) {
        opened = sys4(__NR_openat2, root, (long)path, (long)&how, sizeof how);
    }
    return opened;
}

static long open_in(int root, const char *path, uint64_t flags) {
    return open_as(root, path, flags, 0);
}

/* Makes the directory `path`, whose parent is there; `name` is its last part. */
static long make_directory(int root, char *path, char *name) {
    long parent = root;
    if (name > path) {
        name[-1] = 0;
        parent = open_in(root, path, O_PATH | O_DIRECTORY);
        name[-1] = '/';
    }
    if (parent < 0) {
        return parent;
    }
    long error = sys3(__NR_mkdirat, parent, (long)name, MODE);
    if (parent != root) {
        sys1(__NR_close, parent);
    }
    return error == -EEXIST ? 0 : error;
}

/* Makes each directory on the way to `path`'s last part, and that too if `all`. */
static long make_directories(int root, char *path, bool all) {
    char *name = path;
    for (char *at = path;; at++) {
        if (*at != '/' && *at != 0) {
            continue;
        }
        char end = *at;
        if (end == 0 && !all) {
            return 0;
        }
        *at = 0;
        long error = make_directory(root, path, name);
        *at = end;
        if (error < 0 || end == 0) {
            return error;
        }
        name = at + 1;
    }
}

/* `path` is relative and without empty parts. */
long open_or_make(int root, const char *path, long kind) {
    bool directory = kind != 0;
    uint64_t resolve = kind == PLACE_WITHOUT_LINKS ? RESOLVE_NO_SYMLINKS : 0;
    uint64_t flags = O_PATH | (directory ? O_DIRECTORY : 0);
    long place = open_as(root, path, flags, resolve);
    if (place != -ENOENT) {
        return place;
    }
    char copy[PATH_SIZE];
    size_t length = 0;
    while (path[length] != 0) {
        length++;
    }
    if (length >= sizeof copy) {
        return -ENAMETOOLONG;
    }
    memcpy(copy, path, length + 1);
    long error = make_directories(root, copy, directory);
    if (error < 0) {
        return error;
    }
    if (!directory) {
        /* A FIFO that somebody put there meanwhile must not block us. */
        long file = open_in(root, path, O_CREAT | O_NONBLOCK);
        if (file < 0) {
            return file;
        }
        sys1(__NR_close, file);
    }
    return open_as(root, path, flags, resolve);
}
