/* One whole message over a stream socket, with descriptors (SCM_RIGHTS, unix(7)). */
#include "interp.h"

#include <asm/errno.h>

/* As the kernel lays them out on 64-bit systems; linux/socket.h hides them from programs. */
struct io_vector {
    void *base;
    size_t length;
};
struct message_header {
    void *name;
    int name_length;
    struct io_vector *vectors;
    size_t vector_count;
    void *control;
    size_t control_length;
    unsigned flags;
};
struct control_header {
    size_t length;
    int level;
    int type;
};
enum {
    SOCKET_LEVEL = 1,
    RIGHTS = 1,
    NO_SIGNAL = 0x4000,
    CLOSE_ON_EXEC = 0x40000000,
    CONTROL_TRUNCATED = 8,
};

struct control {
    struct control_header header;
    int32_t descriptors[WIRE_MAXIMUM_DESCRIPTORS];
};

long message_send(int socket, const uint8_t *message, size_t length, const int32_t *descriptors,
                  uint32_t count) {
    struct control control;
    if (count > WIRE_MAXIMUM_DESCRIPTORS) {
        return -EINVAL;
    }
    size_t sent = 0;
    while (sent < length) {
        struct io_vector vector = {(void *)(message + sent), length - sent};
        struct message_header header = {.vectors = &vector, .vector_count = 1};
        if (sent == 0 && count > 0) {
            control.header = (struct control_header){
                sizeof control.header + sizeof(int32_t) * count, SOCKET_LEVEL, RIGHTS};
            memcpy(control.descriptors, descriptors, sizeof(int32_t) * count);
            header.control = &control;
            header.control_length = (control.header.length + 7) & ~(size_t)7;
        }
        long result = sys3(__NR_sendmsg, socket, (long)&header, NO_SIGNAL);
        if (result == -EINTR) {
            continue;
        }
        if (result < 0) {
            return result;
        }
        sent += (size_t)result;
    }
    return (long)sent;
}

/* Takes in the descriptors of one recvmsg; those beyond the capacity are closed. */
static void take(const struct message_header *header, const struct control *control,
                 int32_t *descriptors, uint32_t capacity, uint32_t *count) {
    if (header->control_length < sizeof control->header || control->header.type != RIGHTS ||
        control->header.level != SOCKET_LEVEL) {
        return;
    }
    size_t received = (control->header.length - sizeof control->header) / sizeof(int32_t);
    for (size_t i = 0; i < received; i++) {
        if (*count < capacity) {
            descriptors[(*count)++] = control->descriptors[i];
        } else {
            sys1(__NR_close, control->descriptors[i]);
        }
    }
}

long message_receive(int socket, uint8_t *buffer, size_t capacity, int32_t *descriptors,
                     uint32_t capacity_descriptors, uint32_t *count) {
    struct wire_header *head = (struct wire_header *)buffer;
    size_t wanted = sizeof *head;
    size_t received = 0;
    bool lost = false;
    *count = 0;
    if (capacity < wanted) {
        return -EMSGSIZE;
    }
    while (received < wanted) {
        struct control control;
        struct io_vector vector = {buffer + received, wanted - received};
        struct message_header header = {.vectors = &vector,
                                        .vector_count = 1,
                                        .control = &control,
                                        .control_length = sizeof control};
        long result = sys3(__NR_recvmsg, socket, (long)&header, CLOSE_ON_EXEC);
        if (result == -EINTR) {
            continue;
        }
        if (result < 0) {
            return result;
        }
        take(&header, &control, descriptors, capacity_descriptors, count);
        /* There is room for all that are ever sent: the kernel could not open them here. */
        lost |= (header.flags & CONTROL_TRUNCATED) != 0;
        if (result == 0) {
            return received == 0 ? 0 : -EPIPE;
        }
        received += (size_t)result;
        if (received == sizeof *head && wanted == sizeof *head) {
            if (head->magic != WIRE_MAGIC || head->length < sizeof *head) {
                return -EBADMSG;
            }
            if (head->length > capacity) {
                return -EMSGSIZE;
            }
            wanted = head->length;
        }
    }
    if (lost) {
        for (uint32_t i = 0; i < *count; i++) {
            sys1(__NR_close, descriptors[i]);
        }
        *count = 0;
        return -EMFILE;
    }
    return (long)received;
}
