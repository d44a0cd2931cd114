package dev.mydocker.cli.format;

import dev.mydocker.kernel.Timestamp;

/**
 * Durations and sizes in the words Docker uses for them. What lists show of each container is put
 * together by {@code concat}: a StringBuilder takes a cold JVM four times as long.
 */
public final class Human {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  private static final int PRECISION = 3;

  private Human() {}

  /** Returns a duration in nanoseconds in words, such as {@code About a minute}. */
  public static String duration(long nanos) {
    long seconds = Math.max(nanos, 0) / Timestamp.SECOND;
    long minutes = seconds / 60;
    long hours = (seconds + 1800) / 3600;
    if (seconds < 1) {
      return "Less than a second";
    } else if (seconds == 1) {
      return "1 second";
    } else if (seconds < 60) {
      return Long.toString(seconds).concat(" seconds");
    } else if (minutes == 1) {
      return "About a minute";
    } else if (minutes < 60) {
      return Long.toString(minutes).concat(" minutes");
    } else if (hours == 1) {
      return "About an hour";
    } else if (hours < 48) {
      return Long.toString(hours).concat(" hours");
    } else if (hours < 24 * 7 * 2) {
      return hours / 24 + " days";
    } else if (hours < 24 * 30 * 2) {
      return hours / 24 / 7 + " weeks";
    } else if (hours < 24 * 365 * 2) {
      return hours / 24 / 30 + " months";
    }
    return seconds / 3600 / 24 / 365 + " years";
  }

  /** Returns how long ago a time was: {@code 3 minutes ago}. */
  public static String ago(long time, long now) {
    return duration(now - time).concat(" ago");
  }

  /** Returns the status of a running container: {@code Up 3 minutes}. */
  public static String up(long started, long now) {
    return "Up ".concat(duration(now - started));
  }

  /** Returns a size with three digits and a decimal unit: {@code 4.26MB}, as docker images does. */
  public static String size(long bytes) {
    return size(bytes, PRECISION);
  }

  /** Returns a size with so many digits at most and a decimal unit. */
  public static String size(long bytes, int precision) {
    double size = bytes;
    int unit = 0;
    while (size >= 1000 && unit < UNITS.length - 1) {
      size /= 1000;
      unit++;
    }
    String digits = significant(size, precision);
    // 999.9 rounds to 1000, which is one of the next unit; Docker writes 1e+03kB there.
    if (digits.equals("1000") && unit < UNITS.length - 1) {
      return "1" + UNITS[unit + 1];
    }
    return digits + UNITS[unit];
  }

  /** Writes a number below a thousand with so many digits, without zeros at the end. */
  private static String significant(double number, int precision) {
    int whole = number >= 100 ? 3 : number >= 10 ? 2 : 1;
    int decimals = Math.max(precision - whole, 0);
    return trimmed(decimal(number, decimals));
  }

  /** Writes a number with so many decimals, rounded half to even where it is exactly half. */
  static String decimal(double number, int decimals) {
    double weight = 1;
    for (int i = 0; i < decimals; i++) {
      weight *= 10;
    }
    long scaled = (long) Math.rint(Math.abs(number) * weight);
    StringBuilder out = new StringBuilder(Long.toString(scaled));
    if (decimals > 0) {
      while (out.length() <= decimals) {
        out.insert(0, '0');
      }
      out.insert(out.length() - decimals, '.');
    }
    return number < 0 && scaled != 0 ? "-" + out : out.toString();
  }

  private static String trimmed(String number) {
    if (number.indexOf('.') < 0) {
      return number;
    }
    int end = number.length();
    while (number.charAt(end - 1) == '0') {
      end--;
    }
    return number.substring(0, number.charAt(end - 1) == '.' ? end - 1 : end);
  }
}
