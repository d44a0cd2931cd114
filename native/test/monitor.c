/* The monitor, the attach client and the log follower, each with real processes. */
#define _GNU_SOURCE
#include "monitor/fixture.c"

#include "monitor/process.c"

#include "monitor/clients.c"

#include "monitor/rotation.c"

#include "monitor/attach.c"

#include "monitor/follow.c"

int main(void) {
    signal(SIGPIPE, SIG_DFL);
    process_tests();
    client_tests();
    rotation_tests();
    attach_tests();
    follow_tests();
    return 0;
}
