package dev.mydocker.cli.format;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.LocalZone;
import dev.mydocker.kernel.Timestamp;

/** Times and durations as users type them, in Docker's and Go's forms. */
public final class Times {
  private static final long SECOND = Timestamp.SECOND;
  private static final String HINT =
      "write a duration such as 10m, a time such as 2026-01-31T15:04:05Z, or seconds since 1970";

  private Times() {}

  /**
   * Parses the value of --since and --until: a Go duration before {@code now}, a date or time of
   * RFC 3339 (in {@code zone}, where it names none), or seconds since 1970 with a fraction.
   *
   * @return nanoseconds since 1970
   */
  public static long parse(String text, long now, LocalZone zone) {
    if (isDuration(text)) {
      return now - duration(text);
    }
    if (text.indexOf('-') > 0) {
      return new Reader(text, zone).time();
    }
    int dot = text.indexOf('.');
    String seconds = dot < 0 ? text : text.substring(0, dot);
    String fraction = dot < 0 ? "" : text.substring(dot + 1);
    if (!isDigits(seconds) || seconds.length() > 10 || dot >= 0 && !isDigits(fraction)) {
      throw invalid("failed to parse value as time or duration: " + Quote.go(text));
    }
    return Math.addExact(Math.multiplyExact(Long.parseLong(seconds), SECOND), nanos(fraction));
  }

  /** Whether the text has a duration's form: digits, then a unit's letter. */
  private static boolean isDuration(String text) {
    int at = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    return at > 0 && at < text.length() && "hmsnuµμ".indexOf(text.charAt(at)) >= 0;
  }

  /** Parses a duration as Go's time.ParseDuration does, such as {@code 1h30m}, in nanoseconds. */
  public static long duration(String text) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    int at = signed ? 1 : 0;
    if (text.substring(at).equals("0")) {
      return 0;
    }
    if (at == text.length()) {
      throw invalid("invalid duration " + Quote.go(text));
    }
    long total = 0;
    while (at < text.length()) {
      int whole = at;
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
      int wholeEnd = at;
      int fraction = at;
      if (at < text.length() && text.charAt(at) == '.') {
        fraction = ++at;
        while (at < text.length() && isDigit(text.charAt(at))) {
          at++;
        }
      }
      int fractionEnd = at;
      while (at < text.length() && !isDigit(text.charAt(at)) && text.charAt(at) != '.') {
        at++;
      }
      if (wholeEnd == whole && fractionEnd == fraction || wholeEnd - whole > 18) {
        throw invalid("invalid duration " + Quote.go(text));
      }
      long unit = unit(text.substring(fractionEnd, at), text);
      try {
        long count = wholeEnd == whole ? 0 : Long.parseLong(text, whole, wholeEnd, 10);
        total = Math.addExact(total, Math.multiplyExact(count, unit));
      } catch (ArithmeticException e) {
        throw invalid("invalid duration " + Quote.go(text));
      }
      double part = 1;
      for (int i = fraction; i < fractionEnd; i++) {
        part /= 10;
        total += Math.round((text.charAt(i) - '0') * part * unit);
      }
    }
    return text.startsWith("-") ? -total : total;
  }

  private static long unit(String unit, String text) {
    return switch (unit) {
      case "h" -> 3600 * SECOND;
      case "m" -> 60 * SECOND;
      case "s" -> SECOND;
      case "ms" -> 1_000_000;
      case "us", "µs", "μs" -> 1_000;
      case "ns" -> 1;
      case "" -> throw invalid("missing unit in duration " + Quote.go(text));
      default -> throw invalid("unknown unit " + Quote.go(unit) + " in duration " + Quote.go(text));
    };
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** The first nine digits of a fraction as nanoseconds. */
  private static long nanos(String digits) {
    long nanos = 0;
    for (int i = 0; i < 9; i++) {
      nanos = nanos * 10 + (i < digits.length() ? digits.charAt(i) - '0' : 0);
    }
    return nanos;
  }

  private static MydockerException invalid(String cause) {
    return new MydockerException(Category.INVALID, cause, HINT);
  }

  /** Reads a date or time of RFC 3339, or a beginning of one, from left to right. */
  private static final class Reader {
    private final String text;
    private final LocalZone zone;
    private int at;

    Reader(String text, LocalZone zone) {
      this.text = text;
      this.zone = zone;
    }

    long time() {
      int year = number(4, 1678, 2261);
      expect('-');
      int month = number(2, 1, 12);
      expect('-');
      int day = number(2, 1, daysOf(year, month));
      long seconds = 0;
      long nanos = 0;
      if (skip('T') || skip('t') || skip(' ')) {
        seconds = number(2, 0, 23) * 3600L;
        if (skip(':')) {
          seconds += number(2, 0, 59) * 60L;
          if (skip(':')) {
            seconds += number(2, 0, 59);
            if (skip('.')) {
              int from = at;
              while (at < text.length() && isDigit(text.charAt(at))) {
                at++;
              }
              if (at == from) {
                throw wrong();
              }
              nanos = nanos(text.substring(from, at));
            }
          }
        }
      }
      long local = Timestamp.seconds(year, month, day, seconds);
      return (local - offset(local)) * SECOND + nanos;
    }

    private int offset(long local) {
      if (at == text.length()) {
        // As mktime(3): the offset that holds at the time this local time turns out to be.
        return zone.offset(local - zone.offset(local));
      }
      int offset = 0;
      if (!skip('Z') && !skip('z')) {
        int sign = skip('-') ? -1 : 1;
        if (sign == 1) {
          expect('+');
        }
        offset = number(2, 0, 23) * 3600;
        expect(':');
        offset = sign * (offset + number(2, 0, 59) * 60);
      }
      if (at != text.length()) {
        throw wrong();
      }
      return offset;
    }

    private static int daysOf(int year, int month) {
      long first = Timestamp.seconds(year, month, 1, 0);
      long next =
          month == 12
              ? Timestamp.seconds(year + 1, 1, 1, 0)
              : Timestamp.seconds(year, month + 1, 1, 0);
      return (int) ((next - first) / 86_400);
    }

    private int number(int digits, int least, int most) {
      int to = at + digits;
      if (to > text.length() || !isDigits(text.substring(at, to))) {
        throw wrong();
      }
      int value = Integer.parseInt(text, at, to, 10);
      at = to;
      if (value < least || value > most) {
        throw wrong();
      }
      return value;
    }

    private boolean skip(char c) {
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void expect(char c) {
      if (!skip(c)) {
        throw wrong();
      }
    }

    private MydockerException wrong() {
      return invalid("failed to parse time " + Quote.go(text));
    }
  }
}
