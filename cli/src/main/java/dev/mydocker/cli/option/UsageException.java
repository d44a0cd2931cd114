package dev.mydocker.cli.option;

import dev.mydocker.MydockerException;
import org.jspecify.annotations.Nullable;

/** A command line that cannot be understood, with Docker's exit code and where to read on. */
public final class UsageException extends MydockerException {
  private static final long serialVersionUID = 1L;

  /** Docker's exit code for a wrong option: the container engine's own failure. */
  public static final int BAD_OPTION = 125;

  /** Docker's exit code for an unknown command or a wrong number of arguments. */
  public static final int GENERAL = 1;

  private final String path;
  private final int exitCode;

  private UsageException(
      Category category, String message, @Nullable String suggestion, String path, int exitCode) {
    super(category, message, suggestion);
    this.path = path;
    this.exitCode = exitCode;
  }

  /** The user's mistake, in the command {@code path}, which is empty at the top. */
  static UsageException of(String message, @Nullable String suggestion, String path, int exitCode) {
    return new UsageException(Category.INVALID, message, suggestion, path, exitCode);
  }

  /** Something Docker has and mydocker has not. */
  static UsageException unsupported(String message, String path, int exitCode) {
    return new UsageException(Category.UNSUPPORTED, message, null, path, exitCode);
  }

  /** Returns the exit code of mydocker. */
  public int exitCode() {
    return exitCode;
  }

  /** Returns all that is printed, one line: the message, what to do, and where to read on. */
  public String report() {
    StringBuilder text = new StringBuilder(String.valueOf(getMessage()));
    suggestion().ifPresent(hint -> text.append("; ").append(hint));
    if (category() == Category.INVALID) {
      text.append(" (see 'mydocker ").append(path.isEmpty() ? "" : path + " ").append("--help')");
    }
    return text.toString();
  }
}
