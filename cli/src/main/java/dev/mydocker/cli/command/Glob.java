package dev.mydocker.cli.command;

/**
 * Patterns as Go's {@code path.Match} has them: {@code *} and {@code ?} for anything but slashes,
 * {@code [a-z]} and {@code [^a-z]}, and a backslash before what is meant as it is.
 */
final class Glob {
  private Glob() {}

  static boolean matches(String pattern, String text) {
    return matches(pattern, 0, text, 0);
  }

  private static boolean matches(String pattern, int patternFrom, String text, int textFrom) {
    int p = patternFrom;
    int t = textFrom;
    while (p < pattern.length()) {
      char c = pattern.charAt(p);
      if (c == '*') {
        for (int end = t; ; end++) {
          if (matches(pattern, p + 1, text, end)) {
            return true;
          }
          if (end >= text.length() || text.charAt(end) == '/') {
            return false;
          }
        }
      }
      if (t >= text.length()) {
        return false;
      }
      int next = p + 1;
      if (c == '[') {
        next = pattern.indexOf(']', p + 2) + 1;
        if (next <= 0 || !isIn(pattern.substring(p + 1, next - 1), text.charAt(t))) {
          return false;
        }
      } else if (c == '?') {
        if (text.charAt(t) == '/') {
          return false;
        }
      } else {
        if (c == '\\' && next < pattern.length()) {
          c = pattern.charAt(next++);
        }
        if (c != text.charAt(t)) {
          return false;
        }
      }
      p = next;
      t++;
    }
    return t == text.length();
  }

  private static boolean isIn(String set, char c) {
    boolean other = set.startsWith("^");
    boolean found = false;
    for (int i = other ? 1 : 0; i < set.length(); i++) {
      char from = set.charAt(i);
      char to = from;
      if (i + 2 < set.length() && set.charAt(i + 1) == '-') {
        to = set.charAt(i + 2);
        i += 2;
      }
      found |= from <= c && c <= to;
    }
    return found != other && c != '/';
  }
}
