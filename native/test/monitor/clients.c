/* Scripted clients of one process. */

enum { EVERYTHING = WIRE_HELLO_OUT | WIRE_HELLO_ERR | WIRE_HELLO_IN };

static void expect(const struct session *s, int stream, const char *text) {
    if (s->length[stream] != strlen(text) || strcmp(s->out[stream], text) != 0) {
        fprintf(stderr, "got %zu bytes instead of %s: %.300s\n", s->length[stream], text,
                s->out[stream]);
        CHECK(!"the client got the output");
    }
}

static void the_first_client_misses_nothing(void) {
    struct monitored m = monitored_start(
        "printf 'a\\nb'; echo c >&2; exit 7",
        (struct options){.client = true,
                         .old_log = "2016-10-06T00:17:09.669794202Z stdout F old\n"});
    wait_for_file(&m, "cleaned");
    CHECK(!monitored_ended(&m));
    say_hello(m.client, EVERYTHING);
    struct frame welcome;
    hear(m.client, &welcome);
    uint32_t words[2];
    memcpy(words, welcome.payload, 8);
    CHECK(welcome.type == WIRE_ATTACH_WELCOME && welcome.length == 16);
    CHECK(words[0] == WIRE_ATTACH_VERSION && words[1] == 0);
    struct session s = hear_all(m.client);
    expect(&s, 0, "a\nb");
    expect(&s, 1, "c\n");
    CHECK(s.code == 7 && s.signal == 0 && s.room > 0);
    session_close(&s);
    CHECK(monitored_wait(&m) == 7);
    monitored_close(&m);
}

static void a_late_client_gets_what_comes_or_all(void) {
    struct monitored m = monitored_start("echo early; read line; echo $line; kill -TERM $$",
                                         (struct options){.flags = WIRE_MONITOR_STDIN_ONCE});
    wait_for_log(&m, "early\n");
    int late = connect_to(&m);
    int all = connect_to(&m);
    int waiting = connect_to(&m);
    int deaf = connect_to(&m);
    greet(late, EVERYTHING);
    greet(all, WIRE_HELLO_OUT | WIRE_HELLO_REPLAY);
    greet(waiting, 0);
    greet(deaf, WIRE_HELLO_ERR);
    say(late, WIRE_ATTACH_IN, "go on\n", 6);
    struct session s = hear_all(late);
    expect(&s, 0, "go on\n");
    CHECK(s.code == 143 && s.signal == 15);
    session_close(&s);
    s = hear_all(all);
    expect(&s, 0, "early\ngo on\n");
    CHECK(s.code == 143);
    session_close(&s);
    s = hear_all(waiting);
    expect(&s, 0, "");
    CHECK(s.code == 143);
    session_close(&s);
    s = hear_all(deaf);
    expect(&s, 0, "");
    CHECK(s.code == 143);
    session_close(&s);
    close(late);
    close(all);
    close(waiting);
    close(deaf);
    CHECK(monitored_wait(&m) == 143);
    monitored_close(&m);
}

static void input_ends_with_the_first_client_only_if_so_asked(void) {
    struct monitored m =
        monitored_start("cat; echo end", (struct options){.flags = WIRE_MONITOR_STDIN_ONCE});
    int reader = connect_to(&m);
    say_hello(reader, WIRE_HELLO_OUT);
    int writer = connect_to(&m);
    say_hello(writer, WIRE_HELLO_IN);
    say(writer, WIRE_ATTACH_IN, "0\0001\n", 4);
    say(writer, WIRE_ATTACH_IN_EOF, "", 0);
    struct session s = hear_all(reader);
    CHECK(s.length[0] == 8 && memcmp(s.out[0], "0\0001\nend\n", 8) == 0 && s.code == 0);
    session_close(&s);
    close(reader);
    close(writer);
    CHECK(monitored_wait(&m) == 0);
    monitored_close(&m);

    m = monitored_start("read a; read b; echo $a$b", (struct options){0});
    reader = connect_to(&m);
    say_hello(reader, WIRE_HELLO_OUT);
    for (int i = 0; i < 2; i++) {
        writer = connect_to(&m);
        say_hello(writer, WIRE_HELLO_IN);
        if (i == 0) {
            say(writer, WIRE_ATTACH_IN_EOF, "", 0);
        }
        say(writer, WIRE_ATTACH_IN, "x\n", 2);
        close(writer);
    }
    s = hear_all(reader);
    expect(&s, 0, "xx\n");
    session_close(&s);
    close(reader);
    CHECK(monitored_wait(&m) == 0);
    monitored_close(&m);
}

static void a_client_that_is_killed_ends_its_input_but_detaching_does_not(void) {
    struct monitored m =
        monitored_start("cat; echo end", (struct options){.flags = WIRE_MONITOR_STDIN_ONCE});
    int first = connect_to(&m);
    say_hello(first, WIRE_HELLO_IN);
    say(first, WIRE_ATTACH_IN, "1\n", 2);
    say(first, WIRE_ATTACH_DETACH, "", 0);
    close(first);
    int second = connect_to(&m);
    greet(second, WIRE_HELLO_IN);
    wait_for_log(&m, " 1\n");
    CHECK(!exists(&m, "exit"));
    say(second, WIRE_ATTACH_IN, "2\n", 2);
    close(second);
    CHECK(monitored_wait(&m) == 0);
    expect_log(&m, 0, "1\n2\nend\n", 8);
    monitored_close(&m);
}

static void a_process_that_does_not_read_delays_only_input(void) {
    struct monitored m = monitored_start("trap 'exit 9' USR1; echo; while :; do sleep 0.05; done",
                                         (struct options){.flags = WIRE_MONITOR_STDIN_ONCE});
    wait_for_log(&m, "\n"); /* it has set its trap */
    int writer = connect_to(&m);
    say_hello(writer, EVERYTHING);
    static char much[30000];
    for (int i = 0; i < 5; i++) {
        say(writer, WIRE_ATTACH_IN, much, sizeof much);
    }
    int other = connect_to(&m);
    greet(other, 0);
    uint32_t signal = SIGUSR1;
    say(other, WIRE_ATTACH_SIGNAL, &signal, 4);
    struct session s = hear_all(other);
    CHECK(s.code == 9);
    session_close(&s);
    s = hear_all(writer);
    CHECK(s.code == 9);
    session_close(&s);
    close(other);
    close(writer);
    CHECK(monitored_wait(&m) == 9);
    monitored_close(&m);
}

static void much_input_arrives(void) {
    struct monitored m = monitored_start("wc -c; exec 0<&-; sleep 0.1",
                                         (struct options){.flags = WIRE_MONITOR_STDIN_ONCE});
    int writer = connect_to(&m);
    say_hello(writer, WIRE_HELLO_IN);
    static char much[32768];
    for (int i = 0; i < 100; i++) {
        say(writer, WIRE_ATTACH_IN, much, sizeof much);
    }
    say(writer, WIRE_ATTACH_IN_EOF, "", 0);
    wait_for_file(&m, "cleaned");
    close(writer);
    CHECK(monitored_wait(&m) == 0);
    expect_log(&m, 0, "3276800\n", 8);
    monitored_close(&m);
}

static const char numbers[] = "i=0; while [ $i -lt 1000 ]; do i=$((i + 1)); echo $i; "
                              "printf 'error %s without a newline, ' $i >&2; done;"
                              "head -c 5000000 /dev/zero";

static void expect_numbers(const struct session *s) {
    char *at = s->out[0];
    for (int i = 1; i <= 1000; i++) {
        CHECK(strtol(at, &at, 10) == i && *at++ == '\n');
    }
    CHECK(s->length[0] - (size_t)(at - s->out[0]) == 5000000);
    CHECK(*at == 0 && memcmp(at, at + 1, 4999999) == 0);
    at = s->out[1];
    for (int i = 1; i <= 1000; i++) {
        char expected[60];
        int length = sprintf(expected, "error %d without a newline, ", i);
        CHECK(memcmp(at, expected, (size_t)length) == 0);
        at += length;
    }
    CHECK(*at == 0);
}

static void a_stopped_client_delays_nothing_and_gets_all_later(void) {
    struct monitored m = monitored_start(numbers, (struct options){.client = true});
    say_hello(m.client, EVERYTHING);
    int gone = connect_to(&m);
    greet(gone, EVERYTHING);
    close(gone);
    wait_for_file(&m, "cleaned");
    CHECK(!monitored_ended(&m));
    struct session s = hear_all(m.client);
    CHECK(s.code == 0);
    expect_numbers(&s);
    session_close(&s);
    CHECK(monitored_wait(&m) == 0);
    monitored_close(&m);
}

static void removal_of_the_log_loses_nothing_for_a_client_behind(void) {
    struct monitored m = monitored_start(numbers, (struct options){.client = true});
    say_hello(m.client, EVERYTHING);
    wait_for_file(&m, "cleaned");
    unlinkat(m.directory_fd, "container.log", 0);
    struct session s = hear_all(m.client);
    CHECK(s.code == 0);
    expect_numbers(&s);
    session_close(&s);
    CHECK(monitored_wait(&m) == 0);
    monitored_close(&m);
}

static void a_log_cut_by_hand_confuses_nobody(void) {
    struct monitored m = monitored_start(
        "head -c 1000000 /dev/zero; echo mark; read x; echo; echo end", (struct options){0});
    int client = connect_to(&m);
    say_hello(client, EVERYTHING);
    wait_for_log(&m, "mark\n");
    CHECK(truncate(strcat(strcpy((char[99]){0}, m.directory), "/container.log"), 0) == 0);
    say(client, WIRE_ATTACH_IN, "\n", 1);
    wait_for_file(&m, "cleaned");
    struct session s = hear_all(client);
    CHECK(s.code == 0);
    CHECK(strcmp(s.out[0] + s.length[0] - 5, "\nend\n") == 0);
    session_close(&s);
    close(client);
    CHECK(monitored_wait(&m) == 0);
    monitored_close(&m);
}

static void without_a_log_the_client_sets_the_pace(void) {
    struct options exec = {.quiet = true, .client = true, .flags = WIRE_MONITOR_SERVES_ONE};
    struct monitored m = monitored_start(numbers, exec);
    greet(m.client, EVERYTHING);
    wait_until_idle(m.monitor);
    CHECK(!monitored_ended(&m));
    struct session s = hear_all(m.client);
    CHECK(s.code == 0);
    expect_numbers(&s);
    session_close(&s);
    CHECK(monitored_wait(&m) == 0);
    monitored_close(&m);

    m = monitored_start(numbers, exec);
    greet(m.client, EVERYTHING);
    close(m.client);
    m.client = -1;
    CHECK(monitored_wait(&m) == 0);
    monitored_close(&m);

    exec.client = false;
    m = monitored_start(numbers, exec);
    CHECK(monitored_wait(&m) == 0);
    monitored_close(&m);
}

static void too_many_clients_are_told(void) {
    struct monitored m =
        monitored_start("read x", (struct options){.flags = WIRE_MONITOR_STDIN_ONCE});
    int clients[33];
    struct frame frame;
    for (int i = 0; i < 33; i++) {
        clients[i] = connect_to(&m);
        if (i < 32) {
            say_hello(clients[i], i == 0 ? WIRE_HELLO_IN : 0);
        }
        hear(clients[i], &frame);
        CHECK(frame.type == WIRE_ATTACH_WELCOME && frame.payload[4] == (i < 32 ? 0 : 2));
    }
    hear(clients[32], &frame);
    CHECK(frame.type == -1);
    close(clients[1]);
    wait_until_idle(m.monitor);
    clients[1] = connect_to(&m);
    greet(clients[1], 0);
    say(clients[0], WIRE_ATTACH_IN, "\n", 1);
    for (int i = 0; i < 32; i++) {
        struct session s = hear_all(clients[i]);
        CHECK(s.code == 0);
        session_close(&s);
        close(clients[i]);
    }
    close(clients[32]);
    CHECK(monitored_wait(&m) == 0);
    monitored_close(&m);
}

static void nonsense_ends_only_the_one_who_talks_it(void) {
    struct monitored m = monitored_start("read x; exit 1", (struct options){0});
    int client = connect_to(&m);
    say_hello(client, EVERYTHING);
    CHECK(send(client, "\001\0\0\0\xff\xff\xff\xff", 8, 0) == 8);
    struct session s = hear_all(client);
    CHECK(s.code == -1000);
    session_close(&s);
    close(client);
    client = connect_to(&m);
    say_hello(client, EVERYTHING);
    say(client, 77, "a newer client's frame", 22);
    uint32_t signal = 4000;
    say(client, WIRE_ATTACH_SIGNAL, &signal, 4);
    say(client, WIRE_ATTACH_RESIZE, "x", 1);
    for (const char *at = "\001\0\0\0\001\0\0\0\n"; at != NULL;) {
        for (int i = 0; i < 9; i++) {
            CHECK(send(client, at + i, 1, 0) == 1);
            wait_until_taken(client);
        }
        at = NULL;
    }
    s = hear_all(client);
    CHECK(s.code == 1);
    session_close(&s);
    close(client);
    CHECK(monitored_wait(&m) == 1);
    monitored_close(&m);
}

static void a_terminal_is_served(void) {
    struct monitored m =
        monitored_start("stty -echo; trap 'stty size; exit 6' WINCH; tty >/dev/null && echo ready; "
                        "while :; do read x && echo got $x; sleep 0.02; done",
                        (struct options){.flags = WIRE_MONITOR_TERMINAL, .client = true});
    say_hello(m.client, EVERYTHING);
    struct frame frame;
    do {
        hear(m.client, &frame);
        CHECK(frame.type != WIRE_ATTACH_WELCOME || frame.payload[4] == WIRE_WELCOME_TERMINAL);
    } while (frame.type != WIRE_ATTACH_OUT || strstr((char *)frame.payload, "ready") == NULL);
    say(m.client, WIRE_ATTACH_IN, "text\r", 5);
    do {
        hear(m.client, &frame);
    } while (frame.type != WIRE_ATTACH_OUT);
    CHECK(strcmp((char *)frame.payload, "got text\r\n") == 0);
    say(m.client, WIRE_ATTACH_RESIZE, "\x21\0\x4d\0", 4);
    say(m.client, WIRE_ATTACH_IN, "\r", 1);
    struct session s = hear_all(m.client);
    CHECK(strstr(s.out[0], "33 77\r\n") != NULL);
    CHECK(s.code == 6);
    session_close(&s);
    CHECK(monitored_wait(&m) == 6);
    monitored_close(&m);
}

static void a_terminal_may_be_unused_for_a_while(void) {
    struct monitored m = monitored_start("t=$(tty); trap '' HUP; exec </dev/null >/dev/null 2>&1; "
                                         "sleep 0.3; echo back >$t; sleep 1.5; exit 2",
                                         (struct options){.flags = WIRE_MONITOR_TERMINAL});
    CHECK(monitored_wait(&m) == 2);
    expect_log(&m, 0, "back\r\n", 6);
    monitored_close(&m);
}

static void client_tests(void) {
    RUN(the_first_client_misses_nothing);
    RUN(a_late_client_gets_what_comes_or_all);
    RUN(input_ends_with_the_first_client_only_if_so_asked);
    RUN(a_client_that_is_killed_ends_its_input_but_detaching_does_not);
    RUN(a_process_that_does_not_read_delays_only_input);
    RUN(much_input_arrives);
    RUN(a_stopped_client_delays_nothing_and_gets_all_later);
    RUN(removal_of_the_log_loses_nothing_for_a_client_behind);
    RUN(a_log_cut_by_hand_confuses_nobody);
    RUN(without_a_log_the_client_sets_the_pace);
    RUN(too_many_clients_are_told);
    RUN(nonsense_ends_only_the_one_who_talks_it);
    RUN(a_terminal_is_served);
    RUN(a_terminal_may_be_unused_for_a_while);
}
