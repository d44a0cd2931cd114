package dev.mydocker;

import java.io.Serializable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one unchecked exception that mydocker throws: an operation on an object that failed, why, and
 * what a person can do about it.
 *
 * <p>Its message is one line, {@code operation object: cause}, in lower case and without a full
 * stop, such as {@code mount /var/lib/data on /data: no such file or directory}. The suggestion is
 * kept apart, so that a caller can print it on the same line or leave it out.
 *
 * <p>Programs need not take the message apart: {@link #operation}, {@link #object} and {@link
 * #reason} are its parts, {@link #category} says whose turn it is, and {@link #output} what a
 * container said last that was waited for, or that had ended by then.
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

  /** What failed, where the message was made of it. */
  private record Parts(String operation, String object, String reason) implements Serializable {}

  private final Category category;
  private final @Nullable String suggestion;
  private final @Nullable String output;
  private final @Nullable Parts parts;

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
    this(category, message, null, suggestion, cause, output);
  }

  private MydockerException(
      Category category,
      @Nullable String message,
      @Nullable Parts parts,
      @Nullable String suggestion,
      @Nullable Throwable cause,
      @Nullable String output) {
    super(message, cause);
    this.category = category;
    this.suggestion = suggestion;
    this.output = output;
    this.parts = parts;
  }

  /**
   * One whose parts are known: its message is {@code operation object: reason}.
   *
   * @param category whose turn it is to act
   * @param operation what was tried, {@code start container}
   * @param object what it was tried with: a path, a name; empty where the operation says it all
   * @param reason why it failed
   * @param suggestion what to do about it, or null
   * @param cause the exception that led here, or null
   * @param output what the container that this is about wrote last, or null
   */
  protected MydockerException(
      Category category,
      String operation,
      String object,
      String reason,
      @Nullable String suggestion,
      @Nullable Throwable cause,
      @Nullable String output) {
    this(
        category,
        operation + (object.isEmpty() ? "" : " " + object) + ": " + reason,
        new Parts(operation, object, reason),
        suggestion,
        cause,
        output);
  }

  /**
   * One whose parts are known, and whose message is not made of them.
   *
   * @param category whose turn it is to act
   * @param message one line, as it is printed
   * @param operation what was tried
   * @param object what it was tried with
   * @param reason why it failed
   * @param suggestion what to do about it, or null
   */
  protected MydockerException(
      Category category,
      String message,
      String operation,
      String object,
      String reason,
      @Nullable String suggestion) {
    this(category, message, new Parts(operation, object, reason), suggestion, null, null);
  }

  /**
   * Returns an error whose message is {@code operation object: reason}.
   *
   * @param operation what was tried, {@code start container}
   * @param object what it was tried with: a path, a name; empty where the operation says it all
   * @param reason why it failed
   */
  public static MydockerException of(
      Category category, String operation, Object object, String reason) {
    return of(category, operation, object, reason, null, null);
  }

  /**
   * Returns an error whose message is {@code operation object: reason}.
   *
   * @param suggestion what to do about it, or null
   */
  public static MydockerException of(
      Category category,
      String operation,
      Object object,
      String reason,
      @Nullable String suggestion) {
    return of(category, operation, object, reason, suggestion, null);
  }

  /**
   * Returns an error whose message is {@code operation object: reason}.
   *
   * @param suggestion what to do about it, or null
   * @param cause the exception that led here, or null
   */
  public static MydockerException of(
      Category category,
      String operation,
      Object object,
      String reason,
      @Nullable String suggestion,
      @Nullable Throwable cause) {
    String what = object.toString();
    return new MydockerException(
        category,
        operation + (what.isEmpty() ? "" : " " + what) + ": " + reason,
        new Parts(operation, what, reason),
        suggestion,
        cause,
        null);
  }

  /**
   * Returns an error whose message is in Docker's words and not made of its parts.
   *
   * @param message one line, as it is printed
   * @param operation what was tried, {@code find container}
   * @param object what it was tried with: a path, a name; empty where the operation says it all
   * @param reason why it failed
   * @param suggestion what to do about it, or null
   */
  public static MydockerException said(
      Category category,
      String message,
      String operation,
      Object object,
      String reason,
      @Nullable String suggestion) {
    return said(category, message, operation, object, reason, suggestion, null);
  }

  /**
   * Returns an error whose message is in Docker's words and not made of its parts.
   *
   * @param cause the exception that led here, or null
   */
  public static MydockerException said(
      Category category,
      String message,
      String operation,
      Object object,
      String reason,
      @Nullable String suggestion,
      @Nullable Throwable cause) {
    Parts parts = new Parts(operation, object.toString(), reason);
    return new MydockerException(category, message, parts, suggestion, cause, null);
  }

  /**
   * Returns an error about words that somebody gave: the operation is to check them, and the reason
   * is the whole message.
   *
   * @param what kind of words they are, {@code volume}
   * @param words as they were given; empty where there are none
   * @param message one line, as it is printed
   * @param suggestion what to do about it, or null
   */
  public static MydockerException invalid(
      String what, Object words, String message, @Nullable String suggestion) {
    return said(Category.INVALID, message, "check " + what, words, message, suggestion, null);
  }

  /** Returns the same error, with what the container that it is about wrote last. */
  public MydockerException withOutput(String lastOutput) {
    MydockerException same =
        new MydockerException(category, getMessage(), parts, suggestion, getCause(), lastOutput);
    same.setStackTrace(getStackTrace());
    for (Throwable suppressed : getSuppressed()) {
      same.addSuppressed(suppressed);
    }
    return same;
  }

  /**
   * Returns what was tried, such as {@code start container}, {@code mount} or {@code check volume}.
   * Every error of the library has it; nothing where an application made one without.
   */
  public Optional<String> operation() {
    return Optional.ofNullable(parts).map(Parts::operation);
  }

  /**
   * Returns what it was tried with: the name of a container or an image, an absolute path, or two
   * of them as the message has them ({@code /a on /b}); nothing where {@link #operation} names it
   * all ({@code pivot into the root file system}), or where there is no operation.
   */
  public Optional<String> object() {
    return Optional.ofNullable(parts).map(Parts::object).filter(object -> !object.isEmpty());
  }

  /**
   * Returns why it failed, in words: {@code no such file or directory}, {@code it is paused}; the
   * whole message where there is no {@link #operation}. What led here is {@link #getCause}.
   */
  public String reason() {
    return parts == null ? String.valueOf(getMessage()) : parts.reason;
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
