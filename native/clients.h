/* What the monitor's parts share: one process, its output, its clients. */
#ifndef MYDOCKER_CLIENTS_H
#define MYDOCKER_CLIENTS_H

#include "log.h"
#include "monitor.h"
#include "text.h"

enum {
    CLIENTS = 32,
    FRAME_HEADER = 8,
    /* A frame with a batch is far below half of SEND_BUFFER, so a socket takes it whole or not at
     * all (unix_stream_sendmsg makes one buffer of it) and no part of a frame need be kept. */
    BATCH = LOG_PIECE,
    SEND_BUFFER = 65536,
    /* Input that a client may have on its way; a page, touched only by clients that type. */
    WINDOW = 4096
};

struct client {
    int fd;         /* -1: gone; the place is taken until its input is written */
    bool greeted;   /* said HELLO */
    bool first;     /* came with the process: without a log, output waits for it */
    bool behind;    /* reads the log instead of the output */
    bool owed;      /* without a log: has not had the current batch */
    bool deaf;      /* has closed; what it said before is still to be read */
    bool ending;    /* only EXIT is left to send, and could not be sent yet */
    bool input_end; /* close the process's input once this client's is written */
    uint32_t wants; /* HELLO's flags */
    struct cursor cursor;
    uint8_t header[FRAME_HEADER];
    uint32_t header_length;
    uint32_t left; /* of the frame's payload */
    uint8_t payload[16];
    uint32_t payload_length;
    uint32_t input_start; /* of what is not written yet, in the client's window */
    uint32_t input_length;
    uint32_t room; /* written since ROOM was last sent */
};

struct output {
    int fd; /* -1: at its end */
    int stream;
    uint64_t left;  /* after the process's end: what to read at most */
    bool unplugged; /* nobody has the terminal open: looked at again later */
};

struct monitor {
    const struct wire_monitor *parameters;
    bool logged;
    bool ended;    /* the process */
    bool finished; /* recorded and cleaned up */
    struct exit_report report;
    struct output outputs[2];
    int input;
    int listener;
    int lifeline;
    bool orphaned; /* the owner has ended */
    int session;
    bool crowded; /* no descriptor for another client: the listener rests for a while */
    struct log log;
    size_t batch_length; /* without a log: what some client may still be owed */
    int batch_stream;
    struct client clients[CLIENTS];
};

/* clients.c: what clients say. */

void client_receive(struct monitor *m, struct client *client);
/* The connection is over; the client's input is still written, and is the last if it was to be. */
void client_leave(struct monitor *m, struct client *client);
/* Writes clients' input to the process. */
void clients_feed(struct monitor *m);
/* The process's input is closed, or it no longer reads: what clients send goes nowhere. */
void clients_stop_input(struct monitor *m);
bool clients_have_input(const struct monitor *m);
/* 1 sent, 0 not now, -1 nobody reads it any more. `text` has room for the header before it. */
int client_frame(struct client *client, uint8_t type, uint8_t *text, size_t length);
int client_small(struct client *client, uint8_t type, const void *payload, size_t length);
void client_room(struct client *client);
void client_caught_up(struct client *client);

/* show.c: what clients are shown. */

/* The current batch. Also where the log is decoded for a client that is behind. */
uint8_t *batch(void);
/* Gives back the memory of buffers that a quiet container does not use. */
void clients_release(struct monitor *m);
void clients_open(struct monitor *m, int client);
void clients_accept(struct monitor *m);
/* What to poll a client for. */
short client_events(const struct client *client);
/* Sends what waits for the client to be writable. */
void client_send(struct monitor *m, struct client *client);
/* Shows a batch to every client and marks those that cannot take it. */
void clients_show(struct monitor *m, int stream, size_t length);
/* True while the output must not be read: there is no log, and a client cannot take more. */
bool clients_hold(const struct monitor *m);
/* The first log file that some client still has to open. */
uint64_t clients_need(const struct monitor *m);
/* Tells the end to every client that has had all output. True once there is none left. */
bool clients_end(struct monitor *m);

#endif
