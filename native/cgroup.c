/*
 * Ends every process of a cgroup and removes it. With cgroup.kill (v2, Linux 5.14) the kernel does
 * it; on v1 the freezer holds the tree still while its members are killed, so that nothing can
 * fork its way out, and thawing lets them die.
 */
#include "interp.h"

#include <asm/errno.h>
#include <asm/signal.h>
#include <linux/fcntl.h>
#include <linux/time.h>

enum { BUFFER = 4096, PATIENCE_MS = 10000 };

static void pause_ms(long milliseconds) {
    struct __kernel_timespec time = {0, milliseconds * 1000000};
    sys2(__NR_nanosleep, (long)&time, 0);
}

static long write_file(int directory, const char *name, const char *text, size_t length) {
    long file = sys4(__NR_openat, directory, (long)name, O_WRONLY | O_CLOEXEC, 0);
    if (file < 0) {
        return file;
    }
    long written = sys3(__NR_write, file, (long)text, (long)length);
    sys1(__NR_close, file);
    return written < 0 ? written : 0;
}

/* Calls `visit` for each cgroup below; stops at the first error. */
static long each_child(int directory, long (*visit)(int directory, const char *name, long argument),
                       long argument) {
    char entries[BUFFER] __attribute__((aligned(8)));
    sys3(__NR_lseek, directory, 0, 0);
    for (;;) {
        long length = sys3(__NR_getdents64, directory, (long)entries, sizeof entries);
        if (length <= 0) {
            return length;
        }
        for (long at = 0; at < length;) {
            struct directory_entry *entry = (struct directory_entry *)(entries + at);
            at += entry->length;
            if (entry->type != 4 /* DT_DIR */ || entry->name[0] == '.') {
                continue;
            }
            long error = visit(directory, entry->name, argument);
            if (error != 0) {
                return error;
            }
        }
    }
}

static long open_child(int directory, const char *name) {
    return sys4(__NR_openat, directory, (long)name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                0);
}

/* Signals each pid listed in a cgroup.procs; how many there were, or an error. */
static long signal_members(int directory, int signal) {
    char text[BUFFER];
    long file = sys4(__NR_openat, directory, (long)"cgroup.procs", O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) {
        return file;
    }
    long members = 0;
    long pid = 0;
    for (;;) {
        long length = sys3(__NR_read, file, (long)text, sizeof text);
        if (length <= 0) {
            sys1(__NR_close, file);
            return length < 0 ? length : members;
        }
        for (long i = 0; i < length; i++) {
            if (text[i] >= '0' && text[i] <= '9') {
                pid = 10 * pid + text[i] - '0';
                continue;
            }
            if (pid > 0) {
                sys2(__NR_kill, pid, signal);
                members++;
            }
            pid = 0;
        }
    }
}

static long signal_tree(int directory, const char *name, long signal) {
    long child = open_child(directory, name);
    if (child < 0) {
        return child == -ENOENT ? 0 : child;
    }
    signal_members((int)child, (int)signal);
    long error = each_child((int)child, signal_tree, signal);
    sys1(__NR_close, child);
    return error;
}

static long count_tree(int directory) {
    /* Signal 0 only counts. Children are counted by what their removal says later. */
    return signal_members(directory, 0);
}

long kill_cgroup(int directory, bool version2) {
    if (version2) {
        long error = write_file(directory, "cgroup.kill", "1", 1);
        if (error != -ENOENT) {
            return error;
        }
    }
    for (long waited = 0; waited < PATIENCE_MS; waited++) {
        long frozen = write_file(directory, "freezer.state", "FROZEN", 6);
        long members = signal_members(directory, SIGKILL);
        each_child(directory, signal_tree, SIGKILL);
        if (frozen == 0) {
            write_file(directory, "freezer.state", "THAWED", 6);
        }
        if (members == 0 && count_tree(directory) == 0) {
            return 0;
        }
        if (members < 0) {
            return members == -ENODEV ? 0 : members;
        }
        pause_ms(waited < 10 ? 1 : 5);
    }
    return -EBUSY;
}

static long remove_tree(int directory, const char *name, long argument) {
    long error = sys3(__NR_unlinkat, directory, (long)name, AT_REMOVEDIR);
    if (error != -EBUSY && error != -ENOTEMPTY) {
        return error == -ENOENT ? 0 : error;
    }
    long child = open_child(directory, name);
    if (child < 0) {
        return child == -ENOENT ? 0 : child;
    }
    each_child((int)child, remove_tree, argument);
    sys1(__NR_close, child);
    error = sys3(__NR_unlinkat, directory, (long)name, AT_REMOVEDIR);
    return error == -ENOENT ? 0 : error;
}

/*
 * A cgroup stays busy for a moment after its last process ended, so this is tried for a while. A
 * process may be in some hierarchies only, and not in the one by which all were killed: a helper
 * that somebody stopped while it joined them.
 */
long remove_cgroup(int directory, const char *name, bool kill) {
    long error = 0;
    for (long waited = 0; waited < PATIENCE_MS / 5; waited++) {
        if (kill && waited >= 20) {
            signal_tree(directory, name, SIGKILL);
        }
        error = remove_tree(directory, name, 0);
        if (error != -EBUSY) {
            return error;
        }
        pause_ms(waited < 20 ? 1 : 10);
    }
    return error;
}
