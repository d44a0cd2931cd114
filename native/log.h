/*
 * container.log: one record a line, in the format of the Container Runtime Interface:
 *
 *   2016-10-06T00:17:09.669794202Z stdout F a line        the newline belongs to the output
 *   2016-10-06T00:17:09.669794202Z stderr P a piece       no newline in the output here
 *
 * so that the exact bytes, NULs and an unfinished last line included, can be read back. The monitor
 * writes whole records only. container.log.1 is the file before, .2 the one before that.
 */
#ifndef MYDOCKER_LOG_H
#define MYDOCKER_LOG_H

#include "sys.h"

enum { STREAM_OUT = 0, STREAM_ERR = 1 };
enum {
    /* "<stamp> stdout F " */
    LOG_PREFIX = 40,
    /* The longest piece, and the most that is read at once: with a frame's header four pages. */
    LOG_PIECE = 16384 - 8,
    /* The longest record: how far a file may exceed its limit. */
    LOG_RECORD = LOG_PREFIX + LOG_PIECE + 1
};

struct log {
    int directory;
    int fd; /* -1: nothing is logged */
    uint64_t size;
    uint64_t sequence; /* of container.log; container.log.1 has one less */
    uint64_t max_size; /* 0: any */
    uint64_t max_files;
    bool holds;         /* more files than that, for a client which lags behind */
    bool lost;          /* output could not be written since the last record */
    bool unfinished[2]; /* the stream's last record was a piece without a newline */
};

void log_open(struct log *log, int directory, uint64_t max_size, uint64_t max_files);
/* Appends one batch. Files from `needed` on stay beyond max_files, some 64 MB of them. */
void log_append(struct log *log, int stream, const uint8_t *data, size_t length, uint64_t needed);
/* Removes the files that were held for clients and are not needed any more. */
void log_trim(struct log *log, uint64_t needed);
/* Learns the size again, which is another than ours once somebody cut the file by hand. */
void log_measure(struct log *log);
/* Gives back the memory of the buffer. */
void log_release(void);

/* "container.log", or with a number of rotations behind it. */
char *log_name(char to[40], uint64_t age);

/* Where a reader stands. */
struct cursor {
    int fd;
    uint64_t sequence;
    uint64_t offset;
    uint8_t stream;
    bool inside;  /* a record's prefix is read, its newline is not */
    bool piece;   /* the record is a P */
    bool unknown; /* the record is none of ours: skipped to its newline */
};

struct run {
    size_t consumed; /* of the log */
    size_t length;   /* of the output that it holds */
    int stream;      /* -1: no output */
};

/* True where a record of ours begins: its stream and kind. */
bool log_record(const uint8_t prefix[LOG_PREFIX], uint8_t *stream, bool *piece);
/*
 * Turns the beginning of `text`, which was read at `cursor`, into one stream's output, in place.
 * Moves the cursor's state along, its offset included.
 */
struct run log_decode(struct cursor *cursor, uint8_t *text, size_t length);
/* Opens the cursor's file at its start, or the nearest later one; false if there is none. */
bool cursor_open(struct cursor *cursor, const struct log *log, uint64_t sequence);
/* The sequence of the oldest file. */
uint64_t log_oldest(const struct log *log);

#endif
