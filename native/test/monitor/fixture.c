#define _GNU_SOURCE
#include "fixture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

enum { PATIENCE = 60000 /* milliseconds */ };

const char *test_name = "";

long clock_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec % 100000 * 1000 + now.tv_nsec / 1000000;
}

void check_failed(const char *file, int line, const char *condition) {
    fprintf(stderr, "%s:%d: %s: not true: %s\n", file, line, test_name, condition);
    _exit(1);
}

void monitor_finished(const struct wire_monitor *parameters, bool orphaned) {
    if (parameters->directory >= 0) {
        const char *done = orphaned ? "orphaned" : "cleaned";
        close(openat((int)parameters->directory, done, O_CREAT | O_WRONLY, 0600));
    }
}

static int listen_in(const struct monitored *m) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", m->directory);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 64) == 0);
    return fd;
}

static void run_process(const char *script, int in, int out, int err, bool terminal) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (terminal) {
        login_tty(in);
    } else {
        dup2(in, 0);
        dup2(out, 1);
        dup2(err, 2);
    }
    syscall(SYS_close_range, 3, ~0U, 0);
    execl("/bin/sh", "sh", "-c", script, NULL);
    _exit(127);
}

/* A stranger is started by a child that lives as its parent until it has ended. */
static pid_t fork_process(bool stranger) {
    int tell[2];
    pid_t pid;
    if (!stranger) {
        return fork();
    }
    CHECK(pipe2(tell, O_CLOEXEC) == 0);
    if (fork() == 0) {
        pid = fork();
        if (pid == 0) {
            return 0;
        }
        CHECK(write(tell[1], &pid, sizeof pid) == sizeof pid);
        syscall(SYS_close_range, 0, ~0U, 0);
        waitpid(pid, NULL, 0);
        _exit(0);
    }
    CHECK(read(tell[0], &pid, sizeof pid) == sizeof pid);
    return pid;
}

static void run_monitor(const struct monitored *m, const char *script, struct options options,
                        int listener, int client, int lifeline) {
    bool terminal = (options.flags & WIRE_MONITOR_TERMINAL) != 0;
    int in[2];
    int out[2];
    int err[2] = {-1, -1};
    if (terminal) {
        CHECK(openpty(&out[0], &out[1], NULL, NULL, NULL) == 0);
        in[0] = out[1];
        in[1] = out[0];
    } else {
        CHECK(pipe(in) == 0 && pipe(out) == 0 && pipe(err) == 0);
    }
    int oom = -1;
    if (options.oom_events != NULL) {
        oom = openat(m->directory_fd, "memory.events", O_CREAT | O_RDWR, 0600);
        CHECK(write(oom, options.oom_events, strlen(options.oom_events)) > 0);
    }
    pid_t pid = fork_process(options.stranger);
    if (pid == 0) {
        setenv("DIRECTORY", m->directory, 1);
        run_process(script, in[0], out[1], err[1], terminal);
    }
    close(in[0]);
    if (!terminal) {
        close(out[1]);
        close(err[1]);
    }
    if (options.no_input && !terminal) {
        close(in[1]);
        in[1] = -1;
    }
    struct wire_monitor parameters = {.version = WIRE_MONITOR_PROTOCOL,
                                      .pid = pid,
                                      .pidfd = syscall(SYS_pidfd_open, pid, 0),
                                      .out = out[0],
                                      .err = err[0],
                                      .in = in[1],
                                      .flags = options.flags,
                                      .directory = options.quiet ? -1 : m->directory_fd,
                                      .log_max_size = options.max_size,
                                      .log_max_files = options.max_files,
                                      .listener = listener,
                                      .client = client,
                                      .lifeline = lifeline,
                                      .session = -1,
                                      .oom_events = oom};
    if (options.file_limit > 0) {
        struct rlimit limit = {options.file_limit, RLIM_INFINITY};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    _exit(monitor_run(&parameters));
}

struct monitored monitored_start(const char *script, struct options options) {
    struct monitored m = {.directory = "/tmp/mydocker-monitor-XXXXXX", .client = -1};
    CHECK(mkdtemp(m.directory) != NULL);
    m.directory_fd = open(m.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!options.quiet) {
        options.flags |= WIRE_MONITOR_LOGGED;
    }
    if (options.old_log != NULL) {
        int log = openat(m.directory_fd, "container.log", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        CHECK(write(log, options.old_log, strlen(options.old_log)) > 0);
        close(log);
    }
    int pair[2] = {-1, -1};
    int lifeline[2];
    int listener = listen_in(&m);
    CHECK(pipe2(lifeline, O_CLOEXEC) == 0);
    if (options.client) {
        CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    }
    m.monitor = fork();
    if (m.monitor == 0) {
        close(lifeline[1]);
        if (options.client) {
            close(pair[0]);
        }
        run_monitor(&m, script, options, listener, pair[1], lifeline[0]);
    }
    m.client = pair[0];
    m.lifeline = lifeline[1];
    close(listener);
    close(lifeline[0]);
    if (options.client) {
        close(pair[1]);
    }
    return m;
}

bool eventually(bool (*condition)(void *), void *argument) {
    for (int i = 0; i < PATIENCE / 5; i++) {
        if (condition(argument)) {
            return true;
        }
        usleep(5000);
    }
    return false;
}

static bool has_ended(void *argument) {
    siginfo_t info = {.si_pid = 0};
    waitid(P_PID, (id_t) * (pid_t *)argument, &info, WEXITED | WNOWAIT | WNOHANG);
    return info.si_pid != 0;
}

bool monitored_ended(struct monitored *m) {
    return has_ended(&m->monitor);
}

int child_wait(pid_t pid) {
    int status;
    if (!eventually(has_ended, &pid)) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        CHECK(!"a child ends in time");
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int monitored_wait(struct monitored *m) {
    int code = child_wait(m->monitor);
    m->monitor = -1;
    return code;
}

void monitored_close(struct monitored *m) {
    CHECK(m->monitor == -1);
    if (m->client >= 0) {
        close(m->client);
    }
    close(m->lifeline);
    DIR *files = fdopendir(m->directory_fd);
    for (struct dirent *file; (file = readdir(files)) != NULL;) {
        unlinkat(dirfd(files), file->d_name, 0);
    }
    closedir(files);
    rmdir(m->directory);
}

char *content(const struct monitored *m, const char *name, size_t *length) {
    struct stat status;
    int fd = openat(m->directory_fd, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return NULL;
    }
    fstat(fd, &status);
    char *text = malloc((size_t)status.st_size + 1);
    CHECK(read(fd, text, (size_t)status.st_size) == status.st_size);
    text[status.st_size] = 0;
    *length = (size_t)status.st_size;
    close(fd);
    return text;
}

/* Written apart from the monitor's own decoder, which it judges. */
char *logged(const struct monitored *m, int stream, size_t *length) {
    char *all = malloc(1);
    *length = 0;
    for (int age = 99; age >= 0; age--) {
        char name[40];
        size_t size;
        snprintf(name, sizeof name, age > 0 ? "container.log.%d" : "container.log", age);
        char *text = content(m, name, &size);
        if (text == NULL) {
            continue;
        }
        all = realloc(all, *length + size + 1);
        for (char *at = text; at < text + size;) {
            char *end = memchr(at, '\n', (size_t)(text + size - at));
            CHECK(end != NULL && end - at >= 40 && at[29] == 'Z' && at[30] == ' ');
            bool whole = memcmp(at + 37, " F ", 3) == 0;
            CHECK(whole || memcmp(at + 37, " P ", 3) == 0);
            CHECK(memcmp(at + 31, "stdout", 6) == 0 || memcmp(at + 31, "stderr", 6) == 0);
            if (memcmp(at + 31, stream == 0 ? "stdout" : "stderr", 6) == 0) {
                size_t line = (size_t)(end - at) - 40;
                memcpy(all + *length, at + 40, line);
                *length += line;
                if (whole) {
                    all[(*length)++] = '\n';
                }
            }
            at = end + 1;
        }
        free(text);
    }
    all[*length] = 0;
    return all;
}

bool exists(const struct monitored *m, const char *name) {
    return faccessat(m->directory_fd, name, F_OK, 0) == 0;
}

struct named {
    struct monitored *m;
    const char *name;
};

static bool named_exists(void *argument) {
    struct named *named = argument;
    return exists(named->m, named->name);
}

void wait_for_file(struct monitored *m, const char *name) {
    struct named named = {m, name};
    if (!eventually(named_exists, &named)) {
        fprintf(stderr, "no file %s\n", name);
        CHECK(!"the file appears in time");
    }
}

static bool is_logged(void *argument) {
    struct named *named = argument;
    size_t length;
    char *log = content(named->m, "container.log", &length);
    bool found = log != NULL && memmem(log, length, named->name, strlen(named->name)) != NULL;
    free(log);
    return found;
}

void wait_for_log(struct monitored *m, const char *text) {
    struct named named = {m, text};
    if (!eventually(is_logged, &named)) {
        fprintf(stderr, "not logged: %s\n", text);
        CHECK(!"the output is logged in time");
    }
}

/* Whether nothing is in the monitor's pipes: by their descriptors, in /proc. */
static bool has_read_all(void *argument) {
    const struct monitored *m = argument;
    char name[64];
    int waiting = 0;
    for (int i = 0; i < 64; i++) {
        snprintf(name, sizeof name, "/proc/%d/fd/%d", m->monitor, i);
        struct stat status;
        int fd = stat(name, &status) == 0 && S_ISFIFO(status.st_mode)
                     ? open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
                     : -1;
        if (fd >= 0) {
            int bytes = 0;
            ioctl(fd, FIONREAD, &bytes);
            waiting += bytes;
            close(fd);
        }
    }
    return waiting == 0;
}

void wait_until_drained(struct monitored *m) {
    CHECK(eventually(has_read_all, m));
    /* It has a loop of one thread: what it read before this is logged when it answers. */
    int client = connect_to(m);
    greet(client, 0);
    close(client);
}

static bool is_taken(void *fd) {
    int bytes = 0;
    CHECK(ioctl(*(int *)fd, SIOCOUTQ, &bytes) == 0);
    return bytes == 0;
}

void wait_until_taken(int fd) {
    CHECK(eventually(is_taken, &fd));
}

static bool is_idle(void *pid) {
    char name[40];
    char text[400];
    snprintf(name, sizeof name, "/proc/%d/stat", *(pid_t *)pid);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    CHECK(length > 0);
    text[length] = 0;
    return strstr(text, ") S ") != NULL;
}

void wait_until_idle(pid_t pid) {
    CHECK(eventually(is_idle, &pid));
}

int connect_to(const struct monitored *m) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", m->directory);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

void say(int fd, int type, const void *payload, size_t length) {
    uint8_t frame[8 + 32768] = {(uint8_t)type};
    uint32_t size = (uint32_t)length;
    memcpy(frame + 4, &size, 4);
    memcpy(frame + 8, payload, length);
    CHECK(send(fd, frame, 8 + length, MSG_NOSIGNAL) == (ssize_t)(8 + length));
}

void say_hello(int fd, uint32_t wants) {
    uint32_t hello[2] = {WIRE_ATTACH_VERSION, wants};
    say(fd, WIRE_ATTACH_HELLO, hello, sizeof hello);
}

void greet(int fd, uint32_t wants) {
    static struct frame welcome;
    say_hello(fd, wants);
    hear(fd, &welcome);
    CHECK(welcome.type == WIRE_ATTACH_WELCOME && welcome.payload[4] == 0);
}

static bool receive_all(int fd, uint8_t *to, size_t length) {
    while (length > 0) {
        struct pollfd ready = {fd, POLLIN, 0};
        CHECK(poll(&ready, 1, PATIENCE) == 1);
        ssize_t got = recv(fd, to, length, 0);
        if (got <= 0) {
            return false;
        }
        to += got;
        length -= (size_t)got;
    }
    return true;
}

void hear(int fd, struct frame *frame) {
    uint8_t header[8];
    uint32_t length;
    frame->type = -1;
    if (receive_all(fd, header, sizeof header)) {
        memcpy(&length, header + 4, 4);
        CHECK(length <= WIRE_ATTACH_MAXIMUM && header[1] == 0 && header[2] == 0 && header[3] == 0);
        CHECK(receive_all(fd, frame->payload, length));
        frame->payload[length] = 0;
        frame->length = length;
        frame->type = header[0];
    }
}

struct session hear_all(int fd) {
    static struct frame frame;
    struct session session = {.code = -1000, .out = {calloc(1, 1), calloc(1, 1)}};
    for (;;) {
        hear(fd, &frame);
        if (frame.type == WIRE_ATTACH_OUT || frame.type == WIRE_ATTACH_ERR) {
            int i = frame.type - WIRE_ATTACH_OUT;
            session.out[i] = realloc(session.out[i], session.length[i] + frame.length + 1);
            memcpy(session.out[i] + session.length[i], frame.payload, frame.length + 1);
            session.length[i] += frame.length;
        } else if (frame.type == WIRE_ATTACH_EXIT) {
            memcpy(&session.code, frame.payload, 4);
            memcpy(&session.signal, frame.payload + 4, 4);
        } else if (frame.type == WIRE_ATTACH_ROOM) {
            uint32_t room;
            memcpy(&room, frame.payload, 4);
            session.room += room;
        } else if (frame.type < 0) {
            return session;
        }
    }
}

void session_close(struct session *session) {
    free(session->out[0]);
    free(session->out[1]);
}

pid_t child_main(int (*function)(int, char **), const int descriptors[5], char **argv) {
    pid_t pid = fork();
    if (pid == 0) {
        int argc = 0;
        while (argv[argc] != NULL) {
            argc++;
        }
        /* First out of the way of each other. */
        for (int i = 0; i < 5; i++) {
            dup2(descriptors[i], 900 + i);
        }
        for (int i = 0; i < 5; i++) {
            close(i);
            dup2(900 + i, i);
        }
        syscall(SYS_close_range, 5, ~0U, 0);
        _exit(function(argc, argv));
    }
    return pid;
}
