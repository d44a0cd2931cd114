/*
 * Counts the steps of all processes that take part in one operation, in a file that all have
 * mapped, and holds the one that comes to a chosen step until the test has killed whom it wants to.
 */
#include "fault.h"
#include "sys.h"

#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/time_types.h>

enum { RUNNING = 0, REACHED = 1, GO = 2 };

struct page {
    uint64_t count;
    uint64_t stop;
    uint32_t state;
    uint32_t role;
    uint32_t pid[4]; /* by role; the child before the last one is the fourth */
};

static struct page *page;
static int role = FAULT_ENGINE;

/* Children have it from their parents, also where the file is not to be seen any more. */
static struct page *map(void) {
    if (page == NULL) {
        long file =
            sys4(__NR_openat, AT_FDCWD, (long)MYDOCKER_FAULTS, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);
        if (file < 0) {
            return NULL;
        }
        long at = sys6(__NR_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        sys1(__NR_close, file);
        page = at < 0 ? NULL : (struct page *)at;
    }
    return page;
}

static void tell_pid(struct page *p) {
    /* A child may be in a PID namespace of its own: its parent tells. */
    if (role != FAULT_CHILD) {
        p->pid[role] = (uint32_t)sys0(__NR_getpid);
    }
}

void fault_point(void) {
    struct page *p = map();
    if (p == NULL) {
        return;
    }
    if (__atomic_fetch_add(&p->count, 1, __ATOMIC_SEQ_CST) != p->stop) {
        tell_pid(p);
        return;
    }
    tell_pid(p);
    p->role = (uint32_t)role;
    __atomic_store_n(&p->state, REACHED, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&p->state, __ATOMIC_SEQ_CST) != GO) {
        struct __kernel_timespec pause = {0, 100000};
        sys2(__NR_nanosleep, (long)&pause, 0);
    }
}

void fault_role(int other) {
    role = other;
    struct page *p = map();
    if (p != NULL) {
        tell_pid(p);
    }
}

void fault_spawned(long pid) {
    struct page *p = map();
    if (p != NULL) {
        p->pid[3] = p->pid[FAULT_CHILD];
        p->pid[FAULT_CHILD] = (uint32_t)pid;
    }
}
