/* The log follower, beside monitors that write, rotate and end. */

enum { BOTH = WIRE_FOLLOW_OUT | WIRE_FOLLOW_ERR };

struct following {
    pid_t pid;
    int out;
    int err;
};

/* Follows while the monitor is there, or only to the log's end. */
static struct following follow(const struct monitored *m, bool waits, int flags, const char *offset,
                               const char *since, const char *until) {
    struct following f;
    char word[16];
    int out[2];
    int err[2];
    int monitor = waits ? (int)syscall(SYS_pidfd_open, m->monitor, 0) : -1;
    CHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
    const int descriptors[5] = {0, out[1], err[1], m->directory_fd, monitor};
    sprintf(word, "%d", flags);
    char *argv[] = {
        "mydocker-logs", "3", (char *)offset, "-1", waits ? "4" : "-1", word, (char *)since,
        (char *)until,   NULL};
    f.pid = child_main(follow_main, descriptors, argv);
    f.out = out[0];
    f.err = err[0];
    close(out[1]);
    close(err[1]);
    if (waits) {
        close(monitor);
    }
    return f;
}

static void expect_followed(struct following *f, const char *out, const char *err) {
    expect_all(f->out, out);
    expect_all(f->err, err);
    CHECK(child_wait(f->pid) == 0);
}

static void a_follower_prints_what_is_and_comes(void) {
    struct monitored m = monitored_start("printf 'a\\nb'; echo error >&2; read x; printf 'c\\nd'",
                                         (struct options){0});
    wait_for_log(&m, " P b\n");
    wait_for_log(&m, " error\n");
    struct following f = follow(&m, true, BOTH, "0", "0", "0");
    struct following one = follow(&m, false, WIRE_FOLLOW_OUT, "0", "0", "0");
    expect_followed(&one, "a\nb", "");
    int writer = connect_to(&m);
    greet(writer, WIRE_HELLO_IN);
    say(writer, WIRE_ATTACH_IN, "\n", 1);
    close(writer);
    expect_followed(&f, "a\nbc\nd", "error\n");
    CHECK(monitored_wait(&m) == 0);
    f = follow(&m, false, WIRE_FOLLOW_ERR, "0", "0", "0");
    expect_followed(&f, "", "error\n");
    f = follow(&m, false, WIRE_FOLLOW_OUT, "42", "0", "0");
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
    struct following f = follow(&m, false, BOTH | WIRE_FOLLOW_TIMES, "0", "0", "0");
    expect_followed(&f,
                    "2026-10-06T00:00:01.000000000Z one\n"
                    "2026-10-06T00:00:02.000000000Z two two and a half\n"
                    "2026-10-06T00:00:04.000000000Z four\n",
                    "2026-10-06T00:00:02.500000000Z error\n");
    f = follow(&m, false, BOTH, "0", "1791244802500000000", "0");
    expect_followed(&f, "two and a half\nfour\n", "error\n");
    f = follow(&m, false, BOTH, "0", "1791244802000000000", "1791244804000000000");
    expect_followed(&f, "two two and a half\n", "error\n");
    monitored_close(&m);
}

static void until_ends_it_even_if_nothing_comes(void) {
    struct monitored m = monitored_start("echo one; read x", (struct options){0});
    wait_for_log(&m, "one\n");
    char until[32];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    sprintf(until, "%ld", now.tv_sec * 1000000000 + now.tv_nsec + 300000000);
    struct following f = follow(&m, true, BOTH, "0", "0", until);
    expect_followed(&f, "one\n", "");
    close(m.lifeline);
    m.lifeline = open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK(monitored_wait(&m) == 137);
    monitored_close(&m);
}

/* Where all files are kept, none is left out, however fast they are rotated. */
static void rotation_is_followed(void) {
    struct monitored m =
        monitored_start("read x; seq 30000", (struct options){.max_size = 4096, .max_files = 1000});
    int writer = connect_to(&m);
    greet(writer, WIRE_HELLO_IN);
    struct following f = follow(&m, true, BOTH, "0", "0", "0");
    say(writer, WIRE_ATTACH_IN, "\n", 1);
    char *text = read_all(f.out, NULL);
    char *at = text;
    for (int i = 1; i <= 30000; i++) {
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

/* One that is not slower than the kept files last, misses nothing: more comes when it has all. */
static void few_files_are_followed(void) {
    for (uint64_t files = 1; files <= 4; files++) {
        struct monitored m = monitored_start("while read x; do echo $x; done",
                                             (struct options){.flags = WIRE_MONITOR_STDIN_ONCE,
                                                              .max_size = 200,
                                                              .max_files = files});
        int writer = connect_to(&m);
        greet(writer, WIRE_HELLO_IN);
        struct following f = follow(&m, true, BOTH, "0", "0", "0");
        for (int i = 0; i < 100; i++) {
            char line[20];
            char heard[20];
            int length = sprintf(line, "line %d\n", i);
            say(writer, WIRE_ATTACH_IN, line, (size_t)length);
            for (ssize_t at = 0, got; at < length; at += got) {
                got = read(f.out, heard + at, (size_t)(length - at));
                CHECK(got > 0);
            }
            CHECK(memcmp(line, heard, (size_t)length) == 0);
        }
        say(writer, WIRE_ATTACH_IN_EOF, "", 0);
        close(writer);
        CHECK(monitored_wait(&m) == 0);
        expect_followed(&f, "", "");
        monitored_close(&m);
    }
}

static void a_closed_pipe_ends_the_follower(void) {
    struct monitored m = monitored_start("while sleep 0.02; do echo x; done", (struct options){0});
    struct following f = follow(&m, true, BOTH, "0", "0", "0");
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
    RUN(few_files_are_followed);
    RUN(a_closed_pipe_ends_the_follower);
}
