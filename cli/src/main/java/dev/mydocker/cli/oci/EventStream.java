package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.runtime.cgroup.MemoryWatch;
import dev.mydocker.runtime.lifecycle.RuntimeContainer;

/**
 * {@code events} without {@code --stats}: statistics at an interval, and a word when memory runs
 * out, until the container ends.
 */
final class EventStream {
  private EventStream() {}

  static void print(OciCall call, RuntimeContainer container) {
    long interval = nanos(call.arguments().value("interval").orElse("5s"));
    int process = container.openProcess();
    try (MemoryWatch watch = new MemoryWatch(call.files(), container.saved().cgroup(), process)) {
      long next = System.nanoTime() + interval;
      boolean ended = false;
      while (!ended) {
        MemoryWatch.Happened happened = watch.await(Math.max(0, next - System.nanoTime()));
        if (happened.outOfMemory()) {
          Statistics.print(call, "oom", null);
        }
        ended = happened.ended();
        if (!ended && System.nanoTime() - next >= 0) {
          Statistics.print(call, "stats", Statistics.data(container.cgroup().stats()));
          next += interval;
        }
      }
    } finally {
      call.files().close(process);
    }
  }

  /** Reads a time as Go does: 5s, 1m30s, 500ms, 1.5h. */
  static long nanos(String text) {
    double sum = 0;
    int at = 0;
    while (at < text.length()) {
      int unit = at;
      while (unit < text.length() && isDigit(text.charAt(unit))) {
        unit++;
      }
      int end = unit;
      while (end < text.length() && !isDigit(text.charAt(end))) {
        end++;
      }
      double length =
          switch (text.substring(unit, end)) {
            case "ns" -> 1;
            case "us", "µs" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            case "h" -> 3600e9;
            default -> throw invalid(text);
          };
      try {
        sum += Double.parseDouble(text.substring(at, unit)) * length;
      } catch (NumberFormatException e) {
        throw invalid(text);
      }
      at = end;
    }
    if (sum < 1 || sum > 4e18) {
      throw invalid(text);
    }
    return (long) sum;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9' || c == '.';
  }

  private static MydockerException invalid(String text) {
    return new MydockerException(
        Category.INVALID,
        "invalid value for --interval: \"" + text + "\": not a time greater than 0",
        "give one such as 5s");
  }
}
