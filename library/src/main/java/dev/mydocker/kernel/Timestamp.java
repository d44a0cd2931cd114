package dev.mydocker.kernel;

/**
 * Points in time as nanoseconds since 1970 UTC (until the year 2262), and how they are written.
 *
 * <p>Every start of a container writes some, so this does the few divisions itself: a
 * DateTimeFormatter costs 23 ms in a cold JVM.
 */
public final class Timestamp {
  /** Nanoseconds in a second. */
  public static final long SECOND = 1_000_000_000L;

  private static final long DAY = 86_400;
  private static final int DAYS_TO_1970 = 719_468;
  private static final int DAYS_OF_400_YEARS = 146_097;

  private Timestamp() {}

  /** Returns the present. */
  public static long now() {
    java.time.Instant now = java.time.Instant.now();
    return now.getEpochSecond() * SECOND + now.getNano();
  }

  /** Writes RFC 3339 in UTC with the nanoseconds that are not zero: Go's RFC3339Nano. */
  public static String rfc3339Nano(long nanos) {
    StringBuilder out = new StringBuilder(30);
    dateAndTime(out, Math.floorDiv(nanos, SECOND), 'T');
    fraction(out, Math.floorMod(nanos, SECOND), true);
    return out.append('Z').toString();
  }

  /** Writes RFC 3339 in UTC with all nine digits: the form of log files, whose lines align. */
  public static String rfc3339Fixed(long nanos) {
    StringBuilder out = new StringBuilder(30);
    dateAndTime(out, Math.floorDiv(nanos, SECOND), 'T');
    fraction(out, Math.floorMod(nanos, SECOND), false);
    return out.append('Z').toString();
  }

  /** Writes {@code 2025-02-28 15:09:22} as a clock in {@code zone} shows it. */
  public static String local(long nanos, LocalZone zone) {
    long seconds = Math.floorDiv(nanos, SECOND);
    StringBuilder out = new StringBuilder(19);
    dateAndTime(out, seconds + zone.offset(seconds), ' ');
    return out.toString();
  }

  /**
   * Writes {@code 2025-02-28 15:09:22 +0100 CET}: what Go's time.String gives for whole seconds.
   */
  public static String localWithZone(long nanos, LocalZone zone) {
    long seconds = Math.floorDiv(nanos, SECOND);
    int offset = zone.offset(seconds);
    StringBuilder out = new StringBuilder(30);
    dateAndTime(out, seconds + offset, ' ');
    out.append(offset < 0 ? " -" : " +");
    int minutes = Math.abs(offset) / 60;
    two(out, minutes / 60);
    two(out, minutes % 60);
    return out.append(' ').append(zone.abbreviation(seconds)).toString();
  }

  /** Returns the seconds since 1970 of a date and time of day, without regard to any zone. */
  public static long seconds(int year, int month, int day, long secondOfDay) {
    // The year begins in March, so that a leap day is its last day (Hinnant, days_from_civil).
    long y = month <= 2 ? year - 1L : year;
    long era = Math.floorDiv(y, 400);
    long yearOfEra = y - era * 400;
    long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return (era * DAYS_OF_400_YEARS + dayOfEra - DAYS_TO_1970) * DAY + secondOfDay;
  }

  /** Returns the year of a time given in seconds since 1970. */
  static int year(long seconds) {
    return (int) (civil(seconds) / 10_000);
  }

  /** The date as the decimal number year, month, day: 20250228. */
  private static long civil(long seconds) {
    long days = Math.floorDiv(seconds, DAY) + DAYS_TO_1970;
    long era = Math.floorDiv(days, DAYS_OF_400_YEARS);
    long dayOfEra = days - era * DAYS_OF_400_YEARS;
    long yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / (DAYS_OF_400_YEARS - 1)) / 365;
    long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    long monthFromMarch = (5 * dayOfYear + 2) / 153;
    long day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
    long month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
    return year * 10_000 + month * 100 + day;
  }

  private static void dateAndTime(StringBuilder out, long seconds, char between) {
    long date = civil(seconds);
    int year = (int) (date / 10_000);
    two(out, year / 100);
    two(out, year % 100);
    two(out.append('-'), (int) (date / 100 % 100));
    two(out.append('-'), (int) (date % 100));
    int time = (int) Math.floorMod(seconds, DAY);
    two(out.append(between), time / 3600);
    two(out.append(':'), time / 60 % 60);
    two(out.append(':'), time % 60);
  }

  private static void two(StringBuilder out, int number) {
    out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  private static void fraction(StringBuilder out, long nanos, boolean trim) {
    int digits = 9;
    long rest = nanos;
    while (trim && digits > 0 && rest % 10 == 0) {
      rest /= 10;
      digits--;
    }
    if (digits == 0) {
      return;
    }
    out.append('.');
    long weight = 1;
    for (int i = 1; i < digits; i++) {
      weight *= 10;
    }
    for (; weight > 0; weight /= 10) {
      out.append((char) ('0' + rest / weight % 10));
    }
  }
}
