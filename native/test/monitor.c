/* The monitor, the attach client and the log follower, each with real processes. */
#define _GNU_SOURCE
#include "monitor/fixture.c"

#include "monitor/process.c"

#include "monitor/clients.c"

int main(void) {
    signal(SIGPIPE, SIG_DFL);
    process_tests();
    client_tests();
    return 0;
}
