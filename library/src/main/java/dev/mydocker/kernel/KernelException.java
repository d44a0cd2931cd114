package dev.mydocker.kernel;

import dev.mydocker.MydockerException;
import org.jspecify.annotations.Nullable;

/** A system call that failed: {@code operation object: cause}, with the error number. */
public final class KernelException extends MydockerException {
  private static final long serialVersionUID = 1L;

  private final int error;

  /**
   * @param operation what was tried, with its absolute object: {@code mount /a on /b}
   * @param error the error number, of errno(3)
   */
  public KernelException(String operation, int error) {
    this(operation, error, Errno.suggestion(error));
  }

  /**
   * @param operation what was tried, with its absolute object: {@code mount /a on /b}
   * @param error the error number, of errno(3)
   * @param suggestion what to do about it, or null
   */
  public KernelException(String operation, int error, @Nullable String suggestion) {
    super(Errno.category(error), operation + ": " + Errno.message(error), suggestion);
    this.error = error;
  }

  /** The error number, of errno(3). */
  public int error() {
    return error;
  }
}
