/* What the monitor's clients are shown: the output as it comes, the log where they lag, the end. */
#include "clients.h"

#include <asm/errno.h>
#include <asm/socket.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/poll.h>

enum { ROUNDS = 8, SOCK_FLAGS = 02004000 /* SOCK_CLOEXEC | SOCK_NONBLOCK */ };

static uint8_t frame[FRAME_HEADER + BATCH] __attribute__((aligned(4096)));

uint8_t *batch(void) {
    return frame + FRAME_HEADER;
}

void clients_release(struct monitor *m) {
    if (!clients_hold(m)) {
        sys3(__NR_madvise, (long)frame, sizeof frame, MADV_DONTNEED);
    }
}

static bool wants(const struct client *client, int stream) {
    return (client->wants & (stream == STREAM_OUT ? WIRE_HELLO_OUT : WIRE_HELLO_ERR)) != 0;
}

static struct client *admit(struct monitor *m, int fd) {
    struct client *place = NULL;
    for (int i = 0; i < CLIENTS; i++) {
        struct client *client = &m->clients[i];
        bool idle = client->input_length == 0 && !client->input_end;
        /* The input of a client that is gone, unread for all this time, makes room last. */
        if (client->fd < 0 && (idle || place == NULL)) {
            place = client;
            if (idle) {
                break;
            }
        }
    }
    if (place != NULL) {
        int size = SEND_BUFFER;
        *place = (struct client){.fd = fd, .cursor.fd = -1};
        sys5(__NR_setsockopt, fd, SOL_SOCKET, SO_SNDBUF, (long)&size, sizeof size);
    }
    return place;
}

/*
 * The client that came with the container misses nothing: it is behind from the start, and reads
 * what is logged while it does not say HELLO yet (its process is still becoming the attach client).
 */
void clients_open(struct monitor *m, int fd) {
    for (int i = 0; i < CLIENTS; i++) {
        m->clients[i] = (struct client){.fd = -1, .cursor.fd = -1};
    }
    if (fd < 0) {
        return;
    }
    struct client *client = admit(m, fd);
    client->first = true;
    if (m->logged && cursor_open(&client->cursor, &m->log, m->log.sequence)) {
        client->cursor.offset = m->log.size;
        client->behind = true;
    }
}

/* The socket lies in a private directory; this is for a descriptor of it that got elsewhere. */
static bool is_ours(int fd) {
    struct {
        int32_t pid;
        uint32_t uid, gid;
    } peer;
    int32_t length = sizeof peer;
    return sys5(__NR_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, (long)&peer, (long)&length) == 0 &&
           (peer.uid == 0 || peer.uid == (uint32_t)sys0(__NR_geteuid));
}

void clients_accept(struct monitor *m) {
    for (;;) {
        int fd = (int)sys4(__NR_accept4, m->listener, 0, 0, SOCK_FLAGS);
        if (fd < 0) {
            m->crowded = fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM || fd == -ENOBUFS;
            return;
        }
        if (!is_ours(fd)) {
            sys1(__NR_close, fd);
        } else if (admit(m, fd) == NULL) {
            struct client refused = {.fd = fd, .cursor.fd = -1};
            uint32_t welcome[4] = {WIRE_ATTACH_VERSION, WIRE_WELCOME_FULL, 0, 0};
            client_small(&refused, WIRE_ATTACH_WELCOME, welcome, sizeof welcome);
            sys1(__NR_close, fd);
        }
    }
}

/* Frames are shown before they are logged: the place in the log is where the batch will begin. */
static void fall_behind(struct monitor *m, struct client *client) {
    if (!cursor_open(&client->cursor, &m->log, m->log.sequence)) {
        client_leave(m, client);
        return;
    }
    log_measure(&m->log);
    client->cursor.offset = m->log.size;
    client->behind = true;
}

void clients_show(struct monitor *m, int stream, size_t length) {
    uint8_t type = stream == STREAM_OUT ? WIRE_ATTACH_OUT : WIRE_ATTACH_ERR;
    for (int i = 0; i < CLIENTS; i++) {
        struct client *client = &m->clients[i];
        if (client->fd < 0 || !client->greeted || client->behind || !wants(client, stream) ||
            client_frame(client, type, batch(), length) != 0) {
            continue;
        }
        if (m->logged) {
            fall_behind(m, client);
        } else {
            client->owed = true;
            m->batch_length = length;
            m->batch_stream = stream;
        }
    }
}

bool clients_hold(const struct monitor *m) {
    for (int i = 0; i < CLIENTS && !m->logged; i++) {
        const struct client *client = &m->clients[i];
        if (client->owed || (client->first && client->fd >= 0 && !client->greeted)) {
            return true;
        }
    }
    return false;
}

uint64_t clients_need(const struct monitor *m) {
    uint64_t need = INT64_MAX;
    for (int i = 0; i < CLIENTS; i++) {
        const struct client *client = &m->clients[i];
        if (client->behind && client->cursor.sequence + 1 < need) {
            need = client->cursor.sequence + 1;
        }
    }
    return need;
}

/* False once the client is up to date, or cannot take more now. */
static bool catch_up(struct monitor *m, struct client *client) {
    struct cursor *cursor = &client->cursor;
    bool current = cursor->sequence == m->log.sequence;
    long got = -1;
    if (!current || cursor->offset < m->log.size) {
        got = sys4(__NR_pread64, cursor->fd, (long)batch(), BATCH, (long)cursor->offset);
    }
    struct cursor next = *cursor;
    struct run run = {0, 0, -1};
    if (got > 0) {
        run = log_decode(&next, batch(), (size_t)got);
    }
    if (run.consumed == 0) {
        /* The file's end; or somebody cut it; or less than a record is left of a broken one. */
        if (!current && cursor_open(cursor, &m->log, cursor->sequence + 1)) {
            return true;
        }
        log_measure(&m->log);
        if (current && cursor->offset > m->log.size) {
            cursor->offset = 0;
            cursor->inside = false;
            return true;
        }
        client_caught_up(client);
        return false;
    }
    if (run.length > 0 && wants(client, run.stream)) {
        uint8_t type = run.stream == STREAM_OUT ? WIRE_ATTACH_OUT : WIRE_ATTACH_ERR;
        if (client_frame(client, type, batch(), run.length) != 1) {
            return false;
        }
    }
    *cursor = next;
    return true;
}

void client_send(struct monitor *m, struct client *client) {
    client_room(client);
    if (client->owed) {
        uint8_t type = m->batch_stream == STREAM_OUT ? WIRE_ATTACH_OUT : WIRE_ATTACH_ERR;
        if (client_frame(client, type, batch(), m->batch_length) == 1) {
            client->owed = false;
        }
    }
    for (int i = 0; i < ROUNDS && client->greeted && client->behind && catch_up(m, client); i++) {
    }
}

short client_events(const struct client *client) {
    short events = 0;
    if (client->header_length < FRAME_HEADER || client->input_length < WINDOW) {
        events |= POLLIN;
    }
    if (client->greeted && !client->deaf &&
        (client->behind || client->owed || client->ending || client->room >= WINDOW / 2)) {
        events |= POLLOUT;
    }
    return events;
}

bool clients_end(struct monitor *m) {
    struct {
        int32_t code, signal;
    } end = {m->report.code, m->report.signal};
    bool none = true;
    bool complete = m->outputs[0].fd < 0 && m->outputs[1].fd < 0 && !clients_hold(m);
    for (int i = 0; i < CLIENTS; i++) {
        struct client *client = &m->clients[i];
        if (client->fd >= 0 && client->greeted && complete && !client->behind) {
            client->ending = client_small(client, WIRE_ATTACH_EXIT, &end, sizeof end) == 0;
            if (client->fd >= 0 && !client->ending) {
                client_leave(m, client);
            }
        }
        none &= client->fd < 0;
    }
    return none;
}
