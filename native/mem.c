/* The four functions that gcc assumes even of a freestanding program. */
#include "sys.h"

void *memcpy(void *to, const void *from, size_t length) {
    return memmove(to, from, length);
}

void *memmove(void *to, const void *from, size_t length) {
    unsigned char *t = to;
    const unsigned char *f = from;
    if (t <= f) {
        for (size_t i = 0; i < length; i++) {
            t[i] = f[i];
        }
    } else {
        for (size_t i = length; i > 0; i--) {
            t[i - 1] = f[i - 1];
        }
    }
    return to;
}

void *memset(void *to, int value, size_t length) {
    unsigned char *t = to;
    for (size_t i = 0; i < length; i++) {
        t[i] = (unsigned char)value;
    }
    return to;
}

int memcmp(const void *left, const void *right, size_t length) {
    const unsigned char *l = left;
    const unsigned char *r = right;
    for (size_t i = 0; i < length; i++) {
        if (l[i] != r[i]) {
            return l[i] - r[i];
        }
    }
    return 0;
}
