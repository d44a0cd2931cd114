package dev.mydocker.kernel;

import dev.mydocker.MydockerException;
import org.jspecify.annotations.Nullable;

/** A system call that failed: {@code operation object: cause}, with the error number. */
public final class KernelException extends MydockerException {
  private static final long serialVersionUID = 1L;

  private final int error;

  /**
   * @param tried what was tried, with its absolute object: {@code mount /a on /b}
   * @param error the error number, of errno(3)
   */
  public KernelException(String tried, int error) {
    this(tried, error, Errno.suggestion(error));
  }

  /**
   * @param tried what was tried, with its absolute object: {@code mount /a on /b}
   * @param error the error number, of errno(3)
   * @param suggestion what to do about it, or null
   */
  public KernelException(String tried, int error, @Nullable String suggestion) {
    this(Tried.of(tried), error, suggestion);
  }

  private KernelException(Tried tried, int error, @Nullable String suggestion) {
    super(
        Errno.category(error),
        tried.operation(),
        tried.object(),
        Errno.message(error),
        suggestion,
        null,
        null);
    this.error = error;
  }

  /** Returns the same error, with what to do about it. */
  public KernelException withSuggestion(String suggestion) {
    Tried tried = new Tried(operation().orElseThrow(), object().orElse(""));
    KernelException same = new KernelException(tried, error, suggestion);
    same.setStackTrace(getStackTrace());
    for (Throwable suppressed : getSuppressed()) {
      same.addSuppressed(suppressed);
    }
    return same;
  }

  /** The error number, of errno(3). */
  public int error() {
    return error;
  }
}
