/* The parts of the helper beside the interpreter, and what they ask of main.c. */
#ifndef MYDOCKER_MONITOR_H
#define MYDOCKER_MONITOR_H

#include "wire.h"

#include <stdbool.h>

/* How a process ended; `code` as a shell gives it (128 + signal), -1 where that is unknown. */
struct exit_report {
    int32_t code;
    int32_t signal;
    bool out_of_memory;
};

/* Supervises one process until its end and its clients' end; the process's exit code. */
int monitor_run(const struct wire_monitor *parameters);
/* Called by it at the end: takes the lock, performs cleanup.plan, or what is to be done when the
 * owner has ended. */
void monitor_finished(const struct wire_monitor *parameters, bool orphaned);
void perform_cleanup(int directory, const char *plan);

/* In the directory of a container that a process owns: removes all of it once that has ended. */
#define ORPHAN_PLAN "orphan.plan"

int attach_main(int argc, char **argv);

/* foreground.c */
int foreground_main(int count, char **arguments);
int follow_main(int argc, char **argv);

#endif
