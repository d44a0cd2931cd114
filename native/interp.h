/* The interpreter of plan segments; see wire.table for the format. */
#ifndef MYDOCKER_INTERP_H
#define MYDOCKER_INTERP_H

#include "sys.h"
#include "wire.h"

/* openat2(2) answers EAGAIN when it went up by ".." while anything was renamed or mounted anywhere,
 * since it cannot tell that it stayed inside. So often it is asked again. */
enum { OPENAT2_TRIES = 128 };

/* A segment within one contiguous message, which it is performed in and answered from. */
struct segment {
    struct wire_header *header;
    int64_t *values;
    int64_t *times; /* NULL without TRACE */
    struct wire_instruction *code;
    uint8_t *data;
    const int32_t *descriptors;
};

/* What an operation may do to the process that performs it, for its caller to act on. */
struct outcome {
    int32_t shared[WIRE_MAXIMUM_DESCRIPTORS];
    uint32_t shared_count;
    int64_t guard_directory; /* -1: none */
    int64_t guard_pidfd;
    int64_t serve;     /* in a child made by SPAWN: the session it serves; -1 otherwise */
    int64_t exit_code; /* -1: go on */
    int64_t session;   /* what is served from now on; -1: the same as before */
};

/*
 * Checks every bound, completes a short message and fills `segment`; 0 or -EINVAL, -EPROTO (other
 * version), -EMSGSIZE (also: `capacity` is too small for what a short one leaves out).
 */
long segment_open(struct segment *segment, uint8_t *message, size_t length, size_t capacity,
                  const int32_t *descriptors);

/* Performs a segment; header.failed and header.error say where and why it stopped. */
void segment_perform(struct segment *segment, struct outcome *outcome);

/* The length of the reply, which begins at the message's start (the data is moved up). */
size_t segment_reply(struct segment *segment);

/* Sends or receives one whole message with descriptors; see OP_SEND and OP_RECEIVE. */
long message_send(int socket, const uint8_t *message, size_t length, const int32_t *descriptors,
                  uint32_t count);
long message_receive(int socket, uint8_t *buffer, size_t capacity, int32_t *descriptors,
                     uint32_t capacity_descriptors, uint32_t *count);

/* spawn.c */
long spawn_child(struct segment *segment, const struct wire_instruction *in, const int64_t *a,
                 struct outcome *outcome);
long execute(const int64_t *a);
long wait_for(const int64_t *a);
long reap_as_init(int64_t child);
/* The helper's argv[0]. */
extern char *title;

/* One of getdents64(2)'s records, which no kernel header has. */
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/* tree.c */
long delete_tree(int directory, const char *name);
/* place.c */
enum { PLACE_WITHOUT_LINKS = 2 };
/* A file (0), a directory (1), or one to which no symbolic link leads (PLACE_WITHOUT_LINKS). */
long open_or_make(int root, const char *path, long kind);
/* cgroup.c */
long kill_cgroup(int directory, bool version2);
long remove_cgroup(int directory, const char *name, bool kill);

/* main.c: serves segments on a socket until its other end closes; ends the process. */
enum { SESSION = 3 };
__attribute__((noreturn)) void serve(int socket);
__attribute__((noreturn)) void finish(long code);

/* worker.c: the co-process of a JVM. */
__attribute__((noreturn)) void work(const char *path);

/* end.c: what happens when a session ends before its monitor took over. */
struct wire_monitor;
long monitor_start(const struct wire_monitor *parameters);

#endif
