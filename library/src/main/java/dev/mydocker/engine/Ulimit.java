package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import java.util.List;

/**
 * A resource limit of a container's processes, see setrlimit(2).
 *
 * @param name in lower case, without RLIMIT_: {@code nofile}
 * @param soft the limit that counts, or -1 for none
 * @param hard what a process may raise it to, or -1 for none
 */
public record Ulimit(String name, long soft, long hard) {
  private static final List<String> NAMES =
      List.of(
          "core",
          "cpu",
          "data",
          "fsize",
          "locks",
          "memlock",
          "msgqueue",
          "nice",
          "nofile",
          "nproc",
          "rss",
          "rtprio",
          "rttime",
          "sigpending",
          "stack");

  /** Refuses unknown names and a soft limit above the hard one. */
  public Ulimit {
    if (!NAMES.contains(name)) {
      throw MydockerException.invalid(
          "ulimit", name, "invalid ulimit type: " + name, "there are " + String.join(", ", NAMES));
    }
    if (soft < -1 || hard < -1) {
      throw MydockerException.invalid(
          "ulimit", name, "invalid ulimit argument: " + name + "=" + soft + ":" + hard, null);
    }
    if (hard != -1 && (soft == -1 || soft > hard)) {
      throw MydockerException.invalid(
          "ulimit",
          name,
          "ulimit soft limit must be less than or equal to hard limit: " + soft + " > " + hard,
          null);
    }
  }

  /**
   * Reads {@code name=soft[:hard]}, numbers or {@code unlimited}; without a hard limit it is the
   * soft one.
   *
   * @throws MydockerException with Docker's words if it is none
   */
  public static Ulimit parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw invalid(text);
    }
    String values = text.substring(equals + 1);
    int colon = values.indexOf(':');
    long soft;
    long hard;
    try {
      soft = value(colon < 0 ? values : values.substring(0, colon));
      hard = colon < 0 ? soft : value(values.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw invalid(text);
    }
    return new Ulimit(text.substring(0, equals), soft, hard);
  }

  private static long value(String text) {
    return text.equals("unlimited") ? -1 : Long.parseLong(text);
  }

  private static MydockerException invalid(String text) {
    return MydockerException.invalid(
        "ulimit",
        text,
        "invalid ulimit argument: " + text,
        "write NAME=SOFT[:HARD] with numbers or unlimited, as in nofile=1024:2048");
  }

  /** Returns {@code name=soft:hard}. */
  @Override
  public String toString() {
    return name + "=" + soft + ":" + hard;
  }
}
