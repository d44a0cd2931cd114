#include "text.h"

#include <asm/errno.h>
#include <linux/poll.h>
#include <linux/time.h>

typedef uint64_t word __attribute__((may_alias, aligned(1)));

enum { DAY = 86400 };

struct moment moment_now(void) {
    struct moment now = {0, 0};
    sys2(__NR_clock_gettime, 0 /* CLOCK_REALTIME */, (long)&now);
    return now;
}

static void digits(uint8_t *to, uint64_t number, int count) {
    while (count > 0) {
        to[--count] = (uint8_t)('0' + number % 10);
        number /= 10;
    }
}

/* Days are counted in eras of 400 years that begin on 1 March, so that leap days come last. */
void stamp_format(uint8_t *to, struct moment moment) {
    uint64_t seconds = moment.seconds < 0 ? 0 : (uint64_t)moment.seconds;
    uint64_t days = seconds / DAY + 719468;
    uint64_t rest = seconds % DAY;
    uint64_t era = days / 146097;
    uint64_t of_era = days % 146097;
    uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    uint64_t month = (5 * of_year + 2) / 153;
    uint64_t day = of_year - (153 * month + 2) / 5 + 1;
    month = month < 10 ? month + 3 : month - 9;
    __builtin_memcpy(to, "0000-00-00T00:00:00.000000000Z", STAMP_LENGTH);
    digits(to, year + era * 400 + (month <= 2), 4);
    digits(to + 5, month, 2);
    digits(to + 8, day, 2);
    digits(to + 11, rest / 3600, 2);
    digits(to + 14, rest / 60 % 60, 2);
    digits(to + 17, rest % 60, 2);
    digits(to + 20, (uint64_t)moment.nanoseconds, 9);
}

int64_t stamp_parse(const uint8_t *text) {
    static const char shape[] = "0000-00-00T00:00:00.000000000Z";
    int64_t field[7] = {0};
    int at = 0;
    for (int i = 0; i < STAMP_LENGTH; i++) {
        if (shape[i] != '0') {
            if (text[i] != (uint8_t)shape[i]) {
                return -1;
            }
            at++;
        } else if (text[i] < '0' || text[i] > '9') {
            return -1;
        } else {
            field[at] = field[at] * 10 + (text[i] - '0');
        }
    }
    int64_t year = field[1] <= 2 ? field[0] - 1 : field[0];
    int64_t of_year = (153 * (field[1] > 2 ? field[1] - 3 : field[1] + 9) + 2) / 5 + field[2] - 1;
    int64_t days = year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719468;
    int64_t seconds = days * DAY + field[3] * 3600 + field[4] * 60 + field[5];
    /* Beyond 2262 nanoseconds overflow; before 1970 there were no containers. */
    return seconds < 0 || seconds > 9223372035 ? -1 : seconds * 1000000000 + field[6];
}

size_t decimal_format(char *to, int64_t number) {
    char reversed[20];
    size_t count = 0;
    size_t length = 0;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        reversed[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        to[length++] = '-';
    }
    while (count > 0) {
        to[length++] = reversed[--count];
    }
    return length;
}

bool decimal_parse(const char *text, int64_t *number) {
    bool negative = *text == '-';
    uint64_t value = 0;
    text += negative;
    if (*text == 0) {
        return false;
    }
    for (; *text != 0; text++) {
        if (*text < '0' || *text > '9' || value > (INT64_MAX - 9) / 10) {
            return false;
        }
        value = value * 10 + (uint64_t)(*text - '0');
    }
    *number = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

char *text_append(char *to, const char *text) {
    while (*text != 0) {
        *to++ = *text++;
    }
    return to;
}

/* A word at a time: subtracting one borrows into the top bit of exactly the first zero byte. */
const uint8_t *find_newline(const uint8_t *at, const uint8_t *end) {
    const uint64_t ones = 0x0101010101010101;
    for (; end - at >= 8; at += 8) {
        uint64_t zero = *(const word *)at ^ (ones * '\n');
        uint64_t found = (zero - ones) & ~zero & (ones * 0x80);
        if (found != 0) {
            return at + __builtin_ctzll(found) / 8;
        }
    }
    for (; at < end; at++) {
        if (*at == '\n') {
            return at;
        }
    }
    return NULL;
}

long write_fully(int fd, const void *data, size_t length) {
    const char *at = data;
    while (length > 0) {
        long written = sys3(__NR_write, fd, (long)at, (long)length);
        if (written == -EAGAIN) {
            struct pollfd wait = {fd, POLLOUT, 0};
            sys5(__NR_ppoll, (long)&wait, 1, 0, 0, 0);
        } else if (written < 0 && written != -EINTR) {
            return written;
        } else if (written > 0) {
            at += written;
            length -= (size_t)written;
        }
    }
    return 0;
}
