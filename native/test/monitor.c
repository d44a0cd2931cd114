/* The monitor, the attach client and the log follower, each with real processes. */
#define _GNU_SOURCE
#include "monitor/fixture.c"
#include "monitor/process.c"

int main(void) {
    signal(SIGPIPE, SIG_DFL);
    process_tests();
    return 0;
}
