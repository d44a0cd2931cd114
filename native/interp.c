/*
 * Performs plan segments. It holds no policy: it checks bounds, makes the calls in order, and says
 * at which instruction it stopped and why.
 */
#include "interp.h"
#include "fault.h"

#include <asm/errno.h>
#include <linux/time.h>

static bool is_final(uint8_t operation) {
    return operation == WIRE_OP_REAP || operation == WIRE_OP_MONITOR;
}

/* A place of `width` bytes in the data, both written in the instruction itself. */
static bool names_place(const struct wire_header *header, const struct wire_instruction *in,
                        int width_argument, uint64_t unit, uint64_t most) {
    uint64_t offset = (uint64_t)in->argument[0];
    uint64_t count = (uint64_t)in->argument[width_argument];
    bool immediate = (in->kinds & 3) == WIRE_KIND_IMMEDIATE &&
                     (in->kinds >> (2 * width_argument) & 3) == WIRE_KIND_IMMEDIATE;
    return immediate && count <= most && offset <= header->data_length &&
           unit * count <= header->data_length - offset;
}

/* Whether the operation reaches nothing but the segment's own data. */
static bool stays_inside(const struct wire_header *header, const struct wire_instruction *in) {
    switch (in->operation) {
    case WIRE_OP_STORE:
        return names_place(header, in, 2, 1, 8);
    case WIRE_OP_LOAD:
        return names_place(header, in, 1, 1, 8);
    case WIRE_OP_RELOCATE:
        return names_place(header, in, 1, 8, WIRE_MAXIMUM_LENGTH);
    default:
        return true;
    }
}

static long check_instruction(const struct wire_header *header, uint32_t at,
                              const struct wire_instruction *in) {
    if (in->operation < 1 || in->operation > WIRE_OP_LAST || in->policy > WIRE_POLICY_JUMP) {
        return -EINVAL;
    }
    for (int i = 0; i < 6; i++) {
        uint64_t argument = (uint64_t)in->argument[i];
        switch (in->kinds >> (2 * i) & 3) {
        case WIRE_KIND_DATA:
            if (argument > header->data_length) {
                return -EINVAL;
            }
            break;
        case WIRE_KIND_RESULT:
            if (argument >= at) {
                return -EINVAL;
            }
            break;
        case WIRE_KIND_DESCRIPTOR:
            if (argument >= header->descriptors) {
                return -EINVAL;
            }
            break;
        default:
            break;
        }
    }
    if (!stays_inside(header, in)) {
        return -EINVAL;
    }
    bool jumps = in->operation == WIRE_OP_JUMP || in->policy == WIRE_POLICY_JUMP;
    if (jumps && (in->jump <= at || in->jump > header->instructions)) {
        return -EINVAL;
    }
    return 0;
}

long segment_open(struct segment *segment, uint8_t *message, size_t length, size_t capacity,
                  const int32_t *descriptors) {
    struct wire_header *header = (struct wire_header *)message;
    if (length < sizeof *header || header->magic != WIRE_MAGIC || header->length != length) {
        return -EINVAL;
    }
    if (header->version != WIRE_VERSION) {
        return -EPROTO;
    }
    if (length > WIRE_MAXIMUM_LENGTH || header->instructions > WIRE_MAXIMUM_INSTRUCTIONS ||
        header->data_length > WIRE_MAXIMUM_LENGTH ||
        header->descriptors > WIRE_MAXIMUM_DESCRIPTORS) {
        return -EMSGSIZE;
    }
    size_t values = sizeof(int64_t) * header->instructions;
    size_t times = header->flags & WIRE_FLAG_TRACE ? values : 0;
    size_t code = sizeof(struct wire_instruction) * header->instructions;
    size_t left_out = header->flags & WIRE_FLAG_SHORT ? header->return_length : 0;
    if (sizeof *header + values + times + code + header->data_length != length + left_out ||
        header->return_offset > header->data_length ||
        header->return_length > header->data_length - header->return_offset ||
        (left_out > 0 && header->return_offset + left_out != header->data_length)) {
        return -EINVAL;
    }
    if (left_out > capacity - length) {
        return -EMSGSIZE;
    }
    memset(message + length, 0, left_out);
    segment->header = header;
    segment->values = (int64_t *)(message + sizeof *header);
    segment->times = times != 0 ? (int64_t *)(message + sizeof *header + values) : NULL;
    segment->code = (struct wire_instruction *)(message + sizeof *header + values + times);
    segment->data = message + sizeof *header + values + times + code;
    segment->descriptors = descriptors;
    for (uint32_t i = 0; i < header->instructions; i++) {
        long error = check_instruction(header, i, &segment->code[i]);
        if (error != 0) {
            return error;
        }
    }
    return 0;
}

/* The places of STORE, LOAD and RELOCATE were checked when the segment was opened. */
static long store(const struct segment *segment, const int64_t *a) {
    memcpy(segment->data + a[0], &a[1], (size_t)a[2]);
    return 0;
}

static long load(const struct segment *segment, const int64_t *a) {
    int64_t value = 0;
    memcpy(&value, segment->data + a[0], (size_t)a[1]);
    return value;
}

static long relocate(const struct segment *segment, const int64_t *a) {
    uint8_t *at = segment->data + a[0];
    for (int64_t i = 0; i < a[1]; i++) {
        uint64_t entry;
        memcpy(&entry, at + 8 * i, 8);
        if (entry == UINT64_MAX) {
            entry = 0;
        } else if (entry < segment->header->data_length) {
            entry = (uint64_t)(uintptr_t)(segment->data + entry);
        } else {
            return -EINVAL;
        }
        memcpy(at + 8 * i, &entry, 8);
    }
    return 0;
}

static long share(struct outcome *outcome, int64_t descriptor) {
    if (outcome->shared_count == WIRE_MAXIMUM_DESCRIPTORS) {
        return -EINVAL;
    }
    outcome->shared[outcome->shared_count++] = (int32_t)descriptor;
    return 0;
}

/* The results so far, for segments after which nobody is left to answer. */
static long report(const struct segment *segment, int64_t descriptor) {
    struct wire_header *header = segment->header;
    struct wire_header kept = *header;
    header->flags |= WIRE_FLAG_REPLY | WIRE_FLAG_REPORT;
    header->length = (uint32_t)((uint8_t *)segment->code - (uint8_t *)header);
    long written = sys3(__NR_write, descriptor, (long)header, header->length);
    bool whole = written < 0 || (uint32_t)written == header->length;
    *header = kept;
    return whole ? written : -EIO;
}

static long receive(const int64_t *a) {
    int32_t *descriptors = (int32_t *)a[3];
    uint32_t count = 0;
    long length = message_receive((int)a[0], (uint8_t *)a[1], (size_t)a[2], descriptors,
                                  (uint32_t)a[4], &count);
    if (count < (uint32_t)a[4]) {
        descriptors[count] = -1;
    }
    return length;
}

static long perform_syscall(const struct wire_instruction *in, const int64_t *a) {
    int tries = in->number == __NR_openat2 ? OPENAT2_TRIES : 1;
    long result = -EAGAIN;
    while (result == -EAGAIN && tries-- > 0) {
        result = sys6(in->number, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
    return result;
}

static long perform_one(struct segment *segment, const struct wire_instruction *in,
                        const int64_t *a, struct outcome *outcome) {
    switch (in->operation) {
    case WIRE_OP_SYSCALL:
        return perform_syscall(in, a);
    case WIRE_OP_CHECK:
        return (a[0] & a[1]) == a[2] ? 0 : a[3] > 0 && a[3] <= 4095 ? -a[3] : -EINVAL;
    case WIRE_OP_JUMP:
        return (a[0] & a[1]) == a[2];
    case WIRE_OP_STORE:
        return store(segment, a);
    case WIRE_OP_LOAD:
        return load(segment, a);
    case WIRE_OP_RELOCATE:
        return relocate(segment, a);
    case WIRE_OP_EXECUTE:
        return execute(a);
    case WIRE_OP_SEND:
        return message_send((int)a[0], (const uint8_t *)a[1], (size_t)a[2], (const int32_t *)a[3],
                            (uint32_t)a[4]);
    case WIRE_OP_RECEIVE:
        return receive(a);
    case WIRE_OP_WAIT:
        return wait_for(a);
    case WIRE_OP_KILL_CGROUP:
        return kill_cgroup((int)a[0], a[1] != 0);
    case WIRE_OP_REMOVE_CGROUP:
        return remove_cgroup((int)a[0], (const char *)a[1], a[2] != 0);
    case WIRE_OP_DELETE_TREE:
        return delete_tree((int)a[0], (const char *)a[1]);
    case WIRE_OP_OPEN_OR_MAKE:
        return open_or_make((int)a[0], (const char *)a[1], a[2]);
    case WIRE_OP_SHARE:
        return share(outcome, a[0]);
    case WIRE_OP_REPORT:
        return report(segment, a[0]);
#ifdef MYDOCKER_HELPER
    case WIRE_OP_SPAWN:
        return spawn_child(segment, in, a, outcome);
    case WIRE_OP_REAP:
        return reap_as_init(a[0]);
    case WIRE_OP_MONITOR:
        return monitor_start((const struct wire_monitor *)a[0]);
    case WIRE_OP_GUARD:
        outcome->guard_directory = a[0];
        outcome->guard_pidfd = a[1];
        return 0;
    case WIRE_OP_SERVE:
        outcome->session = a[0];
        return 0;
    case WIRE_OP_EXIT:
        outcome->exit_code = a[0];
        return 0;
#endif
    default:
        /* The rest would end or fork the process: never inside a JVM. */
        return -EOPNOTSUPP;
    }
}

static bool tolerates(const struct wire_instruction *in, long result) {
    if (in->policy == WIRE_POLICY_IGNORE) {
        return true;
    }
    for (int i = 0; i < 4; i++) {
        uint32_t listed = in->tolerated >> (8 * i) & 0xFF;
        if (listed != 0 && listed == (uint32_t)-result) {
            return true;
        }
    }
    /* A jump without a list is taken at any error. */
    return in->policy == WIRE_POLICY_JUMP && in->tolerated == 0;
}

static bool is_error(const struct wire_instruction *in, long result) {
    return in->operation != WIRE_OP_LOAD && result < 0 && result >= -4095;
}

static int64_t now(void) {
    struct __kernel_timespec time;
    sys2(__NR_clock_gettime, 1 /* CLOCK_MONOTONIC */, (long)&time);
    return time.tv_sec * 1000000000 + time.tv_nsec;
}

void segment_perform(struct segment *segment, struct outcome *outcome) {
    struct wire_header *header = segment->header;
    header->failed = -1;
    header->error = 0;
    uint32_t at = 0;
    bool timed = segment->times != NULL;
    while (at < header->instructions) {
        fault_point();
        const struct wire_instruction *in = &segment->code[at];
        int64_t a[6];
        for (int i = 0; i < 6; i++) {
            int64_t argument = in->argument[i];
            switch (in->kinds >> (2 * i) & 3) {
            case WIRE_KIND_DATA:
                a[i] = (int64_t)(intptr_t)(segment->data + argument);
                break;
            case WIRE_KIND_RESULT:
                a[i] = segment->values[argument];
                break;
            case WIRE_KIND_DESCRIPTOR:
                a[i] = segment->descriptors[argument];
                break;
            default:
                a[i] = argument;
                break;
            }
        }
        int64_t start = timed ? now() : 0;
        long result = perform_one(segment, in, a, outcome);
        if (outcome->serve >= 0 || (is_final(in->operation) && result >= 0)) {
            return;
        }
        if (segment->times != NULL) {
            segment->times[at] = timed ? now() - start : WIRE_TIME_UNKNOWN;
        }
        /* Nobody hears of times any more, and a system call filter may kill for asking. */
        timed = timed && in->operation != WIRE_OP_REPORT;
        segment->values[at] = result;
        bool jump = in->operation == WIRE_OP_JUMP && result == 1;
        if (is_error(in, result)) {
            if (!tolerates(in, result)) {
                header->failed = (int32_t)at;
                header->error = (int32_t)-result;
                return;
            }
            jump = in->policy == WIRE_POLICY_JUMP;
        }
        at = jump ? in->jump : at + 1;
    }
}

size_t segment_reply(struct segment *segment) {
    struct wire_header *header = segment->header;
    size_t values = sizeof(int64_t) * header->instructions;
    size_t prefix = sizeof *header + values + (segment->times != NULL ? values : 0);
    memmove((uint8_t *)header + prefix, segment->data + header->return_offset,
            header->return_length);
    header->flags |= WIRE_FLAG_REPLY;
    header->length = (uint32_t)(prefix + header->return_length);
    return header->length;
}
