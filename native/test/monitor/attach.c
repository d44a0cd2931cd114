/* The attach client, between a user's descriptors and a monitor. */

enum { PLAIN = WIRE_CLIENT_OUT | WIRE_CLIENT_ERR };

/* Runs the client with these descriptors; closes them but not the connection. */
static pid_t attach(int connection, int flags, const char *keys, int in, int out, int err) {
    char word[16];
    const int descriptors[5] = {in, out, err, connection, -1};
    char *argv[] = {"mydocker-attach", "3", word, (char *)keys, "box", NULL};
    sprintf(word, "%d", flags);
    return child_main(attach_main, descriptors, argv);
}

/* Everything that can be read from a descriptor, which is closed. */
static char *read_all(int fd, size_t *length) {
    char *text = malloc(65537);
    size_t size = 0;
    size_t room = 65536;
    for (ssize_t got; (got = read(fd, text + size, room - size)) > 0;) {
        size += (size_t)got;
        if (size == room) {
            room *= 2;
            text = realloc(text, room + 1);
        }
    }
    text[size] = 0;
    if (length != NULL) {
        *length = size;
    }
    close(fd);
    return text;
}

static void expect_all(int fd, const char *expected) {
    char *text = read_all(fd, NULL);
    if (strcmp(text, expected) != 0) {
        fprintf(stderr, "got %s instead of %s\n", text, expected);
        CHECK(!"the output is as expected");
    }
    free(text);
}

static void output_and_exit_code_pass_through(void) {
    struct monitored m = monitored_start("echo out; echo error >&2; sleep 0.1; exit 42",
                                         (struct options){.client = true});
    int out[2];
    int err[2];
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    CHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
    pid_t client = attach(m.client, PLAIN, "", null, out[1], err[1]);
    close(out[1]);
    close(err[1]);
    expect_all(out[0], "out\n");
    expect_all(err[0], "error\n");
    CHECK(child_wait(client) == 42);
    close(null);
    close(m.client);
    m.client = -1;
    CHECK(monitored_wait(&m) == 42);
    monitored_close(&m);
}

static void the_exit_code_is_printed_for_wait(void) {
    struct monitored m = monitored_start("echo x; kill -9 $$", (struct options){.client = true});
    int out[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    pid_t client = attach(m.client, WIRE_CLIENT_PRINT_EXIT, "", 0, out[1], 2);
    close(out[1]);
    expect_all(out[0], "137\n");
    CHECK(child_wait(client) == 0);
    CHECK(monitored_wait(&m) == 137);
    monitored_close(&m);
}

static void piped_input_passes_whatever_it_holds(void) {
    struct monitored m =
        monitored_start("cat", (struct options){.client = true, .flags = WIRE_MONITOR_STDIN_ONCE});
    int in[2];
    int out[2];
    enum { LENGTH = 1000000 };
    CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    char *bytes = malloc(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
        bytes[i] = (char)(i % 251);
    }
    pid_t writer = fork();
    if (writer == 0) {
        for (size_t done = 0; done < LENGTH;) {
            ssize_t written = write(in[1], bytes + done, LENGTH - done);
            CHECK(written > 0);
            done += (size_t)written;
        }
        _exit(0);
    }
    close(in[1]);
    /* The bytes 16, 17 are in it, and are no detach keys: there is no terminal. */
    pid_t client = attach(m.client, PLAIN | WIRE_CLIENT_STDIN, "1011", in[0], out[1], 2);
    close(out[1]);
    close(in[0]);
    size_t length;
    char *text = read_all(out[0], &length);
    CHECK(length == LENGTH && memcmp(text, bytes, LENGTH) == 0);
    free(text);
    free(bytes);
    CHECK(child_wait(writer) == 0 && child_wait(client) == 0);
    CHECK(monitored_wait(&m) == 0);
    monitored_close(&m);
}

/* Signals wait for it, and its input, which never ends, does not keep it busy. */
static bool is_stuck(void *pid) {
    char name[40];
    char text[4096];
    snprintf(name, sizeof name, "/proc/%d/status", *(pid_t *)pid);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    CHECK(length > 0);
    text[length] = 0;
    const char *blocked = strstr(text, "SigBlk:");
    return blocked != NULL && (strtoull(blocked + 7, NULL, 16) & 1ULL << (SIGTERM - 1)) != 0 &&
           is_idle(pid);
}

static void signals_pass_even_if_input_is_stuck(void) {
    struct monitored m =
        monitored_start("trap 'exit 11' TERM; echo ready; while :; do sleep 0.02; done",
                        (struct options){.client = true});
    wait_for_log(&m, "ready\n");
    int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    pid_t client =
        attach(m.client, PLAIN | WIRE_CLIENT_STDIN | WIRE_CLIENT_SIG_PROXY, "", zero, 1, 2);
    CHECK(eventually(is_stuck, &client));
    kill(client, SIGTERM);
    CHECK(child_wait(client) == 11);
    close(zero);
    CHECK(monitored_wait(&m) == 11);
    monitored_close(&m);
}

static void without_proxy_a_signal_ends_only_the_client(void) {
    struct monitored m = monitored_start("read x; exit 12", (struct options){.client = true});
    pid_t client = attach(m.client, PLAIN, "", 0, 1, 2);
    wait_until_idle(client);
    kill(client, SIGTERM);
    CHECK(child_wait(client) == 143);
    int other = connect_to(&m);
    say_hello(other, EVERYTHING);
    say(other, WIRE_ATTACH_IN, "\n", 1);
    close(m.client);
    m.client = -1;
    struct session s = hear_all(other);
    CHECK(s.code == 12);
    session_close(&s);
    close(other);
    CHECK(monitored_wait(&m) == 12);
    monitored_close(&m);
}

static void a_closed_pipe_ends_only_the_client(void) {
    struct monitored m = monitored_start("head -c 1000000 /dev/zero; sleep 0.3; exit 13",
                                         (struct options){.client = true});
    int out[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    pid_t client = attach(m.client, PLAIN, "", 0, out[1], 2);
    close(out[1]);
    close(m.client);
    m.client = -1;
    char some[100];
    CHECK(read(out[0], some, sizeof some) > 0);
    close(out[0]);
    CHECK(child_wait(client) == 128 + SIGPIPE);
    CHECK(monitored_wait(&m) == 13);
    monitored_close(&m);
}

static void a_slow_reader_gets_all_and_the_exit_code(void) {
    struct monitored m =
        monitored_start("head -c 3000000 /dev/zero; exit 14", (struct options){.client = true});
    int out[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    pid_t client = attach(m.client, PLAIN, "", 0, out[1], 2);
    close(out[1]);
    close(m.client);
    m.client = -1;
    wait_for_file(&m, "cleaned");
    size_t length;
    char *text = read_all(out[0], &length);
    CHECK(length == 3000000);
    free(text);
    CHECK(child_wait(client) == 14);
    CHECK(monitored_wait(&m) == 14);
    monitored_close(&m);
}

static void a_killed_monitor_is_told(void) {
    struct monitored m = monitored_start("read x", (struct options){.client = true});
    int err[2];
    CHECK(pipe2(err, O_CLOEXEC) == 0);
    pid_t client = attach(m.client, PLAIN, "", 0, 1, err[1]);
    close(err[1]);
    wait_until_idle(client);
    kill(m.monitor, SIGKILL);
    CHECK(child_wait(client) == 125);
    expect_all(err[0], "mydocker: attach box: the monitor ended without an exit record\n");
    CHECK(monitored_wait(&m) == 137);
    monitored_close(&m);
}

struct user {
    int master;
    int slave;
    struct termios before;
};

static struct user user_open(void) {
    struct user user;
    struct winsize size = {.ws_row = 40, .ws_col = 100};
    CHECK(openpty(&user.master, &user.slave, NULL, NULL, &size) == 0);
    fcntl(user.master, F_SETFD, FD_CLOEXEC);
    fcntl(user.slave, F_SETFD, FD_CLOEXEC);
    tcgetattr(user.slave, &user.before);
    return user;
}

static void expect_restored(const struct user *user) {
    struct termios now;
    tcgetattr(user->slave, &now);
    CHECK(now.c_iflag == user->before.c_iflag && now.c_oflag == user->before.c_oflag);
    CHECK(now.c_lflag == user->before.c_lflag && now.c_cflag == user->before.c_cflag);
    CHECK((fcntl(user->slave, F_GETFL) & O_NONBLOCK) == 0);
}

static bool is_raw_now(void *slave) {
    struct termios now;
    tcgetattr(*(int *)slave, &now);
    return (now.c_lflag & (ICANON | ECHO | ISIG)) == 0;
}

/* Whether all that was typed has been read. */
static bool is_typed(void *slave) {
    int bytes = 0;
    CHECK(ioctl(*(int *)slave, FIONREAD, &bytes) == 0);
    return bytes == 0;
}

static void user_close(struct user *user) {
    close(user->master);
    close(user->slave);
}

static void hear_until(int fd, const char *text) {
    static char heard[65536];
    size_t length = 0;
    do {
        struct pollfd ready = {fd, POLLIN, 0};
        if (poll(&ready, 1, PATIENCE) != 1 || length > 60000) {
            fprintf(stderr, "heard only: %s\n", heard);
            CHECK(!"the terminal shows what it should");
        }
        ssize_t got = read(fd, heard + length, 1000);
        CHECK(got > 0);
        length += (size_t)got;
        heard[length] = 0;
    } while (strstr(heard, text) == NULL);
}

static pid_t attach_user(struct monitored *m, struct user *user, int flags) {
    pid_t client = attach(
        m->client, PLAIN | WIRE_CLIENT_RAW | WIRE_CLIENT_STDIN | WIRE_CLIENT_SIG_PROXY | flags,
        "1011", user->slave, user->slave, user->slave);
    CHECK(eventually(is_raw_now, &user->slave));
    return client;
}

static void a_terminal_follows_its_window(void) {
    struct monitored m =
        monitored_start("stty -echo; trap 'stty size' WINCH; echo ready; "
                        "while :; do read x; [ \"$x\" = end ] && exit 15; done",
                        (struct options){.client = true, .flags = WIRE_MONITOR_TERMINAL});
    struct user user = user_open();
    pid_t client = attach_user(&m, &user, 0);
    hear_until(user.master, "ready");
    struct winsize size = {.ws_row = 41, .ws_col = 101};
    ioctl(user.master, TIOCSWINSZ, &size);
    kill(client, SIGWINCH);
    hear_until(user.master, "41 101\r\n");
    CHECK(write(user.master, "end\r", 4) == 4);
    CHECK(child_wait(client) == 15);
    expect_restored(&user);
    user_close(&user);
    CHECK(monitored_wait(&m) == 15);
    monitored_close(&m);
}

static void detach_keys_leave_it_running(void) {
    struct monitored m =
        monitored_start("stty raw -echo; echo ready; head -c 5 | od -An -tx1; exit 16",
                        (struct options){.client = true, .flags = WIRE_MONITOR_TERMINAL});
    struct user user = user_open();
    pid_t client = attach_user(&m, &user, 0);
    hear_until(user.master, "ready");
    /* The keys are held back until it is clear what they are, however they are cut up. */
    const char *typed[] = {"a\020", "\020", "x\020", "\021"};
    for (int i = 0; i < 4; i++) {
        CHECK(write(user.master, typed[i], strlen(typed[i])) > 0);
        CHECK(eventually(is_typed, &user.slave));
    }
    hear_until(user.master, "read escape sequence");
    CHECK(child_wait(client) == 0);
    expect_restored(&user);
    CHECK(!exists(&m, "exit"));
    close(m.client);
    m.client = connect_to(&m);
    client = attach_user(&m, &user, WIRE_CLIENT_REDRAW);
    CHECK(write(user.master, "z", 1) == 1);
    hear_until(user.master, "61 10 10 78 7a");
    CHECK(child_wait(client) == 16);
    expect_restored(&user);
    user_close(&user);
    CHECK(monitored_wait(&m) == 16);
    monitored_close(&m);
}

static void signals_restore_the_terminal(void) {
    struct monitored m = monitored_start(
        "read x; exit 17", (struct options){.client = true, .flags = WIRE_MONITOR_TERMINAL});
    struct user user = user_open();
    const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    for (int i = 0; i < 4; i++) {
        pid_t client = attach_user(&m, &user, 0);
        kill(client, signals[i]);
        CHECK(child_wait(client) == 128 + signals[i]);
        expect_restored(&user);
        close(m.client);
        m.client = connect_to(&m);
    }
    pid_t client = attach_user(&m, &user, 0);
    kill(client, SIGTSTP);
    int status;
    CHECK(waitpid(client, &status, WUNTRACED) == client && WIFSTOPPED(status));
    expect_restored(&user);
    kill(client, SIGCONT);
    CHECK(eventually(is_raw_now, &user.slave));
    CHECK(write(user.master, "\r", 1) == 1);
    CHECK(child_wait(client) == 17);
    expect_restored(&user);
    user_close(&user);
    CHECK(monitored_wait(&m) == 17);
    monitored_close(&m);
}

static void attach_tests(void) {
    RUN(output_and_exit_code_pass_through);
    RUN(the_exit_code_is_printed_for_wait);
    RUN(piped_input_passes_whatever_it_holds);
    RUN(signals_pass_even_if_input_is_stuck);
    RUN(without_proxy_a_signal_ends_only_the_client);
    RUN(a_closed_pipe_ends_only_the_client);
    RUN(a_slow_reader_gets_all_and_the_exit_code);
    RUN(a_killed_monitor_is_told);
    RUN(a_terminal_follows_its_window);
    RUN(detach_keys_leave_it_running);
    RUN(signals_restore_the_terminal);
}
