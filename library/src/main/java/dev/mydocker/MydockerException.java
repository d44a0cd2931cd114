package dev.mydocker;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one unchecked exception that mydocker throws: an operation on an object that failed, why, and
 * what a person can do about it.
 *
 * <p>Its message is one line, {@code operation object: cause}, in lower case and without a full
 * stop, such as {@code mount /var/lib/data on /data: no such file or directory}. The suggestion is
 * kept apart, so that a caller can print it on the same line or leave it out.
 */
public class MydockerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose turn it is to act. */
  public enum Category {
    /** The caller asked for something malformed or contradictory. */
    INVALID,
    /** The container, image, file or command that was named does not exist. */
    NOT_FOUND,
    /** The object exists, but its state or another owner forbids the operation. */
    CONFLICT,
    /** A privilege or a kernel feature is missing. */
    UNSUPPORTED,
    /** Something ran out: disk, memory, pids, descriptors, keys. */
    RESOURCE,
    /** The command of a container exists but cannot be executed (exit code 126). */
    NOT_EXECUTABLE,
    /** The command of a container does not exist in its root file system (exit code 127). */
    COMMAND_NOT_FOUND,
    /** What was waited for did not come in the time that the caller gave. */
    TIMEOUT,
    /** The calling thread was interrupted; its interrupt status is set. */
    INTERRUPTED,
    /** A fault in mydocker itself, or of the machine below it. */
    INTERNAL
  }

  private final Category category;
  private final @Nullable String suggestion;
  private final @Nullable String output;

  /**
   * @param category whose turn it is to act
   * @param message {@code operation object: cause}
   */
  public MydockerException(Category category, String message) {
    this(category, message, null, null);
  }

  /**
   * @param category whose turn it is to act
   * @param message {@code operation object: cause}
   * @param suggestion what to do about it, or null
   */
  public MydockerException(Category category, String message, @Nullable String suggestion) {
    this(category, message, suggestion, null);
  }

  /**
   * @param category whose turn it is to act
   * @param message {@code operation object: cause}
   * @param suggestion what to do about it, or null
   * @param cause the exception that led here, or null
   */
  public MydockerException(
      Category category, String message, @Nullable String suggestion, @Nullable Throwable cause) {
    this(category, message, suggestion, cause, null);
  }

  /**
   * @param category whose turn it is to act
   * @param message {@code operation object: cause}
   * @param suggestion what to do about it, or null
   * @param cause the exception that led here, or null
   * @param output what the container that this is about wrote last, or null
   */
  public MydockerException(
      Category category,
      String message,
      @Nullable String suggestion,
      @Nullable Throwable cause,
      @Nullable String output) {
    super(message, cause);
    this.category = category;
    this.suggestion = suggestion;
    this.output = output;
  }

  /** Returns whose turn it is to act. */
  public Category category() {
    return category;
  }

  /**
   * Returns the last lines that the container wrote, where one ended, or did not become ready, that
   * was waited for.
   */
  public Optional<String> output() {
    return Optional.ofNullable(output);
  }

  /** Returns what a person can do about it, where that is known. */
  public Optional<String> suggestion() {
    return Optional.ofNullable(suggestion);
  }
}
