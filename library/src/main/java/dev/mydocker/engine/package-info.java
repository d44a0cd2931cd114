/**
 * The embeddable engine: named containers made of images and the runtime, with logs, exec and
 * commit.
 *
 * <p>A {@link dev.mydocker.engine.ContainerSpec} says what to run. What is kept of a container lies
 * in a directory of its own, in files that people may read; whether it runs is never read from
 * there but asked of the kernel.
 */
package dev.mydocker.engine;
