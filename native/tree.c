/*
 * Removes a directory tree that hostile programs may have written: by descriptors, without
 * following a symbolic link and without crossing a mount (openat2(2), Linux 5.6).
 */
#include "interp.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/openat2.h>

enum { DEPTH = 48, ENTRIES = 2048 };

struct removal {
    int top; /* where trees deeper than DEPTH are moved to, so that the stack stays bounded */
    uint64_t moved;
};

static long open_directory(int directory, const char *name) {
    struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                           .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV | RESOLVE_BENEATH};
    return sys4(__NR_openat2, directory, (long)name, (long)&how, sizeof how);
}

static bool is_dots(const char *name) {
    return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

/* A name that the tree's owner is unlikely to have and that is tried again if he does. */
static void moved_name(char *to, uint64_t number) {
    memcpy(to, ".deep-", 6);
    for (int i = 0; i < 16; i++) {
        to[6 + i] = "0123456789abcdef"[number >> (60 - 4 * i) & 15];
    }
    to[22] = 0;
}

static long move_up(struct removal *removal, int directory, const char *name) {
    char to[32];
    for (int tries = 0; tries < 4096; tries++) {
        moved_name(to, removal->moved++);
        long error = sys5(__NR_renameat2, directory, (long)name, removal->top, (long)to,
                          1 /* RENAME_NOREPLACE */);
        if (error != -EEXIST) {
            return error;
        }
    }
    return -EEXIST;
}

static long empty(struct removal *removal, int directory, int depth);

static long remove_entry(struct removal *removal, int directory, const char *name, int depth) {
    long error = sys3(__NR_unlinkat, directory, (long)name, 0);
    if (error != -EISDIR && error != -EPERM) {
        return error == -ENOENT ? 0 : error;
    }
    long removed = sys3(__NR_unlinkat, directory, (long)name, AT_REMOVEDIR);
    if (removed != -ENOTEMPTY) {
        return removed == -ENOTDIR ? error : removed;
    }
    if (depth == DEPTH) {
        return move_up(removal, directory, name);
    }
    long child = open_directory(directory, name);
    if (child < 0) {
        return child;
    }
    error = empty(removal, (int)child, depth + 1);
    sys1(__NR_close, child);
    return error != 0 ? error : sys3(__NR_unlinkat, directory, (long)name, AT_REMOVEDIR);
}

/* Removing while reading may skip entries on some file systems: so until a pass finds none. */
static long empty(struct removal *removal, int directory, int depth) {
    for (;;) {
        char entries[ENTRIES] __attribute__((aligned(8)));
        bool found = false;
        sys3(__NR_lseek, directory, 0, 0);
        for (;;) {
            long length = sys3(__NR_getdents64, directory, (long)entries, sizeof entries);
            if (length == -ENOENT) {
                return 0; /* the directory itself was removed meanwhile, by another */
            }
            if (length < 0) {
                return length;
            }
            if (length == 0) {
                break;
            }
            for (long at = 0; at < length;) {
                struct directory_entry *entry = (struct directory_entry *)(entries + at);
                at += entry->length;
                if (is_dots(entry->name)) {
                    continue;
                }
                found = true;
                long error = remove_entry(removal, directory, entry->name, depth);
                if (error != 0 && error != -ENOENT) {
                    return error;
                }
            }
        }
        if (!found) {
            return 0;
        }
    }
}

long delete_tree(int directory, const char *path) {
    long error = sys3(__NR_unlinkat, directory, (long)path, 0);
    if (error != -EISDIR && error != -EPERM) {
        return error == -ENOENT ? 0 : error;
    }
    /* A mount answers with EBUSY, before anything in it is touched. */
    error = sys3(__NR_unlinkat, directory, (long)path, AT_REMOVEDIR);
    if (error != -ENOTEMPTY) {
        return error == -ENOENT ? 0 : error;
    }
    /* Who names the tree is trusted; what is in it is not. */
    long top = sys4(__NR_openat, directory, (long)path,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (top < 0) {
        return top == -ENOENT ? 0 : top;
    }
    struct removal removal = {(int)top, 0};
    error = empty(&removal, (int)top, 0);
    sys1(__NR_close, top);
    error = error != 0 ? error : sys3(__NR_unlinkat, directory, (long)path, AT_REMOVEDIR);
    return error == -ENOENT ? 0 : error;
}
