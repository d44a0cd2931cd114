/*
 * The interpreter on segments that no builder makes, messages that come in pieces, and trees. It
 * runs on every architecture: on aarch64 by emulation, which has no openat2 and no clone3.
 */
#include "../interp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, __func__, #condition);          \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

enum { ROUNDS = 200000, INSTRUCTIONS = 8, DATA = 64 };

/* A segment under construction, with as many instructions and bytes as it says. */
struct draft {
    uint32_t instructions;
    uint32_t data_length;
    uint16_t flags;
    struct wire_instruction code[INSTRUCTIONS];
    uint8_t data[DATA];
};

static size_t length_of(const struct draft *draft) {
    size_t values = 8 * draft->instructions * (draft->flags & WIRE_FLAG_TRACE ? 2 : 1);
    return sizeof(struct wire_header) + values +
           sizeof(struct wire_instruction) * draft->instructions + draft->data_length;
}

/* The message, in memory of exactly its length: the address sanitizer sees one byte too many. */
static uint8_t *message_of(const struct draft *draft) {
    size_t length = length_of(draft);
    uint8_t *message = calloc(1, length);
    struct wire_header header = {.magic = WIRE_MAGIC,
                                 .version = WIRE_VERSION,
                                 .flags = draft->flags,
                                 .length = (uint32_t)length,
                                 .instructions = draft->instructions,
                                 .data_length = draft->data_length,
                                 .return_length = draft->data_length};
    memcpy(message, &header, sizeof header);
    size_t code = sizeof(struct wire_instruction) * draft->instructions;
    memcpy(message + length - draft->data_length - code, draft->code, code);
    memcpy(message + length - draft->data_length, draft->data, draft->data_length);
    return message;
}

static struct outcome nothing(void) {
    return (struct outcome){.guard_directory = -1, .guard_pidfd = -1, .serve = -1, .exit_code = -1};
}

/* What SegmentTest.aSmallSegmentHasTheseBytes says that Java builds. */
static void the_bytes_of_java_are_understood(void) {
    static const char *const hex =
        "6d79646b01000000c00000000200000008000000080000000000000000000000"
        "0000000000000000"
        "00000000000000000000000000000000"
        "05000000000000000000000000000000000000000000000004000000000000000000000000000000"
        "000000000000000000000000000000000000000000000000"
        "01020600010100000214000000000000000000000000000000000000000000"
        "00ffffffffffffffff000000000000000000000000000000000000000000000000"
        "2f61000000000000";
    size_t length = strlen(hex) / 2;
    uint8_t *message = malloc(length);
    for (size_t i = 0; i < length; i++) {
        unsigned byte;
        CHECK(sscanf(hex + 2 * i, "%2x", &byte) == 1);
        message[i] = (uint8_t)byte;
    }
    struct segment segment;
    CHECK(length == 192);
    CHECK(segment_open(&segment, message, length, length, NULL) == 0);
    CHECK(segment.header->instructions == 2);
    CHECK(segment.code[0].operation == WIRE_OP_LOAD && segment.code[0].argument[1] == 4);
    CHECK(segment.code[1].number == 0x101 && segment.code[1].argument[2] == -1);
    CHECK(segment.code[1].policy == WIRE_POLICY_TOLERATE && segment.code[1].tolerated == 0x1402);
    CHECK(segment.code[1].kinds == (WIRE_KIND_RESULT | WIRE_KIND_DATA << 2));
    CHECK(strcmp((char *)segment.data, "/a") == 0);
    free(message);
}

static void results_travel_and_the_reply_is_short(void) {
    struct draft draft = {.instructions = 3, .data_length = 16, .flags = WIRE_FLAG_TRACE};
    draft.code[0] = (struct wire_instruction){.operation = WIRE_OP_SYSCALL, .number = __NR_getpid};
    draft.code[1] = (struct wire_instruction){
        .operation = WIRE_OP_STORE, .kinds = WIRE_KIND_RESULT << 2, .argument = {8, 0, 8}};
    draft.code[2] = (struct wire_instruction){.operation = WIRE_OP_LOAD, .argument = {8, 4}};
    uint8_t *message = message_of(&draft);
    struct segment segment;
    CHECK(segment_open(&segment, message, length_of(&draft), length_of(&draft), NULL) == 0);
    struct outcome outcome = nothing();
    segment_perform(&segment, &outcome);
    CHECK(segment.header->failed == -1 && segment.header->error == 0);
    CHECK(segment.values[0] == getpid() && segment.values[2] == getpid());
    size_t prefix = sizeof(struct wire_header) + 2 * 3 * 8;
    CHECK(segment_reply(&segment) == prefix + 16);
    int64_t pid;
    memcpy(&pid, message + prefix + 8, 8);
    CHECK(pid == getpid());
    CHECK((segment.header->flags & WIRE_FLAG_REPLY) != 0);
    free(message);
}

static void what_a_short_one_leaves_out_is_zero(void) {
    struct draft draft = {.instructions = 1, .data_length = 24, .flags = WIRE_FLAG_SHORT};
    draft.code[0] = (struct wire_instruction){.operation = WIRE_OP_LOAD, .argument = {16, 8}};
    size_t length = length_of(&draft);
    uint8_t *message = message_of(&draft);
    struct wire_header *header = (struct wire_header *)message;
    header->return_offset = 8;
    header->return_length = 16;
    header->length = (uint32_t)length - 16;
    memset(message + length - 16, 0xAA, 16);
    struct segment segment;
    CHECK(segment_open(&segment, message, length - 16, length - 1, NULL) == -EMSGSIZE);
    CHECK(segment_open(&segment, message, length - 16, length, NULL) == 0);
    struct outcome outcome = nothing();
    segment_perform(&segment, &outcome);
    CHECK(segment.values[0] == 0);
    CHECK(segment_reply(&segment) == sizeof *header + 8 + 16);
    free(message);
    /* Only what is at the end can be left out. */
    message = message_of(&draft);
    header = (struct wire_header *)message;
    header->return_length = 16;
    header->length = (uint32_t)length - 16;
    CHECK(segment_open(&segment, message, length - 16, length, NULL) == -EINVAL);
    free(message);
}

static void every_cut_is_refused(void) {
    struct draft draft = {.instructions = 2, .data_length = 16};
    draft.code[0] = (struct wire_instruction){.operation = WIRE_OP_SYSCALL, .number = __NR_getpid};
    draft.code[1] = draft.code[0];
    for (size_t length = 0; length < length_of(&draft); length++) {
        uint8_t *whole = message_of(&draft);
        uint8_t *cut = malloc(length);
        memcpy(cut, whole, length);
        struct segment segment;
        CHECK(segment_open(&segment, cut, length, length, NULL) != 0);
        if (length >= sizeof(struct wire_header)) {
            ((struct wire_header *)cut)->length = (uint32_t)length;
            CHECK(segment_open(&segment, cut, length, length, NULL) != 0);
        }
        free(cut);
        free(whole);
    }
}

static void another_version_is_told_from_nonsense(void) {
    struct draft draft = {.instructions = 0};
    uint8_t *message = message_of(&draft);
    struct segment segment;
    ((struct wire_header *)message)->version = WIRE_VERSION + 1;
    CHECK(segment_open(&segment, message, length_of(&draft), length_of(&draft), NULL) == -EPROTO);
    ((struct wire_header *)message)->magic = 0;
    CHECK(segment_open(&segment, message, length_of(&draft), length_of(&draft), NULL) == -EINVAL);
    free(message);
}

static uint64_t state = 0x6d79646f636b6572;

/* xorshift64*: the same numbers in every run. */
static uint64_t random_number(void) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545F4914F6CDD1D;
}

static int64_t interesting_number(void) {
    static const int64_t numbers[] = {0,         1,         -1,        7,         8,
                                      DATA - 8,  DATA - 1,  DATA,      DATA + 1,  INT32_MAX,
                                      INT32_MIN, INT64_MAX, INT64_MIN, 1LL << 61, UINT32_MAX};
    uint64_t random = random_number();
    return random & 1 ? (int64_t)(random >> 8) % (DATA + 8)
                      : numbers[(random >> 8) % (sizeof numbers / sizeof numbers[0])];
}

static bool is_harmless(const struct wire_instruction *in) {
    switch (in->operation) {
    case WIRE_OP_SYSCALL:
        return in->number == __NR_getpid;
    case WIRE_OP_CHECK:
    case WIRE_OP_JUMP:
    case WIRE_OP_STORE:
    case WIRE_OP_LOAD:
    case WIRE_OP_RELOCATE:
    case WIRE_OP_SHARE:
        return true;
    default:
        return false;
    }
}

static struct wire_instruction random_instruction(uint32_t instructions) {
    static const uint8_t operations[] = {WIRE_OP_SYSCALL, WIRE_OP_CHECK,    WIRE_OP_JUMP,
                                         WIRE_OP_STORE,   WIRE_OP_LOAD,     WIRE_OP_RELOCATE,
                                         WIRE_OP_SHARE,   WIRE_OP_RELOCATE, WIRE_OP_STORE};
    uint64_t random = random_number();
    struct wire_instruction in = {
        .operation = random % 64 == 0 ? (uint8_t)(random >> 8)
                                      : operations[(random >> 8) % sizeof operations],
        .policy = random >> 16 & 15 ? (uint8_t)(random >> 20 & 3) : (uint8_t)(random >> 24),
        .kinds = random >> 32 & 3 ? 0 : (uint16_t)(random >> 40),
        .number = __NR_getpid,
        .tolerated = random >> 56 & 1 ? EINVAL : 0,
        .jump = (uint32_t)(random_number() % (instructions + 2)),
    };
    for (int i = 0; i < 6; i++) {
        in.argument[i] = interesting_number();
    }
    return in;
}

static void damage(uint8_t *message, size_t length) {
    while (random_number() % 3 == 0) {
        /* The magic stays: beyond it the interesting part begins. */
        message[4 + random_number() % (length - 4)] ^= (uint8_t)(1 << random_number() % 8);
    }
}

/* Returns whether the segment was accepted. Whatever is accepted stays within its message. */
static bool perform_one(void) {
    struct draft draft = {.instructions = (uint32_t)(random_number() % (INSTRUCTIONS + 1)),
                          .data_length = (uint32_t)(random_number() % (DATA / 8 + 1) * 8),
                          .flags = random_number() % 4 == 0 ? WIRE_FLAG_TRACE : 0};
    for (uint32_t i = 0; i < draft.instructions; i++) {
        draft.code[i] = random_instruction(draft.instructions);
    }
    for (uint32_t i = 0; i + 8 <= draft.data_length; i += 8) {
        int64_t number = interesting_number();
        memcpy(draft.data + i, &number, 8);
    }
    size_t length = length_of(&draft);
    uint8_t *message = message_of(&draft);
    damage(message, length);
    struct segment segment;
    int32_t descriptors[WIRE_MAXIMUM_DESCRIPTORS] = {0};
    bool accepted = segment_open(&segment, message, length, length, descriptors) == 0;
    bool harmless = accepted;
    for (uint32_t i = 0; accepted && i < segment.header->instructions; i++) {
        harmless &= is_harmless(&segment.code[i]);
    }
    if (harmless) {
        struct outcome outcome = nothing();
        segment_perform(&segment, &outcome);
        CHECK(segment.header->failed < (int64_t)segment.header->instructions);
        CHECK((segment.header->failed < 0) == (segment.header->error == 0));
        CHECK(segment_reply(&segment) <= length);
    }
    free(message);
    return harmless;
}

static void nothing_reaches_outside_its_message(void) {
    long accepted = 0;
    for (int i = 0; i < ROUNDS; i++) {
        accepted += perform_one();
    }
    /* Else the rounds would prove nothing. */
    CHECK(accepted > ROUNDS / 20 && accepted < ROUNDS * 19 / 20);
}

static void a_message_is_received_whole_with_its_descriptors(void) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    struct draft draft = {.instructions = 1, .data_length = 64};
    size_t length = length_of(&draft);
    uint8_t *message = message_of(&draft);
    int32_t sent[2] = {open("/dev/null", O_RDWR), open("/dev/zero", O_RDONLY)};
    /* The first bytes bring the descriptors; the rest comes later. */
    CHECK(message_send(pair[0], message, length, sent, 2) == (long)length);
    CHECK(message_send(pair[0], message, length, NULL, 0) == (long)length);
    uint8_t *buffer = malloc(length);
    int32_t received[4];
    uint32_t count;
    CHECK(message_receive(pair[1], buffer, length, received, 4, &count) == (long)length);
    CHECK(count == 2 && memcmp(buffer, message, length) == 0);
    char zero = 1;
    CHECK(read(received[1], &zero, 1) == 1 && zero == 0);
    CHECK((fcntl(received[0], F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(message_receive(pair[1], buffer, length, received, 4, &count) == (long)length);
    CHECK(count == 0);
    CHECK(message_receive(pair[1], buffer, 39, received, 4, &count) == -EMSGSIZE);
    CHECK(message_send(pair[0], message, length, NULL, 0) == (long)length);
    CHECK(message_receive(pair[1], buffer, length - 1, received, 4, &count) == -EMSGSIZE);
    close(pair[0]);
    free(message);
    free(buffer);
    close(pair[1]);
}

static long received_of(const void *bytes, size_t length) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    CHECK(write(pair[0], bytes, length) == (long)length);
    close(pair[0]);
    uint8_t buffer[256];
    uint32_t count;
    long result = message_receive(pair[1], buffer, sizeof buffer, NULL, 0, &count);
    close(pair[1]);
    return result;
}

static void a_message_that_breaks_off_is_an_error(void) {
    struct wire_header header = {.magic = WIRE_MAGIC, .length = 100};
    CHECK(received_of("", 0) == 0);
    CHECK(received_of(&header, 7) == -EPIPE);
    CHECK(received_of(&header, sizeof header) == -EPIPE);
    header.length = 39;
    CHECK(received_of(&header, sizeof header) == -EBADMSG);
    header.length = 257;
    CHECK(received_of(&header, sizeof header) == -EMSGSIZE);
    header.magic = 1;
    CHECK(received_of(&header, sizeof header) == -EBADMSG);
}

static void surplus_descriptors_are_closed(void) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    struct wire_header header = {.magic = WIRE_MAGIC, .length = sizeof header};
    int32_t sent[3] = {0, 1, 2};
    CHECK(message_send(pair[0], (uint8_t *)&header, sizeof header, sent, 3) == sizeof header);
    int next = dup(0);
    close(next);
    int32_t received[1];
    uint32_t count;
    CHECK(message_receive(pair[1], (uint8_t *)&header, sizeof header, received, 1, &count) ==
          sizeof header);
    CHECK(count == 1);
    close(received[0]);
    int again = dup(0);
    CHECK(again == next);
    close(again);
    close(pair[0]);
    close(pair[1]);
}

static void descriptors_that_find_no_room_are_an_error(void) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    struct wire_header header = {.magic = WIRE_MAGIC, .length = sizeof header};
    int32_t sent[2] = {0, 1};
    CHECK(message_send(pair[0], (uint8_t *)&header, sizeof header, sent, 2) == sizeof header);
    int next = dup(0);
    close(next);
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    struct rlimit one_more = {(rlim_t)next + 1, limit.rlim_max};
    CHECK(setrlimit(RLIMIT_NOFILE, &one_more) == 0);
    int32_t received[2];
    uint32_t count;
    long result = message_receive(pair[1], (uint8_t *)&header, sizeof header, received, 2, &count);
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(result == -EMFILE && count == 0);
    int again = dup(0);
    CHECK(again == next);
    close(again);
    close(pair[0]);
    close(pair[1]);
}

static void a_tree_is_removed(void) {
    char directory[] = "/tmp/mydocker-interp-XXXXXX";
    CHECK(mkdtemp(directory) != NULL);
    int top = open(directory, O_RDONLY | O_DIRECTORY);
    CHECK(mkdirat(top, "tree", 0700) == 0);
    CHECK(symlinkat("/etc", top, "tree/link") == 0);
    for (int i = 0; i < 300; i++) {
        char name[64];
        snprintf(name, sizeof name, "tree/%d\n", i);
        CHECK(i % 3 != 0 || mkdirat(top, name, 0700) == 0);
        CHECK(i % 3 == 0 || mknodat(top, name, S_IFREG | 0600, 0) == 0);
    }
    CHECK(delete_tree(top, "missing") == 0);
    CHECK(delete_tree(top, "tree") == 0);
    CHECK(faccessat(top, "tree", F_OK, 0) != 0);
    /* What is not empty is opened by openat2, which an emulation may not have. */
    CHECK(mkdirat(top, "tree", 0700) == 0 && mkdirat(top, "tree/a", 0700) == 0 &&
          mkdirat(top, "tree/a/b", 0700) == 0);
    long error = delete_tree(top, "tree");
    if (error == -ENOSYS) {
        puts("  (no openat2 here: only flat trees are tried)");
        unlinkat(top, "tree/a/b", AT_REMOVEDIR);
        CHECK(delete_tree(top, "tree") == 0);
    } else {
        CHECK(error == 0 && faccessat(top, "tree", F_OK, 0) != 0);
    }
    close(top);
    rmdir(directory);
}

int main(void) {
    the_bytes_of_java_are_understood();
    results_travel_and_the_reply_is_short();
    what_a_short_one_leaves_out_is_zero();
    every_cut_is_refused();
    another_version_is_told_from_nonsense();
    nothing_reaches_outside_its_message();
    a_message_is_received_whole_with_its_descriptors();
    a_message_that_breaks_off_is_an_error();
    surplus_descriptors_are_closed();
    descriptors_that_find_no_room_are_an_error();
    a_tree_is_removed();
    return 0;
}
