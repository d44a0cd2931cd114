/* Numbers, times and lines as text. */
#ifndef MYDOCKER_TEXT_H
#define MYDOCKER_TEXT_H

#include "sys.h"

/* 2016-10-06T00:17:09.669794202Z: always this long, so that log records have a fixed prefix. */
enum { STAMP_LENGTH = 30 };

struct moment {
    int64_t seconds;
    int64_t nanoseconds;
};

struct moment moment_now(void);
void stamp_format(uint8_t *to, struct moment moment);
/* Nanoseconds since 1970, or -1 where the text is no stamp. */
int64_t stamp_parse(const uint8_t *text);

/* Writes a number's digits; how many. At most 20. */
size_t decimal_format(char *to, int64_t number);
/* Reads digits with an optional minus to the string's end. */
bool decimal_parse(const char *text, int64_t *number);

/* Appends a string; the new end. */
char *text_append(char *to, const char *text);

/* The first newline of [at, end), or NULL. */
const uint8_t *find_newline(const uint8_t *at, const uint8_t *end);

/* Writes everything, waiting where it must; 0 or an error. */
long write_fully(int fd, const void *data, size_t length);

#endif
