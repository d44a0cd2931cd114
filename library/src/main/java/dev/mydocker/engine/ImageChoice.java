package dev.mydocker.engine;

import dev.mydocker.image.WantedPlatform;
import org.jspecify.annotations.Nullable;

/**
 * How the image of a new container is chosen. Nothing of it is kept with the container, which knows
 * the image's id.
 *
 * @param pull when it is brought from its registry
 * @param platform for which machine, such as {@code linux/arm64}, or null for this one
 */
public record ImageChoice(PullPolicy pull, @Nullable String platform) {
  /** What is usual. */
  public static final ImageChoice DEFAULT = new ImageChoice(PullPolicy.MISSING, null);

  /** Checks the platform. */
  public ImageChoice {
    if (platform != null) {
      platform = WantedPlatform.parse(platform).toString();
    }
  }
}
