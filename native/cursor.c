/* The log's reader inside the monitor, for clients that could not take the output as it came. */
#include "log.h"
#include "text.h"

#include <linux/fcntl.h>

bool log_record(const uint8_t prefix[LOG_PREFIX], uint8_t *stream, bool *piece) {
    const uint8_t *name = prefix + STAMP_LENGTH;
    if (prefix[STAMP_LENGTH - 1] != 'Z' || name[0] != ' ' || name[1] != 's' || name[2] != 't' ||
        name[3] != 'd' || name[7] != ' ' || (name[8] != 'F' && name[8] != 'P') || name[9] != ' ') {
        return false;
    }
    *stream = name[4] == 'o' ? STREAM_OUT : STREAM_ERR;
    *piece = name[8] == 'P';
    return true;
}

struct run log_decode(struct cursor *cursor, uint8_t *text, size_t length) {
    struct run run = {0, 0, -1};
    const uint8_t *end = text + length;
    const uint8_t *at = text;
    while (at < end) {
        if (!cursor->inside) {
            if (end - at < LOG_PREFIX) {
                break;
            }
            uint8_t stream = cursor->stream;
            bool piece = false;
            bool known = log_record(at, &stream, &piece);
            if (known && run.stream >= 0 && run.stream != stream) {
                break;
            }
            cursor->stream = stream;
            cursor->piece = piece;
            cursor->unknown = !known;
            cursor->inside = true;
            at += known ? LOG_PREFIX : 0;
        }
        const uint8_t *newline = find_newline(at, end);
        size_t line = (size_t)((newline != NULL ? newline : end) - at);
        if (!cursor->unknown) {
            run.stream = cursor->stream;
            memmove(text + run.length, at, line);
            run.length += line;
        }
        at += line;
        if (newline != NULL) {
            at++;
            if (!cursor->unknown && !cursor->piece) {
                text[run.length++] = '\n';
            }
            cursor->inside = false;
        }
    }
    run.consumed = (size_t)(at - text);
    cursor->offset += run.consumed;
    return run;
}

bool cursor_open(struct cursor *cursor, const struct log *log, uint64_t sequence) {
    if (cursor->fd >= 0) {
        sys1(__NR_close, cursor->fd);
    }
    *cursor = (struct cursor){.fd = -1};
    for (; log->fd >= 0 && sequence <= log->sequence; sequence++) {
        char name[40];
        cursor->sequence = sequence;
        cursor->fd =
            (int)sys4(__NR_openat, log->directory, (long)log_name(name, log->sequence - sequence),
                      O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
        if (cursor->fd >= 0) {
            return true;
        }
    }
    return false;
}
