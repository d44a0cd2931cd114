#include "terminal.h"
#include "text.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/stat.h>

/* <linux/stat.h> hides its own beside a C library's. */
enum { TYPE = 0170000, FIFO = 0010000, CHARACTERS = 0020000, SOCKET = 0140000 };
enum { PAGE = 4096, DONTWAIT = 0x40, NOSIGNAL = 0x4000, TTOU = 22 };

static struct termios saved;
static bool is_raw;

bool terminal_size(struct window *size) {
    for (int fd = 0; fd <= 2; fd++) {
        if (sys3(__NR_ioctl, fd, TIOCGWINSZ, (long)size) == 0) {
            return size->rows > 0 && size->columns > 0;
        }
    }
    return false;
}

/* As cfmakeraw(3), which is what Docker does too. */
bool terminal_raw(void) {
    if (!is_raw && sys3(__NR_ioctl, 0, TCGETS, (long)&saved) != 0) {
        return false;
    }
    struct termios raw = saved;
    raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw.c_oflag &= ~(tcflag_t)OPOST;
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    raw.c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
    raw.c_cflag |= CS8;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    is_raw = sys3(__NR_ioctl, 0, TCSETS, (long)&raw) == 0;
    return is_raw;
}

/* SIGTTOU is blocked meanwhile: in the background it would stop us with the terminal left raw. */
void terminal_restore(void) {
    uint64_t stop = (uint64_t)1 << (TTOU - 1);
    uint64_t before = 0;
    if (is_raw) {
        sys4(__NR_rt_sigprocmask, 0 /* SIG_BLOCK */, (long)&stop, (long)&before, sizeof stop);
        sys3(__NR_ioctl, 0, TCSETS, (long)&saved);
        sys4(__NR_rt_sigprocmask, 2 /* SIG_SETMASK */, (long)&before, 0, sizeof before);
        is_raw = false;
    }
}

struct channel channel_open(int fd, bool reading) {
    struct channel channel = {fd, false, true};
    struct statx status;
    if (sys5(__NR_statx, fd, (long)"", AT_EMPTY_PATH, STATX_TYPE, (long)&status) != 0) {
        return channel;
    }
    uint16_t type = status.stx_mode & TYPE;
    channel.socket = type == SOCKET;
    channel.blocks = type == FIFO || type == CHARACTERS;
    if (channel.blocks) {
        char path[40];
        char *end = text_append(path, "/proc/self/fd/");
        end[decimal_format(end, fd)] = 0;
        int access = reading ? O_RDONLY : O_WRONLY;
        long own =
            sys4(__NR_openat, AT_FDCWD, (long)path, access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
        if (own >= 0) {
            channel.fd = (int)own;
            channel.blocks = false;
        }
    }
    return channel;
}

long channel_write(const struct channel *channel, const uint8_t *data, size_t length) {
    if (channel->socket) {
        return sys6(__NR_sendto, channel->fd, (long)data, (long)length, DONTWAIT | NOSIGNAL, 0, 0);
    }
    if (channel->blocks) {
        struct pollfd ready = {channel->fd, POLLOUT, 0};
        const long now[2] = {0, 0};
        if (sys5(__NR_ppoll, (long)&ready, 1, (long)now, 0, 0) == 0) {
            return -EAGAIN;
        }
        length = length < PAGE ? length : PAGE;
    }
    return sys3(__NR_write, channel->fd, (long)data, (long)length);
}

static int nibble(char digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool detach_parse(struct detach_keys *keys, const char *hexadecimal) {
    keys->count = 0;
    keys->matched = 0;
    for (; *hexadecimal != 0; hexadecimal += 2) {
        int high = nibble(hexadecimal[0]);
        int low = high < 0 ? -1 : nibble(hexadecimal[1]);
        if (low < 0 || keys->count == sizeof keys->keys) {
            return false;
        }
        keys->keys[keys->count++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* After a mismatch the typed bytes may still end in a beginning of the keys: "aab" in "aaab". */
int detach_type(struct detach_keys *keys, uint8_t byte, uint8_t *out) {
    uint8_t typed[sizeof keys->keys + 1];
    uint32_t length = keys->matched + 1;
    memcpy(typed, keys->keys, keys->matched);
    typed[keys->matched] = byte;
    uint32_t given_up = 0;
    while (given_up < length && (length - given_up > keys->count ||
                                 memcmp(typed + given_up, keys->keys, length - given_up) != 0)) {
        given_up++;
    }
    keys->matched = length - given_up;
    if (keys->count > 0 && keys->matched == keys->count) {
        return -1;
    }
    memcpy(out, typed, given_up);
    return (int)given_up;
}
