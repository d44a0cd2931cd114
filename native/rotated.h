/* The files of a log, one after the other, for whoever reads it while it is rotated. */
#ifndef MYDOCKER_ROTATED_H
#define MYDOCKER_ROTATED_H

#include "sys.h"

#include <linux/stat.h>

struct rotated {
    int directory;
    int fd; /* of the file that is read, or -1 */
    uint64_t inode;
    int64_t age; /* a number that it had */
};

/* Number and links of a file, or of the directory itself for ""; zeros where there is none. */
struct statx rotated_status(int directory, const char *name);
/* Reads this one from now on, in place of what was read. */
void rotated_take(struct rotated *log, int fd, int64_t age);
/* Opens the file with a number; -1 or so where there is none. */
int rotated_open(const struct rotated *log, int64_t age);
/* Opens the file after the one that is read, or the oldest that is left. -1: none yet. */
int rotated_next(struct rotated *log, int64_t *age);

#endif
