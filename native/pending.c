/* Stands in until monitor.c, attach.c and follow.c are linked. */
#include "monitor.h"

__attribute__((weak)) int monitor_run(const struct wire_monitor *parameters) {
    (void)parameters;
    return 125;
}

__attribute__((weak)) int attach_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    return 125;
}

__attribute__((weak)) int follow_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    return 125;
}
