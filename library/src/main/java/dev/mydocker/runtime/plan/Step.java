package dev.mydocker.runtime.plan;

import java.util.function.Consumer;

/**
 * One step of a plan: what it does, why, and the instructions that do it.
 *
 * @param what the operation and its object, {@code mount proc on /proc}; begins an error message
 * @param why the reason, for a person who learns how a container is made
 * @param lower adds the instructions
 */
public record Step(Group group, String what, String why, Consumer<Lowering> lower) {}
