/*
 * Places where a test may kill any of the processes that take part: between two instructions of a
 * plan, and between the monitor's own steps. Nothing of it is in the product: test/fault/fault.c is
 * linked with a build for tests only (make faults).
 */
#ifndef MYDOCKER_FAULT_H
#define MYDOCKER_FAULT_H

enum { FAULT_ENGINE = 0, FAULT_MONITOR = 1, FAULT_CHILD = 2 };

#ifdef MYDOCKER_FAULTS
void fault_point(void);
/* Whose part this process plays from here on. */
void fault_role(int role);
/* A child was made that serves segments. */
void fault_spawned(long pid);
#else
static inline void fault_point(void) {
}
static inline void fault_role(int role) {
    (void)role;
}
static inline void fault_spawned(long pid) {
    (void)pid;
}
#endif

#endif
