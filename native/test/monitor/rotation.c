/* The limits of the log: how large its files get, and how many they are. */

static void rotation_keeps_lines_whole(void) {
    struct monitored m =
        monitored_start("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i + 1)); done",
                        (struct options){.max_size = 10000, .max_files = 3});
    CHECK(monitored_wait(&m) == 0);
    CHECK(exists(&m, "container.log.1") && exists(&m, "container.log.2"));
    CHECK(!exists(&m, "container.log.3"));
    size_t length;
    char *old = content(&m, "container.log.2", &length);
    CHECK(length >= 10000 && length < 10100 && old[length - 1] == '\n');
    free(old);
    char *out = logged(&m, 0, &length);
    CHECK(length > 3000 && strncmp(out, "line ", 5) == 0);
    CHECK(strcmp(out + length - 10, "line 1999\n") == 0);
    int expected = atoi(out + 5);
    for (char *line = out; *line != 0; line = strchr(line, '\n') + 1) {
        CHECK(atoi(line + 5) == expected);
        expected++;
    }
    free(out);
    monitored_close(&m);
}

static void one_file_can_rotate_too(void) {
    struct monitored m = monitored_start(
        "i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i + 1)); done; head -c 300000 /dev/zero",
        (struct options){.max_size = 1000, .max_files = 1});
    CHECK(monitored_wait(&m) == 0);
    CHECK(exists(&m, "container.log") && !exists(&m, "container.log.1"));
    monitored_close(&m);
}

/* As in log.h: what stands before the text, and the longest record. */
enum { PREFIX = 40, RECORD = PREFIX + 16384 - 8 + 1 };

/* No file is larger than its limit and one record. */
static void expect_limited(const struct monitored *m, size_t limit) {
    for (int age = 0; age < 2000; age++) {
        char name[40];
        size_t length;
        sprintf(name, age == 0 ? "container.log" : "container.log.%d", age);
        char *text = content(m, name, &length);
        if (text == NULL) {
            CHECK(age > 0);
            return;
        }
        CHECK(length <= limit + RECORD);
        CHECK(length > 0 && text[length - 1] == '\n');
        free(text);
    }
}

static void the_limit_holds_whatever_is_written(void) {
    static const char *const scripts[] = {
        "head -c 300000 /dev/zero",
        "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i + 1)); done",
        "i=0; while [ $i -lt 2000 ]; do printf x; printf y >&2; i=$((i + 1)); done",
        "printf 'no end' >&2; yes | head -c 300000",
    };
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        for (uint64_t files = 1; files <= 3; files += 2) {
            struct monitored m =
                monitored_start(scripts[i], (struct options){.max_size = 4096, .max_files = files});
            CHECK(monitored_wait(&m) == 0);
            expect_limited(&m, 4096);
            CHECK(exists(&m, "container.log.1") == (files == 3));
            CHECK(!exists(&m, "container.log.3"));
            monitored_close(&m);
        }
    }
}

static void a_line_is_kept_whole_where_one_record_is_room_for_it(void) {
    struct monitored m =
        monitored_start("i=0; while [ $i -lt 100 ]; do printf 'a line '; printf 'in pieces '; "
                        "echo $i; i=$((i + 1)); done",
                        (struct options){.max_size = 1000, .max_files = 2});
    CHECK(monitored_wait(&m) == 0);
    size_t length;
    char *newest = content(&m, "container.log", &length);
    char *old = content(&m, "container.log.1", &length);
    CHECK(old[length - 1] == '\n' && memmem(newest, 60, " stdout ", 8) != NULL);
    /* The newer file begins with a line's beginning. */
    CHECK(strncmp(newest + PREFIX, "a line ", 7) == 0);
    free(old);
    free(newest);
    monitored_close(&m);
}

static void rotation_loses_nothing_for_a_client_behind(void) {
    for (uint64_t files = 1; files <= 3; files++) {
        struct monitored m = monitored_start(
            numbers, (struct options){.client = true, .max_size = 65536, .max_files = files});
        say_hello(m.client, EVERYTHING);
        wait_for_file(&m, "cleaned");
        struct session s = hear_all(m.client);
        CHECK(s.code == 0);
        expect_numbers(&s);
        session_close(&s);
        CHECK(monitored_wait(&m) == 0);
        monitored_close(&m);
    }
}

static void a_client_behind_does_not_lift_the_limit(void) {
    struct monitored m = monitored_start(
        numbers, (struct options){.client = true, .max_size = 10000, .max_files = 2});
    say_hello(m.client, EVERYTHING);
    wait_for_file(&m, "cleaned");
    expect_limited(&m, 10000);
    CHECK(exists(&m, "container.log.2"));
    struct session s = hear_all(m.client);
    expect_numbers(&s);
    session_close(&s);
    CHECK(monitored_wait(&m) == 0);
    CHECK(exists(&m, "container.log.1") && !exists(&m, "container.log.2"));
    monitored_close(&m);
}

/* Nothing is held for ever: a client that never reads loses what is too long ago. */
static void what_is_held_for_a_client_is_limited_too(void) {
    enum { LIMIT = 16 << 20 };
    struct monitored m =
        monitored_start("head -c 150000000 /dev/zero",
                        (struct options){.client = true, .max_size = LIMIT, .max_files = 1});
    say_hello(m.client, EVERYTHING);
    wait_for_file(&m, "cleaned");
    CHECK(exists(&m, "container.log.4") && !exists(&m, "container.log.5"));
    static struct frame frame;
    size_t length = 0;
    for (hear(m.client, &frame); frame.type != WIRE_ATTACH_EXIT; hear(m.client, &frame)) {
        length += frame.type == WIRE_ATTACH_OUT ? frame.length : 0;
    }
    CHECK(length > 3 * LIMIT && length < 150000000);
    CHECK(monitored_wait(&m) == 0);
    CHECK(!exists(&m, "container.log.1"));
    monitored_close(&m);
}

static void rotation_tests(void) {
    RUN(rotation_keeps_lines_whole);
    RUN(one_file_can_rotate_too);
    RUN(the_limit_holds_whatever_is_written);
    RUN(a_line_is_kept_whole_where_one_record_is_room_for_it);
    RUN(rotation_loses_nothing_for_a_client_behind);
    RUN(a_client_behind_does_not_lift_the_limit);
    RUN(what_is_held_for_a_client_is_limited_too);
}
