package dev.mydocker.kernel;

import org.jspecify.annotations.Nullable;

/**
 * A rule of the POSIX form of TZ, such as {@code CET-1CEST,M3.5.0,M10.5.0/3}: standard time, and
 * when in each year summer time begins and ends.
 */
final class ZoneRule {
  private static final int TWO_O_CLOCK = 7200;

  private final LocalZone.Type standard;
  private final LocalZone.@Nullable Type summer;
  private final int[] begin;
  private final int[] end;

  private ZoneRule(
      LocalZone.Type standard, LocalZone.@Nullable Type summer, int[] begin, int[] end) {
    this.standard = standard;
    this.summer = summer;
    this.begin = begin;
    this.end = end;
  }

  /** Parses a rule, or returns null if the text is none. */
  static @Nullable ZoneRule parse(String text) {
    try {
      return new Reader(text).rule();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return null;
    }
  }

  /** Returns what holds at a time in seconds since 1970. */
  LocalZone.Type at(long seconds) {
    if (summer == null) {
      return standard;
    }
    int year = Timestamp.year(seconds + standard.offset());
    long from = day(begin, year) - standard.offset();
    long to = day(end, year) - summer.offset();
    boolean inSummer =
        from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to;
    return inSummer ? summer : standard;
  }

  /** The local second, counted from 1970, that {kind, month or day, week, weekday, time} means. */
  private static long day(int[] rule, int year) {
    long january = Timestamp.seconds(year, 1, 1, 0);
    boolean leap = Timestamp.seconds(year, 3, 1, 0) - january == 60 * 86_400L;
    return switch (rule[0]) {
      case 'M' -> weekday(rule, year) * 86_400 + rule[4];
      case 'J' -> {
        int day = leap && rule[1] > 59 ? rule[1] : rule[1] - 1;
        yield january + day * 86_400L + rule[4];
      }
      default -> january + rule[1] * 86_400L + rule[4];
    };
  }

  /** The day, counted from 1970, of a weekday in a week of a month; week 5 is the last one. */
  private static long weekday(int[] rule, int year) {
    boolean december = rule[1] == 12;
    long first = Timestamp.seconds(year, rule[1], 1, 0) / 86_400;
    long next =
        Timestamp.seconds(december ? year + 1 : year, december ? 1 : rule[1] + 1, 1, 0) / 86_400;
    // 1970-01-01 was a Thursday, day 4 of the week.
    long day = first + Math.floorMod(rule[3] - (first + 4), 7L) + (rule[2] - 1) * 7L;
    return day >= next ? day - 7 : day;
  }

  /** Reads the text from left to right. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    ZoneRule rule() {
      LocalZone.Type standard = new LocalZone.Type(0, name());
      standard = new LocalZone.Type(-time(), standard.name());
      if (at == text.length()) {
        return new ZoneRule(standard, null, new int[0], new int[0]);
      }
      String summerName = name();
      int offset = standard.offset() + 3600;
      if (at < text.length() && text.charAt(at) != ',') {
        offset = -time();
      }
      LocalZone.Type summer = new LocalZone.Type(offset, summerName);
      int[] begin = day();
      return new ZoneRule(standard, summer, begin, day());
    }

    private String name() {
      int from = at;
      if (text.charAt(at) == '<') {
        at = text.indexOf('>', at) + 1;
        if (at == 0) {
          throw new IllegalArgumentException(text);
        }
        return text.substring(from + 1, at - 1);
      }
      while (at < text.length() && Character.isLetter(text.charAt(at))) {
        at++;
      }
      if (at - from < 3) {
        throw new IllegalArgumentException(text);
      }
      return text.substring(from, at);
    }

    private int time() {
      int sign = 1;
      if (text.charAt(at) == '-' || text.charAt(at) == '+') {
        sign = text.charAt(at++) == '-' ? -1 : 1;
      }
      int seconds = number() * 3600;
      if (skip(':')) {
        seconds += number() * 60;
        if (skip(':')) {
          seconds += number();
        }
      }
      return sign * seconds;
    }

    private int[] day() {
      int[] rule = {'0', 0, 0, 0, TWO_O_CLOCK};
      if (!skip(',')) {
        throw new IllegalArgumentException(text);
      }
      if (skip('M')) {
        rule[0] = 'M';
        rule[1] = number();
        skip('.');
        rule[2] = number();
        skip('.');
        rule[3] = number();
      } else {
        rule[0] = skip('J') ? 'J' : '0';
        rule[1] = number();
      }
      if (skip('/')) {
        rule[4] = time();
      }
      return rule;
    }

    private boolean skip(char c) {
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private int number() {
      int from = at;
      int value = 0;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        value = value * 10 + text.charAt(at++) - '0';
      }
      if (at == from || at - from > 4) {
        throw new IllegalArgumentException(text);
      }
      return value;
    }
  }
}
