package dev.mydocker.image.registry;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Tried;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** Something that a registry or the network will not do, however often it is asked. */
public class Refused extends IOException {
  private static final long serialVersionUID = 1L;

  private final Category category;
  private final @Nullable String suggestion;

  /**
   * @param category whose turn it is to act
   * @param message the cause
   * @param suggestion what a person can do about it, or null
   */
  public Refused(Category category, String message, @Nullable String suggestion) {
    this(category, message, suggestion, null);
  }

  Refused(
      Category category, String message, @Nullable String suggestion, @Nullable Throwable cause) {
    super(message, cause);
    this.category = category;
    this.suggestion = suggestion;
  }

  /** Whose turn it is to act. */
  public Category category() {
    return category;
  }

  /**
   * The error for people that a failed exchange is.
   *
   * @param operation what was tried, with its object: {@code pull localhost:5000/app}
   */
  public static MydockerException error(String operation, IOException e) {
    String why = String.valueOf(e.getMessage());
    if (e instanceof Refused refused) {
      return Tried.of(operation).failed(refused.category, why, refused.suggestion, e);
    }
    if (Thread.currentThread().isInterrupted()) {
      return Tried.of(operation).failed(Category.INTERRUPTED, "interrupted", null, e);
    }
    if (e instanceof SocketTimeoutException) {
      return Tried.of(operation)
          .failed(
              Category.TIMEOUT,
              e instanceof Transport.Stalled ? why : "the registry says nothing any more",
              "try again later, or with a longer timeout (docs/images.md)",
              e);
    }
    return Tried.of(operation)
        .failed(Category.RESOURCE, why, "try again: what is complete is not fetched again", e);
  }
}
