package dev.mydocker.image;

import dev.mydocker.oci.image.Healthcheck;
import dev.mydocker.oci.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind HEALTHCHECK (Dockerfile reference): {@code [--interval=30s] [--timeout=30s]
 * [--start-period=0s] [--start-interval=5s] [--retries=3] CMD command}, or {@code NONE}.
 */
final class HealthcheckInstruction {
  private static final long MILLISECOND = 1_000_000;

  private final Function<String, RuntimeException> refused;
  private @Nullable Long interval;
  private @Nullable Long timeout;
  private @Nullable Long startPeriod;
  private @Nullable Long startInterval;
  private @Nullable Integer retries;

  /**
   * @param refused makes the error of why it is wrong
   */
  HealthcheckInstruction(Function<String, RuntimeException> refused) {
    this.refused = refused;
  }

  /**
   * Reads it.
   *
   * @param command reads a command: CMD and its words, or CMD-SHELL and a line
   */
  Healthcheck read(String text, Function<String, List<String>> command) {
    String rest = text;
    while (rest.startsWith("--")) {
      int end = end(rest);
      option(rest.substring(2, end));
      rest = rest.substring(end).strip();
    }
    int end = end(rest);
    String kind = rest.substring(0, end);
    String behind = rest.substring(end).strip();
    if (kind.equalsIgnoreCase("NONE")) {
      if (!behind.isEmpty() || !rest.equals(text)) {
        throw refused.apply("nothing else goes with NONE");
      }
      return make(List.of("NONE"));
    }
    if (!kind.equalsIgnoreCase("CMD")) {
      throw refused.apply("expected CMD or NONE, found \"" + kind + "\"");
    }
    List<String> test = behind.isEmpty() ? List.of() : command.apply(behind);
    if (test.isEmpty()) {
      throw refused.apply("nothing behind CMD");
    }
    return make(test);
  }

  private Healthcheck make(List<String> test) {
    return new Healthcheck(
        test, interval, timeout, startPeriod, startInterval, retries, JsonObject.empty());
  }

  private static int end(String text) {
    int end = 0;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private void option(String option) {
    int equals = option.indexOf('=');
    String name = equals < 0 ? option : option.substring(0, equals);
    String value = equals < 0 ? "" : option.substring(equals + 1);
    switch (name) {
      case "interval" -> interval = duration(name, value);
      case "timeout" -> timeout = duration(name, value);
      case "start-period" -> startPeriod = duration(name, value);
      case "start-interval" -> startInterval = duration(name, value);
      case "retries" -> retries = retries(value);
      default -> throw refused.apply("unknown flag: " + name);
    }
  }

  private int retries(String text) {
    int number;
    try {
      number = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw refused.apply("\"" + text + "\" is no number of retries");
    }
    if (number < 0) {
      throw refused.apply("--retries must not be negative");
    }
    return number;
  }

  /**
   * Reads a duration as Go writes them, 1m30s or 1.5h, in nanoseconds; 0 stands for the default.
   */
  private long duration(String option, String text) {
    if (text.equals("0")) {
      return 0;
    }
    double nanos = 0;
    int at = 0;
    while (at < text.length()) {
      int unit = at;
      while (unit < text.length() && "0123456789.".indexOf(text.charAt(unit)) >= 0) {
        unit++;
      }
      int next = unit;
      while (next < text.length() && "0123456789.".indexOf(text.charAt(next)) < 0) {
        next++;
      }
      nanos += number(option, text, at, unit) * unit(option, text, text.substring(unit, next));
      at = next;
    }
    if (text.isEmpty() || nanos >= Long.MAX_VALUE) {
      throw noDuration(option, text);
    }
    if (nanos > 0 && nanos < MILLISECOND) {
      throw refused.apply("--" + option + " must be at least 1ms");
    }
    return (long) nanos;
  }

  private double number(String option, String text, int from, int to) {
    try {
      return Double.parseDouble(text.substring(from, to));
    } catch (NumberFormatException e) {
      throw noDuration(option, text);
    }
  }

  private long unit(String option, String text, String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "\u00B5s", "\u03BCs" -> 1_000;
      case "ms" -> MILLISECOND;
      case "s" -> 1_000 * MILLISECOND;
      case "m" -> 60_000 * MILLISECOND;
      case "h" -> 3_600_000 * MILLISECOND;
      default -> throw noDuration(option, text);
    };
  }

  private RuntimeException noDuration(String option, String text) {
    return refused.apply("--" + option + " \"" + text + "\" is no duration such as 1m30s");
  }
}
