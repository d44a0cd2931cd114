package dev.mydocker.engine;

import org.jspecify.annotations.Nullable;

/**
 * A system call that a step made, or one of the helper's own operations.
 *
 * @param call as C would write it: {@code fsopen("proc", FSOPEN_CLOEXEC)}
 * @param result what it returned, a number, or an error by its name with what it means; null if
 *     that is not known, or it was not made
 * @param nanos how long it took, or -1 if that is not known
 * @param minor whether a reader can do without it: it opens or closes a descriptor, or only looks
 */
public record ExplainedCall(String call, @Nullable String result, long nanos, boolean minor) {}
