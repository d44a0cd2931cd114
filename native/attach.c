/*
 * The attach client: what the CLI's process becomes once only copying remains.
 *
 *   mydocker-attach CONNECTION FLAGS DETACH-KEYS [NAME]
 *
 * It ends as the process in the container ends (its exit code), on the detach keys (0), when nobody
 * reads its output any more (SIGPIPE), or by a signal that it does not pass on. In none of the last
 * three does the container end. See clients.c for the protocol's other side.
 */
#include "monitor.h"
#include "terminal.h"
#include "text.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/poll.h>

enum { HEADER = 8, INPUT = 4096, BUFFER = 16384, DONTWAIT = 0x40, NOSIGNAL = 0x4000 };
enum { LOST = 125, UNKNOWN = 255 };
/* The same numbers on every architecture that we know. */
enum { HUP = 1, INT = 2, QUIT = 3, USR1 = 10, USR2 = 12, PIPE = 13, ALRM = 14, TERM = 15 };
enum { CONT = 18, STOP = 19, TSTP = 20, WINCH = 28, FIRST_REALTIME = 34, LAST = 64 };
enum { BLOCK = 0, SETMASK = 2 };

struct attach {
    int connection;
    int signals;
    uint32_t flags;
    bool raw;
    bool closed; /* the monitor takes no more; what it has sent is still read */
    struct detach_keys detach;
    struct channel in;
    struct channel out[2];
    bool in_ended;

    /* What waits to be sent, in this order, except that control does not wait for input. */
    bool resize;
    bool redraw;
    uint64_t send_signals;
    uint8_t input[HEADER + INPUT + sizeof(struct detach_keys)];
    uint32_t input_length;
    uint32_t room; /* that the monitor has for input */
    bool send_end;

    uint8_t buffer[BUFFER];
    uint32_t start, end;
    uint8_t header[HEADER];
    uint32_t header_length;
    uint32_t left; /* of a frame's payload */
    uint8_t payload[16];
    uint32_t payload_length;
    int blocked; /* the output that takes no more now, or -1 */
};

static uint64_t bit(int signal) {
    return (uint64_t)1 << (signal - 1);
}

__attribute__((noreturn)) static void leave(int code) {
    terminal_restore();
    for (;;) {
        sys1(__NR_exit_group, code);
    }
}

/* Ends by the signal itself, so that a shell sees what happened. */
__attribute__((noreturn)) static void leave_by(int signal) {
    uint64_t none = 0;
    terminal_restore();
    sys4(__NR_rt_sigprocmask, SETMASK, (long)&none, 0, sizeof none);
    sys2(__NR_kill, sys0(__NR_getpid), signal);
    leave(128 + signal);
}

__attribute__((noreturn)) static void fail(const char *name, const char *why) {
    char text[512];
    char *end = text_append(text, "mydocker: attach ");
    for (; *name != 0 && end < text + 256; name++) {
        *end++ = *name;
    }
    end = text_append(text_append(text_append(end, ": "), why), "\n");
    terminal_restore();
    write_fully(2, text, (size_t)(end - text));
    leave(LOST);
}

/* True once it is on its way (or no one is there to take it). The frames are small: all or none. */
static bool send_frame(struct attach *a, uint8_t type, uint8_t *start, uint32_t length) {
    __builtin_memset(start, 0, HEADER);
    start[0] = type;
    __builtin_memcpy(start + 4, &length, 4);
    uint32_t total = HEADER + length;
    while (!a->closed && total > 0) {
        long sent = sys6(__NR_sendto, a->connection, (long)start, total, DONTWAIT | NOSIGNAL, 0, 0);
        if (sent == -EAGAIN) {
            return false;
        }
        a->closed = sent < 0 && sent != -EINTR;
        start += sent > 0 ? sent : 0;
        total -= sent > 0 ? (uint32_t)sent : 0;
    }
    return true;
}

static bool send_size(struct attach *a, uint16_t more_rows) {
    struct window size;
    uint8_t frame[HEADER + 4];
    if (!terminal_size(&size)) {
        return true;
    }
    size.rows = (uint16_t)(size.rows + more_rows);
    __builtin_memcpy(frame + HEADER, &size, 4);
    return send_frame(a, WIRE_ATTACH_RESIZE, frame, 4);
}

/* False while the connection takes no more. */
static bool send_all(struct attach *a) {
    uint8_t frame[HEADER + 8];
    if (a->redraw && send_size(a, 1)) {
        a->redraw = false;
    }
    if (a->resize && !a->redraw && send_size(a, 0)) {
        a->resize = false;
    }
    for (uint32_t signal = 1; a->send_signals != 0 && signal <= LAST; signal++) {
        __builtin_memcpy(frame + HEADER, &signal, 4);
        if ((a->send_signals & bit((int)signal)) != 0 &&
            send_frame(a, WIRE_ATTACH_SIGNAL, frame, 4)) {
            a->send_signals &= ~bit((int)signal);
        }
    }
    if (a->input_length > 0 && send_frame(a, WIRE_ATTACH_IN, a->input, a->input_length)) {
        a->input_length = 0;
    }
    if (a->send_end && a->input_length == 0 && send_frame(a, WIRE_ATTACH_IN_EOF, frame, 0)) {
        a->send_end = false;
    }
    return !a->resize && !a->redraw && a->send_signals == 0 && a->input_length == 0 && !a->send_end;
}

static void detach(struct attach *a) {
    uint8_t frame[HEADER];
    send_frame(a, WIRE_ATTACH_DETACH, frame, 0);
    terminal_restore();
    write_fully(2, "read escape sequence\n", 21);
    leave(0);
}

/* In a terminal what is typed goes through the keys; bytes from a pipe are nobody's keys. */
static void read_input(struct attach *a) {
    uint8_t typed[INPUT];
    uint32_t most = a->room < INPUT ? a->room : INPUT;
    long got = sys3(__NR_read, a->in.fd, (long)typed, most);
    if (got == -EAGAIN || got == -EINTR) {
        return;
    }
    if (got <= 0) {
        a->in_ended = true;
        a->send_end = true;
        return;
    }
    uint8_t *to = a->input + HEADER;
    for (long i = 0; i < got && a->detach.count > 0; i++) {
        int passed = detach_type(&a->detach, typed[i], to);
        if (passed < 0) {
            a->input_length = (uint32_t)(to - a->input) - HEADER;
            send_all(a);
            detach(a);
        }
        to += passed;
    }
    if (a->detach.count == 0) {
        memcpy(to, typed, (size_t)got);
        to += got;
    }
    a->input_length = (uint32_t)(to - a->input) - HEADER;
    /* Keys held back count once they are sent; there may be a few more than there is room. */
    a->room -= a->input_length < a->room ? a->input_length : a->room;
}

static void suspend(struct attach *a) {
    terminal_restore();
    sys2(__NR_kill, sys0(__NR_getpid), STOP);
    /* Here again after SIGCONT, which the descriptor tells too. */
    a->resize = true;
}

static void take_signal(struct attach *a) {
    struct {
        uint32_t number;
        uint8_t rest[124];
    } info;
    if (sys3(__NR_read, a->signals, (long)&info, sizeof info) != sizeof info) {
        return;
    }
    int signal = (int)info.number;
    if (signal == WINCH) {
        a->resize = true;
    } else if (a->raw && signal == CONT) {
        terminal_raw();
        a->resize = true;
    } else if (a->raw && signal == TSTP) {
        suspend(a);
    } else if (a->raw) {
        leave_by(signal);
    } else {
        a->send_signals |= bit(signal);
    }
}

/* Raw: those that must find the terminal restored. Else: those that are passed on. */
static void watch_signals(struct attach *a) {
    uint64_t set = bit(WINCH);
    if (a->raw) {
        set |= bit(HUP) | bit(INT) | bit(QUIT) | bit(TERM) | bit(TSTP) | bit(CONT);
    } else if ((a->flags & WIRE_CLIENT_SIG_PROXY) != 0) {
        set |= bit(HUP) | bit(INT) | bit(QUIT) | bit(TERM) | bit(USR1) | bit(USR2) | bit(ALRM) |
               bit(CONT) | ~(bit(FIRST_REALTIME) - 1);
    }
    /* SIGPIPE stays pending until leave_by lets it through, after the terminal. */
    uint64_t mask = set | bit(PIPE);
    sys4(__NR_rt_sigprocmask, SETMASK, (long)&mask, 0, sizeof mask);
    a->signals = (int)sys4(__NR_signalfd4, -1, (long)&set, sizeof set, O_CLOEXEC | O_NONBLOCK);
}

static void finish(struct attach *a) {
    int32_t code;
    __builtin_memcpy(&code, a->payload, 4);
    code = code < 0 ? UNKNOWN : code;
    if ((a->flags & WIRE_CLIENT_PRINT_EXIT) != 0) {
        char text[24];
        size_t length = decimal_format(text, code);
        text[length++] = '\n';
        write_fully(1, text, length);
        leave(0);
    }
    leave(code & 0xff);
}

static void obey(struct attach *a, const char *name) {
    uint32_t value;
    switch (a->header[0]) {
    case WIRE_ATTACH_WELCOME:
        __builtin_memcpy(&value, a->payload + 4, 4);
        if ((value & WIRE_WELCOME_FULL) != 0) {
            fail(name, "too many clients are attached");
        }
        break;
    case WIRE_ATTACH_ROOM:
        __builtin_memcpy(&value, a->payload, 4);
        a->room += value;
        break;
    case WIRE_ATTACH_EXIT:
        finish(a);
        break;
    default:
        break;
    }
}

/* Takes frames apart as far as their output can be written. */
static void digest(struct attach *a, const char *name) {
    a->blocked = -1;
    while (a->start < a->end || (a->header_length == HEADER && a->left == 0)) {
        uint8_t type = a->header[0];
        uint32_t here = a->end - a->start;
        if (a->header_length < HEADER) {
            a->header[a->header_length++] = a->buffer[a->start++];
            if (a->header_length == HEADER) {
                __builtin_memcpy(&a->left, a->header + 4, 4);
                a->payload_length = 0;
            }
        } else if (a->left == 0) {
            a->header_length = 0;
            obey(a, name);
        } else if (type == WIRE_ATTACH_OUT || type == WIRE_ATTACH_ERR) {
            here = here < a->left ? here : a->left;
            long written =
                channel_write(&a->out[type - WIRE_ATTACH_OUT], a->buffer + a->start, here);
            if (written == -EAGAIN) {
                a->blocked = type - WIRE_ATTACH_OUT;
                return;
            }
            if (written == -EPIPE) {
                leave_by(PIPE);
            }
            if (written < 0 && written != -EINTR) {
                fail(name, "its output cannot be written");
            }
            a->start += written > 0 ? (uint32_t)written : 0;
            a->left -= written > 0 ? (uint32_t)written : 0;
        } else {
            uint8_t byte = a->buffer[a->start++];
            a->left--;
            if (a->payload_length < sizeof a->payload) {
                a->payload[a->payload_length++] = byte;
            }
        }
    }
    a->start = a->end = 0;
}

static void receive(struct attach *a, const char *name) {
    long got = sys6(__NR_recvfrom, a->connection, (long)a->buffer, BUFFER, DONTWAIT, 0, 0);
    if (got == -EAGAIN || got == -EINTR) {
        return;
    }
    if (got <= 0) {
        fail(name, "the monitor ended without an exit record");
    }
    a->end = (uint32_t)got;
    digest(a, name);
}

static void hello(struct attach *a) {
    uint32_t wants[2] = {WIRE_ATTACH_VERSION, 0};
    uint8_t frame[HEADER + sizeof wants];
    wants[1] |= (a->flags & WIRE_CLIENT_OUT) != 0 ? WIRE_HELLO_OUT : 0;
    wants[1] |= (a->flags & WIRE_CLIENT_ERR) != 0 ? WIRE_HELLO_ERR : 0;
    wants[1] |= (a->flags & WIRE_CLIENT_STDIN) != 0 ? WIRE_HELLO_IN : 0;
    wants[1] |= (a->flags & WIRE_CLIENT_REPLAY) != 0 ? WIRE_HELLO_REPLAY : 0;
    __builtin_memcpy(frame + HEADER, wants, sizeof wants);
    send_frame(a, WIRE_ATTACH_HELLO, frame, sizeof wants);
}

static struct attach the;

int attach_main(int argc, char **argv) {
    struct attach *a = &the;
    int64_t connection = -1;
    int64_t flags = 0;
    const char *name = argc > 4 ? argv[4] : "the container";
    if (argc < 4 || !decimal_parse(argv[1], &connection) || !decimal_parse(argv[2], &flags) ||
        !detach_parse(&a->detach, argv[3])) {
        fail(name, "usage: mydocker-attach CONNECTION FLAGS DETACH-KEYS [NAME]");
    }
    a->connection = (int)connection;
    a->flags = (uint32_t)flags;
    a->blocked = -1;
    a->in_ended = (flags & WIRE_CLIENT_STDIN) == 0;
    /* Signals first: between raw mode and the mask one would leave the terminal raw. */
    a->raw = (flags & WIRE_CLIENT_RAW) != 0;
    watch_signals(a);
    if (a->raw && !terminal_raw()) {
        a->raw = false;
        watch_signals(a);
    }
    a->detach.count = a->raw ? a->detach.count : 0;
    a->in = channel_open(0, true);
    a->out[0] = channel_open(1, false);
    a->out[1] = channel_open(2, false);
    a->resize = (flags & WIRE_CLIENT_RAW) != 0;
    a->redraw = a->resize && (flags & WIRE_CLIENT_REDRAW) != 0;
    hello(a);
    for (;;) {
        bool sent = send_all(a);
        bool reads = !a->in_ended && a->input_length == 0 && a->room > 0 && !a->closed;
        struct pollfd polled[4] = {{a->signals, POLLIN, 0},
                                   {a->blocked >= 0 && sent ? -1 : a->connection,
                                    (short)((a->blocked < 0 ? POLLIN : 0) | (sent ? 0 : POLLOUT)),
                                    0},
                                   {reads ? a->in.fd : -1, POLLIN, 0},
                                   {a->blocked >= 0 ? a->out[a->blocked].fd : -1, POLLOUT, 0}};
        if (sys5(__NR_ppoll, (long)polled, 4, 0, 0, 0) <= 0) {
            continue;
        }
        if (polled[0].revents != 0) {
            take_signal(a);
        }
        if (a->blocked >= 0 && polled[3].revents != 0) {
            digest(a, name);
        } else if (a->blocked < 0 && (polled[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            receive(a, name);
        }
        if (polled[2].revents != 0) {
            read_input(a);
        }
    }
}
