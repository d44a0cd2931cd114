package dev.mydocker.runtime.lifecycle;

/** Whoever stays between a container and its caller's terminal. */
public interface Foreground {
  /**
   * Takes the master of the container's terminal.
   *
   * @param master a descriptor, to be copied
   */
  void takeTerminal(int master);

  /**
   * Takes over the guard of the container.
   *
   * @param guard a descriptor, as of {@link dev.mydocker.runtime.Creation#handOver}
   */
  void takeGuard(int guard);
}
