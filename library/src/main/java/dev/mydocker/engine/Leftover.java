package dev.mydocker.engine;

import java.util.function.BooleanSupplier;

/**
 * Something that a command, a monitor or a machine left behind when it was ended in the middle.
 *
 * @param what what it is: {@code cgroup /sys/fs/cgroup/…}
 * @param why what makes it a leftover
 * @param verb what a repair does to it: removed, recorded
 * @param repair does so, if it is still a leftover then: whoever makes or uses it has a lock or a
 *     process, and that is looked at once more; false if there was nothing to do any more
 */
record Leftover(String what, String why, String verb, BooleanSupplier repair) {
  static Leftover removed(String what, String why, BooleanSupplier repair) {
    return new Leftover(what, why, "removed", repair);
  }
}
