package dev.mydocker.image.registry;

import java.time.Duration;

/**
 * How long registries are waited for.
 *
 * @param connect how long to look a host up and connect to it may take together
 * @param silence how long a registry may say nothing, if less than what is set
 * @param pause how long it may ask us to wait
 */
public record Patience(Duration connect, Duration silence, Duration pause) {
  /** Somebody wants an image. */
  public static final Patience USUAL =
      new Patience(Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofSeconds(60));

  /** Something else will do as well. */
  public static final Patience HURRIED =
      new Patience(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ZERO);
}
