/* The log follower, beside monitors that write, rotate and end. */

enum { BOTH = WIRE_FOLLOW_OUT | WIRE_FOLLOW_ERR };

struct following {
    pid_t pid;
    int out;
    int err;
};

static struct following follow(const struct monitored *m, int connection, int flags,
                               const char *offset, const char *since, const char *until) {
    struct following f;
    char word[16];
    int out[2];
    int err[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
    const int descriptors[5] = {0, out[1], err[1], m->directory_fd, connection};
    sprintf(word, "%d", flags);
    char *argv[] = {
        "mydocker-logs", "3", (char *)offset, connection < 0 ? "-1" : "4", word, (char *)since,
        (char *)until,   NULL};
    f.pid = child_main(follow_main, descriptors, argv);
    f.out = out[0];
    f.err = err[0];
    close(out[1]);
    close(err[1]);
    return f;
}

static void expect_followed(struct following *f, const char *out, const char *err) {
    expect_all(f->out, out);
    expect_all(f->err, err);
    CHECK(child_wait(f->pid) == 0);
}

static void a_follower_prints_what_is_and_comes(void) {
    struct monitored m = monitored_start(
        "printf 'a\\nb'; echo error >&2; sleep 0.3; printf 'c\\nd'", (struct options){0});
    usleep(150000);
    int connection = connect_to(&m);
    struct following f = follow(&m, connection, BOTH, "0", "0", "0");
    struct following one = follow(&m, -1, WIRE_FOLLOW_OUT, "0", "0", "0");
    close(connection);
    expect_followed(&one, "a\nb", "");
    expect_followed(&f, "a\nbc\nd", "error\n");
    CHECK(monitored_wait(&m) == 0);
    f = follow(&m, -1, WIRE_FOLLOW_ERR, "0", "0", "0");
    expect_followed(&f, "", "error\n");
    f = follow(&m, -1, WIRE_FOLLOW_OUT, "42", "0", "0");
    expect_followed(&f, "bc\nd", "");
    monitored_close(&m);
}

static const char fixed[] = "2026-10-06T00:00:01.000000000Z stdout F one\n"
                            "2026-10-06T00:00:02.000000000Z stdout P two \n"
                            "2026-10-06T00:00:02.500000000Z stderr F error\n"
                            "nonsense that somebody wrote in between, longer than a prefix\n"
                            "2026-10-06T00:00:03.000000000Z stdout F two and a half\n"
                            "2026-10-06T00:00:04.000000000Z stdout F four\n";

static void times_are_shown_and_chosen(void) {
    struct monitored m = monitored_start("exit", (struct options){.old_log = fixed});
    CHECK(monitored_wait(&m) == 0);
    struct following f = follow(&m, -1, BOTH | WIRE_FOLLOW_TIMES, "0", "0", "0");
    expect_followed(&f,
                    "2026-10-06T00:00:01.000000000Z one\n"
                    "2026-10-06T00:00:02.000000000Z two two and a half\n"
                    "2026-10-06T00:00:04.000000000Z four\n",
                    "2026-10-06T00:00:02.500000000Z error\n");
    f = follow(&m, -1, BOTH, "0", "1791244802500000000", "0");
    expect_followed(&f, "two and a half\nfour\n", "error\n");
    f = follow(&m, -1, BOTH, "0", "1791244802000000000", "1791244804000000000");
    expect_followed(&f, "two two and a half\n", "error\n");
    monitored_close(&m);
}

static void until_ends_it_even_if_nothing_comes(void) {
    struct monitored m = monitored_start("echo one; read x", (struct options){0});
    usleep(100000);
    int connection = connect_to(&m);
    char until[32];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    sprintf(until, "%ld", now.tv_sec * 1000000000 + now.tv_nsec + 300000000);
    struct following f = follow(&m, connection, BOTH, "0", "0", until);
    close(connection);
    expect_followed(&f, "one\n", "");
    close(m.lifeline);
    m.lifeline = open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK(monitored_wait(&m) == 137);
    monitored_close(&m);
}

/* The pauses let the follower keep up: who is slower than the kept files last, loses lines. */
static void rotation_is_followed(void) {
    for (uint64_t files = 2; files <= 4; files++) {
        struct monitored m =
            monitored_start("read x; i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); echo $i; "
                            "[ $((i % 100)) = 0 ] && sleep 0.02; done",
                            (struct options){.max_size = 20000, .max_files = files});
        wait_for_file(&m, "container.log");
        int writer = connect_to(&m);
        say_hello(writer, WIRE_HELLO_IN);
        int connection = connect_to(&m);
        struct following f = follow(&m, connection, BOTH, "0", "0", "0");
        close(connection);
        usleep(100000);
        say(writer, WIRE_ATTACH_IN, "\n", 1);
        char *text = read_all(f.out, NULL);
        char *at = text;
        for (int i = 1; i <= 3000; i++) {
            CHECK(strtol(at, &at, 10) == i && *at++ == '\n');
        }
        CHECK(*at == 0);
        free(text);
        expect_all(f.err, "");
        CHECK(child_wait(f.pid) == 0);
        close(writer);
        CHECK(monitored_wait(&m) == 0);
        monitored_close(&m);
    }
}

static void a_closed_pipe_ends_the_follower(void) {
    struct monitored m = monitored_start("while sleep 0.02; do echo x; done", (struct options){0});
    usleep(100000);
    int connection = connect_to(&m);
    struct following f = follow(&m, connection, BOTH, "0", "0", "0");
    close(connection);
    char byte;
    CHECK(read(f.out, &byte, 1) == 1);
    close(f.out);
    close(f.err);
    CHECK(child_wait(f.pid) == 128 + SIGPIPE);
    close(m.lifeline);
    m.lifeline = open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK(monitored_wait(&m) == 137);
    monitored_close(&m);
}

static void follow_tests(void) {
    RUN(a_follower_prints_what_is_and_comes);
    RUN(times_are_shown_and_chosen);
    RUN(until_ends_it_even_if_nothing_comes);
    RUN(rotation_is_followed);
    RUN(a_closed_pipe_ends_the_follower);
}
