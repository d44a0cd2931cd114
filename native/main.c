/*
 * The helper's entry: one static program with five parts, chosen by argv[0].
 *
 *   mydocker-monitor           serves plan segments on descriptor 3; SPAWNed children too
 *   … worker DIRECTORY         listens on DIRECTORY/socket, serves each connection in a child
 *   mydocker-attach …          the attach client (attach.c)
 *   mydocker-logs …            the log follower (follow.c)
 *   mydocker-foreground …      waits for the OCI runtime's container (foreground.c)
 */
#include "fault.h"
#include "interp.h"
#include "monitor.h"

#include <asm/errno.h>
#include <asm/signal.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/wait.h>

/* Untouched pages of it cost nothing; only a container's arguments can make a message large. */
static uint8_t message[WIRE_MAXIMUM_LENGTH] __attribute__((aligned(4096)));

void finish(long code) {
    for (;;) {
        sys1(__NR_exit_group, code);
    }
}

static void close_all(const int32_t *descriptors, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        sys1(__NR_close, descriptors[i]);
    }
}

/* The engine is gone before the monitor took over: nothing of the container may stay. */
static void abandon(int64_t directory, int64_t pidfd) {
    fault_point();
    sys4(__NR_pidfd_send_signal, pidfd, SIGKILL, 0, 0);
    fault_point();
    sys5(__NR_waitid, P_PIDFD, pidfd, 0, WEXITED, 0);
    perform_cleanup((int)directory, "cleanup.plan");
}

/* A message that cannot be performed is answered by its bare header. */
static long refuse(int socket, long error) {
    struct wire_header *header = (struct wire_header *)message;
    *header = (struct wire_header){.magic = WIRE_MAGIC,
                                   .version = WIRE_VERSION,
                                   .flags = WIRE_FLAG_REPLY,
                                   .length = sizeof *header,
                                   .failed = -1,
                                   .error = (int32_t)-error};
    return message_send(socket, message, sizeof *header, NULL, 0);
}

/* Serves segments until the other end closes; a SPAWNed child goes on here with its own session. */
void serve(int socket) {
    int64_t guard_directory = -1;
    int64_t guard_pidfd = -1;
    for (;;) {
        int32_t descriptors[WIRE_MAXIMUM_DESCRIPTORS];
        uint32_t count = 0;
        long length = message_receive(socket, message, sizeof message, descriptors,
                                      WIRE_MAXIMUM_DESCRIPTORS, &count);
        if (length <= 0) {
            if (guard_pidfd >= 0) {
                abandon(guard_directory, guard_pidfd);
            }
            finish(length < 0);
        }
        struct segment segment;
        struct wire_header *header = (struct wire_header *)message;
        long error = header->descriptors == count ? segment_open(&segment, message, (size_t)length,
                                                                 sizeof message, descriptors)
                                                  : -EBADF;
        if (error != 0) {
            close_all(descriptors, count);
            refuse(socket, error);
            continue;
        }
        struct outcome outcome = {
            .guard_directory = -1, .guard_pidfd = -1, .serve = -1, .exit_code = -1, .session = -1};
        segment_perform(&segment, &outcome);
        if (outcome.session >= 0) {
            socket = (int)outcome.session;
        }
        if (outcome.serve >= 0) {
            socket = (int)outcome.serve;
            guard_pidfd = -1;
            continue;
        }
        if (outcome.guard_pidfd >= 0) {
            guard_directory = outcome.guard_directory;
            guard_pidfd = outcome.guard_pidfd;
        }
        message_send(socket, message, segment_reply(&segment), outcome.shared,
                     outcome.shared_count);
        if (outcome.exit_code >= 0) {
            finish(outcome.exit_code);
        }
    }
}

/* Reads a whole file into the message buffer; its length or an error. */
static long read_plan(int directory, const char *name) {
    long file = sys4(__NR_openat, directory, (long)name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (file < 0) {
        return file;
    }
    size_t length = 0;
    for (;;) {
        long got = sys3(__NR_read, file, (long)(message + length), sizeof message - length);
        if (got <= 0) {
            sys1(__NR_close, file);
            return got < 0 ? got : (long)length;
        }
        length += (size_t)got;
    }
}

void perform_cleanup(int directory, const char *plan) {
    long lock = sys4(__NR_openat, directory, (long)"lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0);
    if (lock >= 0) {
        while (sys2(__NR_flock, lock, 2 /* LOCK_EX */) == -EINTR) {
        }
    }
    struct segment segment;
    int32_t descriptors[1] = {directory};
    long length = read_plan(directory, plan);
    if (length > 0 &&
        segment_open(&segment, message, (size_t)length, sizeof message, descriptors) == 0 &&
        segment.header->descriptors <= 1) {
        struct outcome outcome = {.serve = -1};
        segment_perform(&segment, &outcome);
    }
    if (lock >= 0) {
        sys1(__NR_close, lock);
    }
}

void monitor_finished(const struct wire_monitor *parameters, bool orphaned) {
    if (parameters->directory >= 0) {
        perform_cleanup((int)parameters->directory, orphaned ? ORPHAN_PLAN : "cleanup.plan");
    }
}

/* The parameters lie in the message buffer, which cleaning up needs: they move to the stack. */
long monitor_start(const struct wire_monitor *parameters) {
    struct wire_monitor mine = *parameters;
    if (mine.version != WIRE_MONITOR_PROTOCOL) {
        return -EPROTO;
    }
    if (mine.session >= 0) {
        /* The engine waits for this: from here on the monitor answers for the container. */
        struct wire_header ready = {.magic = WIRE_MAGIC,
                                    .version = WIRE_VERSION,
                                    .flags = WIRE_FLAG_REPLY,
                                    .length = sizeof ready,
                                    .failed = -1};
        message_send((int)mine.session, (const uint8_t *)&ready, sizeof ready, NULL, 0);
    }
    /* What the start needed of it, the time until the end does not. */
    sys3(__NR_madvise, (long)message, sizeof message, MADV_DONTNEED);
    finish(monitor_run(&mine));
}

static bool ends_with(const char *text, const char *end) {
    const char *last = text;
    for (const char *at = text; *at != 0; at++) {
        last = *at == '-' ? at + 1 : last;
    }
    while (*last != 0 && *last == *end) {
        last++;
        end++;
    }
    return *last == *end;
}

__attribute__((noreturn, used)) void start(long *stack) {
    int count = (int)stack[0];
    char **arguments = (char **)(stack + 1);
    /* ps shows what it is, not that it runs from a memory file. */
    sys2(__NR_prctl, PR_SET_NAME, (long)"mydocker");
    if (count >= 1 && ends_with(arguments[0], "monitor")) {
        fault_role(FAULT_MONITOR);
        title = arguments[0];
        serve(SESSION);
    } else if (count == 3 && ends_with(arguments[1], "worker")) {
        /* ProcessBuilder lets nobody choose argv[0]. */
        work(arguments[2]);
    } else if (count >= 1 && ends_with(arguments[0], "attach")) {
        finish(attach_main(count, arguments));
    } else if (count >= 1 && ends_with(arguments[0], "foreground")) {
        finish(foreground_main(count, arguments));
    } else if (count >= 1 && ends_with(arguments[0], "logs")) {
        finish(follow_main(count, arguments));
    }
    finish(125);
}

#if defined(__x86_64__)
__asm__(".text\n.globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  call start\n  hlt\n");
#else
__asm__(".text\n.globl _start\n_start:\n  mov x29, #0\n  mov x0, sp\n  bl start\n  brk #0\n");
#endif
