package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import org.jspecify.annotations.Nullable;

/**
 * How much of a container's output is kept.
 *
 * @param maxSize when the log begins a new file, or null for never
 * @param maxFiles how many files there may be, the present one among them
 */
public record LogOptions(@Nullable ByteSize maxSize, int maxFiles) {
  /** Everything, in one file. */
  public static final LogOptions DEFAULT = new LogOptions(null, 1);

  /** Checks the numbers. */
  public LogOptions {
    if (maxSize != null && maxSize.isUnlimited()) {
      maxSize = null;
    }
    if (maxSize != null && maxSize.bytes() == 0) {
      throw MydockerException.invalid(
          "max-size", maxSize.bytes(), "max-size must be a positive number", null);
    }
    if (maxFiles < 1) {
      throw MydockerException.invalid("max-file", maxFiles, "max-file cannot be less than 1", null);
    }
  }
}
