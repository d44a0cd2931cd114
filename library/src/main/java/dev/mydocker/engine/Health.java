package dev.mydocker.engine;

import org.jspecify.annotations.Nullable;

/**
 * What a container's {@link HealthCheck} found.
 *
 * @param exit how its command ended; null if it was killed because its time was over
 * @param output what it wrote to both of its streams, the first 4,096 bytes of it
 */
public record Health(@Nullable Exit exit, String output) {
  /** Whether the command ended with 0. */
  public boolean isHealthy() {
    return exit != null && exit.succeeded();
  }
}
