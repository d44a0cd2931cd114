package dev.mydocker.engine;

import org.jspecify.annotations.Nullable;

/**
 * One thing that {@link Engine#repair} did or could not do.
 *
 * @param what what was done: {@code removed cgroup /sys/fs/cgroup/…}
 * @param why what made it a leftover
 * @param problem why it could not be done, or null if it was
 */
public record Repair(String what, String why, @Nullable String problem) {
  /** Returns whether it was done. */
  public boolean done() {
    return problem == null;
  }
}
