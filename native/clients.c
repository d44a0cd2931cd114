/*
 * The monitor's clients. See wire.table for the frames:
 *
 *   client                                monitor
 *     HELLO(version, wants)  ──────────▶
 *                            ◀──────────  WELCOME(version, flags, pid), then ROOM if it wants IN
 *     IN, IN_EOF, RESIZE, SIGNAL ──────▶
 *                            ◀──────────  OUT, ERR, ROOM
 *     DETACH (closes)        ──────────▶
 *                            ◀──────────  EXIT(code, signal) (closes)
 *
 * Nothing here waits. A client that cannot take output now is left behind: it gets it from the log,
 * from its own place, until it has caught up. Without a log there is back-pressure instead: the
 * batch that it is owed stays, and no more is read.
 */
#include "clients.h"

#include <asm/errno.h>
#include <asm/socket.h>

enum { DONTWAIT = 0x40, NOSIGNAL = 0x4000, ROUNDS = 8 };

void client_caught_up(struct client *client) {
    if (client->cursor.fd >= 0) {
        sys1(__NR_close, client->cursor.fd);
        client->cursor.fd = -1;
    }
    client->behind = false;
}

/* The connection is over; the client's input is still written, and is the last if it was to be. */
void client_leave(struct monitor *m, struct client *client) {
    sys1(__NR_close, client->fd);
    client->fd = -1;
    client->owed = false;
    client_caught_up(client);
    if ((client->wants & WIRE_HELLO_IN) != 0 && m->input >= 0) {
        client->input_end = true;
        clients_feed(m);
    }
}

int client_frame(struct client *client, uint8_t type, uint8_t *text, size_t length) {
    uint8_t *start = text - FRAME_HEADER;
    uint32_t payload = (uint32_t)length;
    __builtin_memset(start, 0, 4);
    start[0] = type;
    __builtin_memcpy(start + 4, &payload, 4);
    size_t total = FRAME_HEADER + length;
    if (client->deaf) {
        return -1;
    }
    long sent = sys6(__NR_sendto, client->fd, (long)start, (long)total, DONTWAIT | NOSIGNAL, 0, 0);
    if (sent == -EAGAIN || sent == -EINTR || sent == -ENOBUFS) {
        return 0;
    }
    if (sent != (long)total) {
        /* It closed, but what it said before is still to be read. */
        client->deaf = true;
        client->owed = false;
        client_caught_up(client);
        return -1;
    }
    return 1;
}

int client_small(struct client *client, uint8_t type, const void *payload, size_t length) {
    uint8_t text[FRAME_HEADER + 16];
    __builtin_memcpy(text + FRAME_HEADER, payload, length);
    return client_frame(client, type, text + FRAME_HEADER, length);
}

void client_room(struct client *client) {
    if (client->fd >= 0 && client->room >= WINDOW / 2 &&
        client_small(client, WIRE_ATTACH_ROOM, &client->room, sizeof client->room) == 1) {
        client->room = 0;
    }
}

void clients_stop_input(struct monitor *m) {
    bool terminal = (m->parameters->flags & WIRE_MONITOR_TERMINAL) != 0;
    if (m->input >= 0 && !terminal) {
        sys1(__NR_close, m->input);
    }
    m->input = -1;
    for (int i = 0; i < CLIENTS; i++) {
        struct client *client = &m->clients[i];
        client->room += client->input_length;
        client->input_length = 0;
        client->input_end = false;
        client_room(client);
    }
}

static uint8_t windows[CLIENTS][WINDOW] __attribute__((aligned(4096)));

static void feed(struct monitor *m, struct client *client) {
    uint8_t *window = windows[client - m->clients];
    while (client->input_length > 0) {
        long written =
            sys3(__NR_write, m->input, (long)(window + client->input_start), client->input_length);
        if (written == -EAGAIN || written == 0) {
            return;
        }
        if (written < 0 && written != -EINTR) {
            clients_stop_input(m);
            return;
        }
        if (written > 0) {
            client->input_start += (uint32_t)written;
            client->input_length -= (uint32_t)written;
            client->room += (uint32_t)written;
        }
    }
    client->input_start = 0;
    if (client->input_end) {
        client->input_end = false;
        /* A terminal has no end of input but the one that is typed. */
        if ((m->parameters->flags & WIRE_MONITOR_TERMINAL) == 0 &&
            (m->parameters->flags & WIRE_MONITOR_STDIN_ONCE) != 0) {
            clients_stop_input(m);
        }
    }
    client_room(client);
}

void clients_feed(struct monitor *m) {
    for (int i = 0; i < CLIENTS && m->input >= 0; i++) {
        feed(m, &m->clients[i]);
    }
}

bool clients_have_input(const struct monitor *m) {
    for (int i = 0; i < CLIENTS; i++) {
        if (m->clients[i].input_length > 0) {
            return m->input >= 0;
        }
    }
    return false;
}

static void greet(struct monitor *m, struct client *client) {
    uint32_t hello[2] = {0, 0};
    __builtin_memcpy(hello, client->payload, sizeof hello);
    if (client->greeted) {
        return;
    }
    client->greeted = true;
    client->wants = hello[1];
    struct {
        uint32_t version, flags;
        uint64_t pid;
    } welcome = {WIRE_ATTACH_VERSION, 0, (uint64_t)m->parameters->pid};
    welcome.flags = (m->parameters->flags & WIRE_MONITOR_TERMINAL) != 0 ? WIRE_WELCOME_TERMINAL : 0;
    if (client_small(client, WIRE_ATTACH_WELCOME, &welcome, sizeof welcome) < 0) {
        return;
    }
    client->room = (client->wants & WIRE_HELLO_IN) != 0 ? WINDOW : 0;
    client_room(client);
    if (client->fd >= 0 && m->logged && (client->wants & WIRE_HELLO_REPLAY) != 0) {
        client->behind = cursor_open(&client->cursor, &m->log, log_oldest(&m->log));
    } else if ((client->wants & (WIRE_HELLO_OUT | WIRE_HELLO_ERR)) == 0) {
        client_caught_up(client);
    }
}

static void obey(struct monitor *m, struct client *client) {
    uint16_t size[4] = {0, 0, 0, 0};
    uint32_t signal = 0;
    switch (client->header[0]) {
    case WIRE_ATTACH_HELLO:
        greet(m, client);
        break;
    case WIRE_ATTACH_IN_EOF:
        client->input_end = (client->wants & WIRE_HELLO_IN) != 0 && m->input >= 0;
        clients_feed(m);
        break;
    case WIRE_ATTACH_RESIZE:
        __builtin_memcpy(size, client->payload, 4);
        if (!m->ended && (m->parameters->flags & WIRE_MONITOR_TERMINAL) != 0) {
            sys3(__NR_ioctl, m->parameters->out, 0x5414 /* TIOCSWINSZ */, (long)size);
        }
        break;
    case WIRE_ATTACH_SIGNAL:
        __builtin_memcpy(&signal, client->payload, 4);
        if (!m->ended && signal > 0 && signal <= 64) {
            sys4(__NR_pidfd_send_signal, m->parameters->pidfd, signal, 0, 0);
        }
        break;
    case WIRE_ATTACH_DETACH:
        client->wants = 0;
        client_leave(m, client);
        break;
    default:
        break; /* a newer client's: not ours to refuse */
    }
}

static bool is_input(const struct client *client) {
    return client->header_length == FRAME_HEADER && client->header[0] == WIRE_ATTACH_IN &&
           (client->wants & WIRE_HELLO_IN) != 0;
}

/* Reads the next part of a frame; the number of bytes, 0 at the end, or an error. */
static long receive_part(struct monitor *m, struct client *client) {
    uint8_t unused[512];
    uint8_t *to = unused;
    uint32_t length = sizeof unused < client->left ? sizeof unused : client->left;
    if (client->header_length < FRAME_HEADER) {
        to = client->header + client->header_length;
        length = FRAME_HEADER - client->header_length;
    } else if (is_input(client) && m->input >= 0) {
        uint8_t *window = windows[client - m->clients];
        memmove(window, window + client->input_start, client->input_length);
        client->input_start = 0;
        to = window + client->input_length;
        length = WINDOW - client->input_length;
        length = length < client->left ? length : client->left;
    } else if (client->payload_length < sizeof client->payload) {
        to = client->payload + client->payload_length;
        length = (uint32_t)sizeof client->payload - client->payload_length;
        length = length < client->left ? length : client->left;
    }
    if (length == 0) {
        return -EAGAIN; /* its window is full: the process does not read */
    }
    long got = sys6(__NR_recvfrom, client->fd, (long)to, length, DONTWAIT, 0, 0);
    if (got <= 0) {
        return got;
    }
    uint32_t count = (uint32_t)got;
    if (client->header_length < FRAME_HEADER) {
        client->header_length += count;
        if (client->header_length == FRAME_HEADER) {
            __builtin_memcpy(&client->left, client->header + 4, 4);
            __builtin_memset(client->payload, 0, sizeof client->payload);
            client->payload_length = 0;
        }
        return client->left > WIRE_ATTACH_MAXIMUM ? -EPROTO : got;
    }
    client->left -= count;
    if (to == unused) {
        client->room += is_input(client) ? count : 0;
    } else if (to == client->payload + client->payload_length) {
        client->payload_length += count;
        client->room += is_input(client) ? count : 0;
    } else {
        client->input_length += count;
    }
    return got;
}

void client_receive(struct monitor *m, struct client *client) {
    for (int i = 0; i < ROUNDS && client->fd >= 0; i++) {
        long got = receive_part(m, client);
        if (got == -EAGAIN || got == -EINTR) {
            break;
        }
        if (got <= 0) {
            client_leave(m, client);
            return;
        }
        if (client->header_length == FRAME_HEADER && client->left == 0) {
            client->header_length = 0;
            obey(m, client);
        }
    }
    clients_feed(m);
    client_room(client);
}
