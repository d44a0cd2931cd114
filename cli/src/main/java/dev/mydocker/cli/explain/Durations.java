package dev.mydocker.cli.explain;

/** Times as people read them: three digits and a unit. */
final class Durations {
  private Durations() {}

  static String of(long nanos) {
    if (nanos < 1000) {
      return nanos + " ns";
    }
    if (nanos < 1_000_000) {
      return digits(nanos, 1000) + " µs";
    }
    return nanos < 1_000_000_000
        ? digits(nanos, 1_000_000) + " ms"
        : digits(nanos, 1_000_000_000) + " s";
  }

  private static String digits(long number, long unit) {
    long whole = number / unit;
    long tenth = number % unit * 10 / unit;
    return whole >= 10 ? Long.toString(whole) : whole + "." + tenth;
  }
}
