/* Real processes under monitor_run, and clients to drive it with. */
#ifndef MYDOCKER_MONITOR_FIXTURE_H
#define MYDOCKER_MONITOR_FIXTURE_H

#include "../../monitor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A failed check ends the test program. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            check_failed(__FILE__, __LINE__, #condition);                                          \
        }                                                                                          \
    } while (0)
/* A failure tells the test's name, which says what should hold. */
#define RUN(test)                                                                                  \
    do {                                                                                           \
        test_name = #test;                                                                         \
        test();                                                                                    \
        if (getenv("VERBOSE") != NULL) {                                                           \
            fprintf(stderr, "%ld ms %s\n", clock_milliseconds(), #test);                           \
        }                                                                                          \
    } while (0)
extern const char *test_name;
long clock_milliseconds(void);
__attribute__((noreturn)) void check_failed(const char *file, int line, const char *condition);

struct options {
    uint64_t flags;
    uint64_t max_size;
    uint64_t max_files;
    const char *oom_events; /* the content of the file */
    bool client;            /* a first client, connected before the process starts */
    bool quiet;             /* no directory, no log: as exec */
    bool no_input;
    bool stranger;       /* the process is not the monitor's child */
    uint64_t file_limit; /* bytes that the monitor may write to one file */
    const char *old_log; /* container.log before the start */
};

struct monitored {
    char directory[64];
    int directory_fd;
    pid_t monitor;
    int client;   /* the other end of the first client's connection */
    int lifeline; /* the write end */
};

/* Starts `sh -c script` under a monitor of its own, with its directory as DIRECTORY. */
struct monitored monitored_start(const char *script, struct options options);
/* Waits for the monitor's end; its exit code. Fails after a minute. */
int monitored_wait(struct monitored *m);
bool monitored_ended(struct monitored *m);
/* Removes the directory. */
void monitored_close(struct monitored *m);
/* A file's content, with a 0 behind it; NULL where there is no such file. */
char *content(const struct monitored *m, const char *name, size_t *length);
/* The output of one stream as the log files tell it, oldest first. */
char *logged(const struct monitored *m, int stream, size_t *length);
/* Waits until the condition holds, a minute at most. */
bool eventually(bool (*condition)(void *), void *argument);
bool exists(const struct monitored *m, const char *name);
void wait_for_file(struct monitored *m, const char *name);
/* Waits until container.log has a text. */
void wait_for_log(struct monitored *m, const char *text);
/* Waits until the monitor has logged whatever was written, or has tried to. */
void wait_until_drained(struct monitored *m);
/* Waits until the other end has received all that was sent. */
void wait_until_taken(int fd);
/* Waits until a process has nothing to do. */
void wait_until_idle(pid_t pid);

int connect_to(const struct monitored *m);
void say(int fd, int type, const void *payload, size_t length);
void say_hello(int fd, uint32_t wants);
/* Says hello and hears the welcome: from now on the monitor has this client. */
void greet(int fd, uint32_t wants);

struct frame {
    int type; /* -1: end of file */
    size_t length;
    uint8_t payload[32769];
};
/* The next frame; fails after a minute. */
void hear(int fd, struct frame *frame);
/* Everything up to EXIT or the end of file. */
struct session {
    char *out[2];
    size_t length[2];
    int code; /* -1000 without EXIT */
    int signal;
    size_t room;
};
struct session hear_all(int fd);
void session_close(struct session *session);

/*
 * Runs a main function in a child with these five descriptors as 0 to 4 (the last two may be -1)
 * and no others.
 */
pid_t child_main(int (*function)(int, char **), const int descriptors[5], char **argv);
int child_wait(pid_t pid);

#endif
