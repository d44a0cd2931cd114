/* The attach client's side of the user's terminal and descriptors. */
#ifndef MYDOCKER_TERMINAL_H
#define MYDOCKER_TERMINAL_H

#include "sys.h"

struct window {
    uint16_t rows, columns, width, height;
};

/* The size of the first of descriptors 0 to 2 that is a terminal; false where none is. */
bool terminal_size(struct window *size);
/* Remembers descriptor 0's settings and makes it raw; false where it is no terminal. */
bool terminal_raw(void);
/* Gives it its settings back; harmless where nothing was changed. */
void terminal_restore(void);

/*
 * A descriptor of our own for what `fd` is: reading and writing it never block, and O_NONBLOCK does
 * not get into the user's, which a shell shares. Pipes and terminals can be opened again through
 * /proc; a file cannot (its place is the other's), needs not; the rest is used as it is.
 */
struct channel {
    int fd;
    bool socket;
    bool blocks; /* poll first, and then no more than a page at once */
};
struct channel channel_open(int fd, bool reading);
long channel_write(const struct channel *channel, const uint8_t *data, size_t length);

/* Where the keys that detach are looked for, one byte after another. */
struct detach_keys {
    uint8_t keys[32];
    uint32_t count;
    uint32_t matched;
};
/* Reads "1011"; false where it is not such. */
bool detach_parse(struct detach_keys *keys, const char *hexadecimal);
/*
 * Takes one typed byte. Writes to `out` (room for 33) what is known not to belong to the keys and
 * returns how much; -1 once all keys were typed.
 */
int detach_type(struct detach_keys *keys, uint8_t byte, uint8_t *out);

#endif
