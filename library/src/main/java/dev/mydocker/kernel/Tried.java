package dev.mydocker.kernel;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import org.jspecify.annotations.Nullable;

/**
 * What was tried, told apart from what it was tried with.
 *
 * @param operation {@code mount}, {@code wait for output of container}
 * @param object {@code /a on /b}, a name; empty where the operation says it all
 */
public record Tried(String operation, String object) {
  /** What a name follows that is no path. */
  private static final String[] KINDS = {" container", " image", " owner of"};

  /**
   * Takes words as errors begin with them: the object is what begins with the first path, number or
   * quotation, or the name behind a word such as {@code container}.
   */
  public static Tried of(String words) {
    for (int at = words.indexOf(' '); at >= 0; at = words.indexOf(' ', at + 1)) {
      if (isObject(words, at)) {
        return new Tried(words.substring(0, at), words.substring(at + 1));
      }
    }
    return new Tried(words, "");
  }

  /** Returns the error that it failed. */
  public MydockerException failed(Category category, String reason) {
    return failed(category, reason, null, null);
  }

  /**
   * Returns the error that it failed.
   *
   * @param suggestion what to do about it, or null
   * @param cause the exception that led here, or null
   */
  public MydockerException failed(
      Category category, String reason, @Nullable String suggestion, @Nullable Throwable cause) {
    return MydockerException.of(category, operation, object, reason, suggestion, cause);
  }

  private static boolean isObject(String words, int at) {
    char next = at + 1 < words.length() ? words.charAt(at + 1) : ' ';
    if (next == '/' || next == '"' || next >= '0' && next <= '9') {
      return true;
    }
    for (String kind : KINDS) {
      if (words.startsWith(kind, at - kind.length())) {
        return true;
      }
    }
    return false;
  }
}
